import { type CommandLine, type CommandLineOptions, readCommandLine } from "../lib/command-line";
import { wordsOf } from "../lib/user-error";

type Given<O extends CommandLineOptions> = CommandLine<O & { readonly help: { readonly type: "boolean" } }>;

/**
 * Runs a command whose arguments are another tool's: `--help` first of all prints how it is called; a mistake of a person's
 * ends it with 1 and a line that says why, a fault of our own with its trace; what it returns is the exit code otherwise.
 */
export async function run(
  usage: string,
  main: (args: readonly string[]) => Promise<number | undefined> | number | undefined,
): Promise<void> {
  const args = process.argv.slice(2);
  try {
    if (args[0] === "--help" || args[0] === "-h") console.log(usage);
    else process.exitCode = (await main(args)) ?? 0;
  } catch (error) {
    console.error(refusal(error) ?? wordsOf(error));
    process.exitCode = 1;
  }
}

/** Runs a command with options of its own: `--help` prints how it is called, an unknown one is a mistake. */
export const command = <const O extends CommandLineOptions>(
  usage: string,
  options: O,
  main: (given: Given<O>) => Promise<number | undefined> | number | undefined,
): Promise<void> =>
  run(usage, (args) => {
    const given = readCommandLine(args, { ...options, help: { type: "boolean" } });
    if (!(given.values as { help?: boolean }).help) return main(given);
    console.log(usage);
    return 0;
  });

/** The message of an AWS error, or of a failed connection: a trace would not help. */
function refusal(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const isFromAws = "$metadata" in error || error.name === "CredentialsProviderError";
  const { code, syscall } = error as NodeJS.ErrnoException;
  const isOfNetwork = syscall === "connect" || code === "ECONNREFUSED" || code === "ENOTFOUND";
  return isFromAws || isOfNetwork ? `${error.name}: ${error.message || code}` : undefined;
}
