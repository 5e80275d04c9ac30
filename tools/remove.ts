import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../lib/user-error";
import { command } from "./command";
import { apply, undoUnfinished } from "./systems/change";
import { checkUnchanged } from "./systems/git";
import { ownFiles } from "./systems/own-files";
import { environmentFiles, systemsIn } from "./systems/registered";
import { statesWithout } from "./systems/released-states";
import { environmentWithout, mainWithout, pageWithout, settingsWithout } from "./systems/without";

const usage = `npm run remove -- <system> [--dry-run]

Takes a system out of the project: contract, handlers, stack, settings, tests, pages, pictures, OpenAPI file, the states of its
last release, and the tests that stand on it. What is deployed stays; destroy it first (docs/leaving.md).

  --dry-run   lists the files, and changes nothing`;

const pagesIn = (root: string): readonly string[] => [
  "README.md",
  "CONTRIBUTING.md",
  ...readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".md"))
    .sort()
    .map((file) => `docs/${file}`),
];

/** Whether a folder has no file but deleted ones. */
const isEmptied = (root: string, path: string, deleted: ReadonlySet<string>): boolean =>
  existsSync(join(root, path)) &&
  statSync(join(root, path)).isDirectory() &&
  readdirSync(join(root, path), { recursive: true, encoding: "utf8" }).every(
    (name) => deleted.has(`${path}/${name}`) || statSync(join(root, path, name)).isDirectory(),
  );

/** The files that list the system or mention it, as they are without it: those alone that change. */
function changedFiles(root: string, system: string, deletions: readonly string[]): Map<string, string | Uint8Array> {
  const deleted = new Set(deletions);
  const isDeleted = (path: string): boolean => deleted.has(path) || isEmptied(root, path, deleted);
  const writes = new Map<string, string | Uint8Array>();
  const edit = (path: string, change: (text: string) => string): void => {
    if (deleted.has(path) || !existsSync(join(root, path))) return;
    const text = readFileSync(join(root, path), "utf8");
    const changed = change(text);
    if (changed !== text) writes.set(path, changed);
  };
  edit("main.ts", (text) => mainWithout(text, system));
  edit("environments/environment.ts", (text) => environmentWithout(text, system));
  for (const file of environmentFiles(root)) edit(file, (text) => settingsWithout(text, system));
  for (const page of pagesIn(root)) edit(page, (text) => pageWithout(text, page, system, isDeleted));
  const states = ".ci/released-states.json.br";
  if (existsSync(join(root, states))) writes.set(states, statesWithout(readFileSync(join(root, states)), system));
  return writes;
}

void command(usage, { "dry-run": { type: "boolean" } }, ({ positionals, values }) => {
  const root = process.cwd();
  const unfinished = undoUnfinished(root);
  if (unfinished) console.error(unfinished);
  const systems = systemsIn(root);
  const [system = "", ...more] = positionals;
  if (!systems.includes(system) || more.length > 0) {
    const got = positionals.join(" ") || "none";
    throw new UserError(
      `system: must be one of ${systems.join(", ") || "none, for there is none"}, got ${got}; name one`,
    );
  }
  const deletions = ownFiles(root, system, systems);
  const writes = changedFiles(root, system, deletions);
  if (values["dry-run"]) {
    for (const path of deletions) console.log(`deletes  ${path}`);
    for (const path of writes.keys()) console.log(`changes  ${path}`);
    return 0;
  }
  checkUnchanged(root, [...deletions, ...writes.keys()]);
  apply(root, { by: `npm run remove -- ${system}`, writes, deletions });
  console.log(`${system} is gone: ${deletions.length} files deleted, ${writes.size} changed (git status lists them)`);
  console.log("npm run check && npm test says whether anything else stood on it");
  return 0;
});
