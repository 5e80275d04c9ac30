import { UserError } from "../lib/user-error";
import { command } from "./command";
import { apply, undoUnfinished } from "./systems/change";
import { checkUnchanged } from "./systems/git";
import { nameProblems } from "./systems/names";
import { newSystem } from "./systems/new-system";
import { settle } from "./systems/settle";

const usage = `npm run new -- <system>

Makes a system that runs, passes npm run check and npm test, and can be deployed: a contract, two handlers, a stack with a table,
settings of each environment, tests, pages and pictures, to be changed into what you want. All of it, or nothing.`;

/** Two columns, of which the first is as wide as its longest entry. */
const columns = (rows: readonly (readonly [string, string])[]): string[] => {
  const width = Math.max(...rows.map(([first]) => first.length));
  return rows.map(([first, second]) => `  ${first.padEnd(width)}  ${second}`);
};

const next = (system: string): string =>
  [
    `${system} is there: git status lists its files. Next:`,
    ...columns([
      [`npm start -- ${system}`, "runs it on localhost, and prints a curl line that works"],
      [
        `contracts/${system}.ts`,
        `what it answers; then handlers/${system}/ and stacks/${system}-stack.ts (docs/your-own-backend.md)`,
      ],
      ["npm run check && npm test", "passes, and keeps passing"],
      [`npx cdktf deploy ${system}-dev`, "once accountId is set in environments/dev.ts (docs/first-deployment.md)"],
    ]),
  ].join("\n");

void command(usage, {}, ({ positionals: [system = "", ...more] }) => {
  const root = process.cwd();
  const unfinished = undoUnfinished(root);
  if (unfinished) console.error(unfinished);
  if (more.length > 0) throw new UserError(`system: must be one name, got ${[system, ...more].join(" ")}; name one`);
  const problems = nameProblems(root, system);
  if (problems.length > 0) throw new UserError(problems.join("\n"));
  const { writes, changed, generated } = newSystem(root, system);
  checkUnchanged(root, changed);
  const by = `npm run new -- ${system}`;
  apply(root, { by, writes, deletions: [], generated }, () => settle(root, system, [...writes.keys()]));
  console.log(next(system));
  return 0;
});
