import { readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { ownFiles } from "../tools/systems/own-files";
import { systemsIn } from "../tools/systems/registered";
import { filesBelow } from "./support/files-below";

const root = join(__dirname, "..");
const files = ["__tests__", "bench"]
  .flatMap((folder) => filesBelow(join(root, folder)))
  .filter((file) => file.endsWith(".ts"))
  .map((file) => ({ path: relative(root, file), text: readFileSync(file, "utf8") }));

/** Whether a text needs a system: imports a file of it, or takes it by its name. */
function needs(text: string, system: string): boolean {
  const imported = `from "(?:\\.\\./)+(?:(?:contracts|support)/${system}|stacks/${system}-stack|handlers/${system}/[^"]*)"`;
  const taken = `\\b(?:startLocally|startPage|startRunner|localShell|stackText|synthesizedStack|synthesizedAlone|releasedState)\\((?:project\\.folder, )?"${system}"`;
  const entry = `entry: "${system}/`;
  return new RegExp(`${imported}|${taken}|${entry}`).test(text);
}

it("says in its first line which systems a test stands on, unless it is named like the system: npm run remove goes by that", () => {
  const systems = systemsIn(root);
  const unsaid = systems.flatMap((system) => {
    const own = new Set(ownFiles(root, system, systems));
    return files
      .filter(({ path, text }) => !own.has(path) && needs(text, system))
      .map(({ path }) => `${path}: ${system}`);
  });

  expect(unsaid).toEqual([]);
});
