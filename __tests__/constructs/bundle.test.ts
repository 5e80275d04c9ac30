import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";
import { bundledCode } from "../../constructs/synth/bundle";

const folder = realpathSync(mkdtempSync(join(tmpdir(), "terrace-bundle-")));
afterAll(() => rmSync(folder, { recursive: true }));

function write(path: string, text: string): string {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}

/** The export `value` of a bundle that Node.js runs as a file of its own. */
async function exportedBy(code: string): Promise<unknown> {
  const file = write("deployed/index.mjs", code);
  const script = `import(${JSON.stringify(pathToFileURL(file).href)}).then(({ value }) => require("node:worker_threads").parentPort.postMessage(value));`;
  const worker = new Worker(script, { eval: true });
  return new Promise((resolve, reject) => {
    worker.once("message", resolve).once("error", reject);
  });
}

test("a CommonJS dependency has its __dirname, __filename and require, which are the bundle's", async () => {
  write(
    "node_modules/old/index.js",
    `const path = require("path");
    const local = ((__dirname) => __dirname)("its own");
    module.exports = { __dirname: "a name", values: [__dirname, __filename, typeof __dirname, path.sep, local] };`,
  );
  const entry = write("entry.ts", `import old from "old"; export const value = [old.__dirname, ...old.values];`);
  expect(await exportedBy(bundledCode(entry))).toEqual([
    ...["a name", join(folder, "deployed"), join(folder, "deployed/index.mjs"), "string", "/", "its own"],
  ]);
});

test("a bundle that needs none of it has none", () => {
  const entry = write("plain.ts", `export const value = 1;`);
  expect(bundledCode(entry)).not.toMatch(/dirname|filename/);
});
