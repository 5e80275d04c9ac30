import { compare } from "./changes/compare";
import { exitCode, inMarkdown } from "./changes/report";
import { stacksOf } from "./changes/synths";

const usage = `npm run changes -- [--json] <before> [<after>]

What changes from one synth to another, in words, without any cloud. Each is a folder like cdktf.out or a git commit;
without <after>, the sources as they are. ENVIRONMENT=prod synthesizes for prod. Ends with 0, with 2 when somebody
should look twice (data lost, rights widened, something opened, clients broken), with 1 when it could not compare.`;

/** Says what changes. */
function main(args: readonly string[]): number {
  const names = args.filter((arg) => !arg.startsWith("--"));
  const unknown = args.find((arg) => arg.startsWith("--") && arg !== "--json");
  const [before, after] = names;
  if (before === undefined || names.length > 2 || unknown !== undefined) throw new Error(usage);
  const changes = compare(stacksOf(before), stacksOf(after));
  console.log(args.includes("--json") ? JSON.stringify(changes, undefined, 2) : inMarkdown(changes));
  return exitCode(changes);
}

try {
  process.exitCode = main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
