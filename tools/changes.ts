import { UserError } from "../lib/user-error";
import { compare } from "./changes/compare";
import { exitCode, inMarkdown } from "./changes/report";
import { stacksOf } from "./changes/synths";
import { command } from "./command";
import { namedStack } from "./stacks/named-stack";

const usage = `npm run changes -- [--stack <stack>] [--json] <before> [<after>]

What changes from one synth to another, in words, without any cloud. Each is a folder like cdktf.out or a git commit;
without <after>, the sources as they are. Ends with 0, with 2 where there is a risk (data lost, rights widened,
something opened, clients broken), with 1 when it could not compare.

  --stack   of this stack alone, in the environment that its name ends in: records-prod.
            Otherwise of all stacks of the environment that ENVIRONMENT names, or dev
  --json    for programs`;

/** Of all stacks, or of the one that is named; nothing to compare is a mistake and not "no changes". */
function chosen<T>(stacks: ReadonlyMap<string, T>, name: string | undefined): Map<string, T> {
  return new Map([...stacks].filter(([id]) => name === undefined || id === name));
}

void command(
  usage,
  { json: { type: "boolean" }, stack: { type: "string" } },
  ({ positionals: [before, after, ...more], values }) => {
    if (before === undefined || more.length > 0) throw new UserError(usage);
    const stack = values.stack === undefined ? undefined : namedStack(values.stack);
    const [then, now] = [before, after].map((place) => chosen(stacksOf(place, stack), stack?.name));
    const compared = [...new Set([...(then?.keys() ?? []), ...(now?.keys() ?? [])])].sort();
    if (!then || !now || compared.length === 0) {
      const what = stack ? `no stack ${stack.name}` : "no stack at all";
      throw new UserError(`there is ${what} in ${before} or ${after ?? "the sources"}: nothing was compared`);
    }
    const changes = compare(then, now);
    console.log(values.json ? JSON.stringify(changes, undefined, 2) : inMarkdown(changes, compared));
    return exitCode(changes);
  },
);
