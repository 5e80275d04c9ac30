import { type ParseArgsConfig, parseArgs } from "node:util";
import { messageOf, UserError } from "./user-error";

export type CommandLineOptions = NonNullable<ParseArgsConfig["options"]>;

/** A command's line: options by name, and words. */
export type CommandLine<O extends CommandLineOptions> = ReturnType<
  typeof parseArgs<{ options: O; allowPositionals: true }>
>;

/** Reads what a command was called with. @throws UserError in Node's words, which name the option */
export function readCommandLine<const O extends CommandLineOptions>(
  args: readonly string[],
  options: O,
): CommandLine<O> {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    // What follows Node's words is advice about `--`.
    const [sentence = ""] = messageOf(error).split(/\.? *\n|\. /);
    throw new UserError(`${sentence}; --help lists the options`);
  }
}

/** A port, of which 0 is any that is free. @throws UserError naming the option */
export function portIn(option: string, text: string): number {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port;
  throw new UserError(`${option} must be a number 0–65535, got ${text}`);
}

/** Names of hosts, in lower case. @throws UserError naming the option */
export function hostsIn(option: string, names: readonly string[] = []): readonly string[] {
  const hosts = names.map((name) => name.toLowerCase());
  const wrong = hosts.find((name) => !/^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(name));
  if (wrong !== undefined) throw new UserError(`${option} takes the name of a host without a port, got "${wrong}"`);
  return hosts;
}
