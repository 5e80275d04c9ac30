import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type BuildOptions, buildSync } from "esbuild";
import fc from "fast-check";
import { BundleCache } from "../../constructs/synth/bundle-cache";

const entry = "handlers/shop/get.ts";
const minified: BuildOptions = {
  bundle: true,
  minify: true,
  format: "esm",
  platform: "node",
  tsconfigRaw: "{}",
  logLevel: "silent",
};

/** A project with a function that imports in every way: a file, a folder, a folder with a package.json, packages, one that is missing. */
const project: Readonly<Record<string, string>> = {
  [entry]: `import { own } from "../runtime/own"; import { value } from "../runtime/folder"; import { named } from "./described";
    import dep from "dep"; import sub from "dep/sub"; import { scoped } from "@scope/one"; import "effects";
    let optional; try { optional = require("optional"); } catch {}
    let lonely; try { lonely = require("@other/lonely"); } catch {}
    export const handler = () => [own, value, named, dep, sub, scoped, optional, lonely];`,
  "handlers/runtime/own.js": "export const own = 'own.js';",
  "handlers/runtime/folder/index.ts": "export const value = 'folder/index.ts';",
  "handlers/shop/described/package.json": '{ "main": "../elsewhere/one.ts" }',
  "handlers/shop/elsewhere/one.ts": "export const named = 'one.ts';",
  "handlers/shop/elsewhere/two.ts": "export const named = 'two.ts';",
  "node_modules/dep/package.json": '{ "name": "dep", "main": "a.js" }',
  "node_modules/dep/a.js": 'export default "dep/a.js"; export { inner } from "inner";',
  "node_modules/dep/b.js": 'export default "dep/b.js";',
  "node_modules/dep/sub/package.json": '{ "main": "../lib/sub.js" }',
  "node_modules/dep/lib/sub.js": 'export default "lib/sub.js";',
  "node_modules/dep/lib/other.js": 'export default "lib/other.js";',
  "node_modules/inner/index.js": "export const inner = 1; console.log('inner');",
  "node_modules/@scope/one/index.js": "export const scoped = 'one';",
  "node_modules/@other/one/index.js": "",
  "handlers/node_modules/another/index.js": "",
  "handlers/node_modules/@scope/another/index.js": "",
  "node_modules/effects/package.json": '{ "name": "effects" }',
  "node_modules/effects/index.js": "console.log('effects');",
};

