import { UserError } from "../lib/user-error";
import { command } from "./command";
import { isEquivalent } from "./mutants/equivalents";
import { type Mutation, mutationsOf } from "./mutants/mutations";
import { NearestTests } from "./mutants/nearest-tests";
import { Results } from "./mutants/results";
import { sample } from "./mutants/sample";
import { Trials } from "./mutants/trials";
import { Worktree } from "./mutants/worktree";

const usage = `npm run mutants -- [folders or files…] [--count <number>] [--seed <number>] [--tests <number>] [--line <number>]
  [--results <file>]

Changes the sources of the last commit, one small change at a time, and runs the nearest tests of the changed file in a worktree
of their own, until one fails: a change that no test notices is one that tests should be written for. A change that does not
compile is left out, and so is one that makes no difference (tools/mutants/equivalents.ts lists those); one with which tests
never end is noticed.
The seed (1) draws the changes: the same seed, the same ones. --count is how many (20), --tests how many test files run for each
(8), --line has all changes of one line of one file tried. --results keeps results in a file: a further run with it tries only
what none has tried, and what survived. Ends with 1 when a change was not noticed.`;

/** Folders in which a fault may go unnoticed. */
const standard = ["aws", "constructs", "contracts", "handlers", "lib", "local", "stack-json", "tools/changes"];

function positive(name: string, text: string): number {
  if (/^[1-9]\d{0,6}$/.test(text)) return Number(text);
  throw new UserError(`--${name} must be a positive whole number, got ${text}`);
}

const options = {
  count: { type: "string" },
  seed: { type: "string" },
  tests: { type: "string" },
  line: { type: "string" },
  results: { type: "string" },
} as const;

void command(usage, options, ({ positionals, values: { results, ...given } }) => {
  const numbers = Object.entries(given).map(([name, text]) => [name, positive(name, String(text))] as const);
  const { count, seed, tests, line } = Object.fromEntries(numbers);
  const worktree = new Worktree();
  try {
    const places = positionals.length > 0 ? positionals : standard;
    const sources = worktree.sources(...places).filter((file) => !file.startsWith("__tests__/"));
    const all = sources.flatMap((file) => {
      const source = worktree.read(file);
      const tried = mutationsOf(source).filter((mutation) => !isEquivalent(file, mutation, source));
      return tried.map((mutation) => ({ file, ...mutation }));
    });
    const here = all.filter((mutation: Mutation) => line === undefined || mutation.line === line);
    const chosen = line === undefined ? sample(here, count ?? 20, seed ?? 1) : here;
    if (worktree.compile().size > 0) throw new UserError("the last commit does not compile; mend it first");
    if (chosen.length === 0) throw new UserError(`there is nothing to change in ${positionals.join(" ")}`);
    const texts = new Map(worktree.sources().map((file) => [file, worktree.read(file)]));
    return new Trials(worktree, new NearestTests(texts), tests ?? 8, new Results(results)).run(chosen);
  } finally {
    worktree.remove();
  }
});
