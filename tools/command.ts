import { type ParseArgsConfig, parseArgs } from "node:util";
import { NotSynthesized } from "../stack-json/document";

/** What a person did wrong, or what a tool that was called said: one line for the terminal, no stack trace. */
export class CommandError extends Error {}

type Options = NonNullable<ParseArgsConfig["options"]>;

/** What was typed: words, and options by name. */
type Given<O extends Options> = ReturnType<
  typeof parseArgs<{ options: O & { help: { type: "boolean" } }; allowPositionals: true }>
>;

function read<O extends Options>(args: readonly string[], options: O): Given<O> {
  try {
    return parseArgs({
      args: [...args],
      options: { ...options, help: { type: "boolean" } },
      allowPositionals: true,
    }) as Given<O>;
  } catch (error) {
    // Node's words name the option; what follows them is advice about `--`.
    throw new CommandError((error as Error).message.split(". ")[0]);
  }
}

/**
 * Runs a command: `--help` prints how it is called, an unknown option and a CommandError end it with 1 and a line that says
 * why; what it returns is the exit code otherwise.
 */
export async function command<const O extends Options>(
  usage: string,
  options: O,
  main: (given: Given<O>) => Promise<number | undefined> | number | undefined,
): Promise<void> {
  try {
    const given = read(process.argv.slice(2), options);
    if ((given.values as { help?: boolean }).help) console.log(usage);
    else process.exitCode = (await main(given)) ?? 0;
  } catch (error) {
    // A bug keeps its trace.
    if (error instanceof CommandError || error instanceof NotSynthesized) console.error(error.message);
    else console.error(error);
    process.exitCode = 1;
  }
}