let parent: string;
let root: string;
beforeEach(() => {
  parent = realpathSync(mkdtempSync(join(tmpdir(), "bundles-")));
  root = join(parent, "project");
  for (const [path, text] of Object.entries(project)) write(path, text);
  mkdirSync(join(root, "cache"));
});
afterEach(() => rmSync(parent, { recursive: true, force: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

const build = (options = minified) =>
  buildSync({ ...options, entryPoints: [entry], absWorkingDir: root, outdir: "out", write: false, metafile: true });
const fresh = (options?: BuildOptions): string => build(options).outputFiles[0]?.text ?? "";
const cacheOf = (options = minified) => new BundleCache(join(root, "cache"), root, options, false);

/** The bundle that a synth deploys, and whether it was there before. */
function bundled(options = minified, meanwhile = () => {}): { code: string; isKept: boolean } {
  const cache = cacheOf(options);
  const known = cache.find(entry);
  if (known) return { code: Buffer.from(known.code).toString(), isKept: true };
  const { outputFiles, metafile } = build(options);
  meanwhile();
  const code = outputFiles[0]?.contents ?? new Uint8Array();
  cache.keep(new Map([[entry, () => ({ code })]]), metafile);
  return { code: Buffer.from(code).toString(), isKept: false };
}

/** Synthesizes until a bundle is found: what was written a moment ago is not kept yet. */
function kept(): string {
  for (;;) {
    const { code, isKept } = bundled();
    if (isKept) return code;
  }
}

/** Changes after which another bundle is right. */
const changes: Readonly<Record<string, () => void>> = {
  "a source": () => write("handlers/runtime/own.js", "export const own = 'changed';"),
  "a source, whose time stays as it was": () => {
    const long = new Date("2001-02-03T04:05:06Z");
    write("handlers/runtime/folder/index.ts", "export const value = 'folder/INDEX.ts';");
    utimesSync(join(root, "handlers/runtime/folder/index.ts"), long, long);
  },
  "a file of a package": () => write("node_modules/dep/a.js", 'export default "patched";'),
  "the main file of a package": () => write("node_modules/dep/package.json", '{ "name": "dep", "main": "b.js" }'),
  "the exports of a package": () =>
    write("node_modules/dep/package.json", '{ "exports": { ".": "./b.js", "./sub": "./lib/other.js" } }'),
  "the main file of a folder in a package": () =>
    write("node_modules/dep/sub/package.json", '{ "main": "../lib/other.js" }'),
  "the main file of a folder of the project": () =>
    write("handlers/shop/described/package.json", '{ "main": "../elsewhere/two.ts" }'),
  "a package that has side effects no more": () =>
    write("node_modules/effects/package.json", '{ "name": "effects", "sideEffects": false }'),
  "a package.json where there was none": () =>
    write("node_modules/@scope/one/package.json", '{ "main": "../../dep/../@scope/one/main.js" }') ??
    write("node_modules/@scope/one/main.js", "export const scoped = 'main';"),
  "a file beside a folder of its name": () => write("handlers/runtime/folder.ts", "export const value = 'folder.ts';"),
  "a file of a suffix that comes first": () => write("handlers/runtime/own.ts", "export const own = 'own.ts';"),
  "a package nearer to what imports it": () =>
    write("handlers/node_modules/dep/index.js", 'export default "nearer";') ??
    write("handlers/node_modules/dep/sub.js", 'export default "nearer";'),
  "a package nearer to the package that imports it": () =>
    write("node_modules/dep/node_modules/inner/index.js", "export const inner = 2; console.log('nearer');"),
  "a package that was missing": () => write("node_modules/optional/index.js", "module.exports = 'there';"),
  "a package that was missing, in a scope that is there": () =>
    write("node_modules/@other/lonely/index.js", "module.exports = 'lonely';"),
  "a package of a scope, nearer": () =>
    write("handlers/node_modules/@scope/one/index.js", "export const scoped = 'nearer';"),
  "a package that was missing, above the project": () =>
    write("../node_modules/optional/index.js", "module.exports = 'above';"),
  "a package that is linked": () => {
    write("../linked/index.js", "export const scoped = 'linked';");
    rmSync(join(root, "node_modules/@scope/one"), { recursive: true });
    symlinkSync(join(parent, "linked"), join(root, "node_modules/@scope/one"));
  },
};

/** Changes that no bundle is made of. */
const others: Readonly<Record<string, () => void>> = {
  "a file of another function": () => write("handlers/shop/list.ts", "export const handler = 1;"),
  "what a synth writes": () => write("cdktf.out/stacks/one/cdk.tf.json", "{}"),
  "an editor's file": () => write("handlers/runtime/.own.js.swp", "x"),
  "a source's time": () => utimesSync(join(root, entry), 1, 1),
};

test.each(Object.entries(changes))("after a change of %s a bundle is built again", (_, change) => {
  const before = kept();
  change();
  expect(bundled()).toEqual({ code: fresh(), isKept: false });
  expect(fresh()).not.toBe(before);
  // Nor is one of before taken for that of now.
  expect(bundled().code).toBe(fresh());
});

test.each(Object.entries(others))("a change of %s builds nothing again", (_, change) => {
  const before = kept();
  change();
  expect(bundled()).toEqual({ code: before, isKept: true });
});

test("any changes one after the other give the bundles that there are without a cache", () => {
  const all = Object.values({ ...changes, ...others });
  fc.assert(
    fc.property(fc.shuffledSubarray(all, { minLength: 2 }), (some) => {
      rmSync(root, { recursive: true });
      for (const path of ["node_modules", "linked"]) rmSync(join(parent, path), { recursive: true, force: true });
      for (const [path, text] of Object.entries(project)) write(path, text);
      mkdirSync(join(root, "cache"));
      for (const change of some) {
        change();
        expect(bundled().code).toBe(fresh());
        expect(bundled().code).toBe(fresh());
      }
    }),
    { numRuns: 15 },
  );
});

test("a source that is deleted fails as it does without a cache", () => {
  kept();
  rmSync(join(root, "handlers/runtime/own.js"));
  expect(() => bundled()).toThrow('Could not resolve "../runtime/own"');
});

test("other options have a bundle of their own", () => {
  kept();
  const readable = { ...minified, minify: false };
  expect(bundled(readable)).toEqual({ code: fresh(readable), isKept: false });
});

test("what is changed while it is built is not kept", () => {
  write("handlers/runtime/own.js", "export const own = 'before';");
  bundled(minified, () => write("handlers/runtime/own.js", "export const own = 'meanwhile';"));
  expect(bundled().code).toBe(fresh());
  expect(fresh()).toContain("meanwhile");
});

test("a bundle that is damaged is built again", () => {
  const before = kept();
  for (const name of readdirSync(join(root, "cache"))) {
    const path = join(root, "cache", name);
    writeFileSync(path, readFileSync(path).fill(0, 40, 60));
  }
  expect(bundled()).toEqual({ code: before, isKept: false });
});

test("a clone that synthesizes once keeps nothing", () => {
  rmSync(join(root, "cache"), { recursive: true });
  bundled();
  expect(readdirSync(join(root, "cache"))).toEqual([]);
  expect(kept()).toBe(fresh());
});
