// Stands on: records
import { readFileSync } from "node:fs";
import { SourceMap } from "node:module";
import { join, relative } from "node:path";
import { optionsWithMaps } from "../../../../constructs/synth/bundle";
import { debugBuild } from "../../../../local/run/watch/debug-build";
import type { DeployedBundle } from "../../../../local/run/watch/deployed-bundles";
import { filesBelow } from "../../../support/files-below";

const root = process.cwd();
const handlers = join(root, "handlers");
const entries = filesBelow(handlers).filter((file) => /^export const handler\b/m.test(readFileSync(file, "utf8")));
const sources = new Set([
  ...filesBelow(handlers),
  ...filesBelow(join(root, "contracts")),
  ...filesBelow(join(root, "aws")),
]);

const bundles = entries.map((file): DeployedBundle => {
  const path = relative(root, file);
  const out = relative(handlers, file).replace(/\.ts$/, "");
  return { functionArn: out, functionName: out, entry: { in: path, out }, mapPath: "", sources };
});

const { entryPoints: _, ...options } = optionsWithMaps([]);

const built = debugBuild(bundles, { options, entryPoints: [] }, root);

/** The map that is written into a file, and what is in front of it. */
function read(file: Uint8Array): { code: readonly string[]; map: SourceMap | undefined } {
  const [code = "", base64] = Buffer.from(file)
    .toString("utf8")
    .split("//# sourceMappingURL=data:application/json;base64,");
  const map =
    base64 === undefined ? undefined : new SourceMap(JSON.parse(Buffer.from(base64, "base64").toString("utf8")));
  return { code: code.split("\n"), map };
}

test("each function of each system has its own module, with a map to its source", async () => {
  expect([...(await built).keys()]).toEqual(bundles.map(({ functionArn }) => functionArn));
  for (const [name, { module, files }] of await built) {
    expect(module).toBe(`handlers/${name}`);
    expect(read(files[`${module}.mjs`]!).map?.payload.sources).toEqual([`file://${join(root, `${module}.ts`)}`]);
  }
});

test("each name of each module is the source's", async () => {
  const { files } = [...(await built).values()][0]!;
  let names = 0;
  for (const [path, file] of Object.entries(files)) {
    const { code, map } = read(file);
    if (!map) continue;
    code.forEach((line, at) => {
      for (const { index, 0: word } of line.matchAll(/[\w$]+/g)) {
        const entry = map.findEntry(at, index);
        if (!("name" in entry && "generatedLine" in entry) || typeof entry.name !== "string") continue;
        if (entry.generatedLine !== at || entry.generatedColumn !== index || /^import_|^require/.test(word)) continue;
        names += 1;
        expect([path, word]).toEqual([path, entry.name]);
      }
    });
  }
  expect(names).toBeGreaterThan(10);
});
