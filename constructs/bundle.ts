import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { buildSync } from "esbuild";
import { zipSync } from "fflate";

/** What is deployed of one function. */
export interface Bundle {
  /** One ESM file, minified, with everything it imports. */
  readonly code: Uint8Array;
  /** The code's source map. It stays out of the zip. */
  readonly sourceMap: Uint8Array;
  /** The deployment package: `index.mjs` alone, the same bytes whenever and wherever the code is the same. */
  readonly zip: Uint8Array;
  /** SHA-256 of the zip, base64, as Lambda reports it. */
  readonly hash: string;
}

const projectRoot = resolve(__dirname, "..");

/** Dependencies that are CommonJS call `require`, which an ESM file has to make for itself. */
const banner = 'import{createRequire as $r}from"node:module";const require=$r(import.meta.url);';

/** The date in every zip: the first that the format knows, in local time, since zips hold no zone. */
const zipDate = new Date(1980, 0, 1);

function toBundle(code: Uint8Array, sourceMap: Uint8Array): Bundle {
  const zip = zipSync({ "index.mjs": [code, { mtime: zipDate, os: 3, attrs: 0o644 << 16, level: 9 }] });
  return { code, sourceMap, zip, hash: createHash("sha256").update(zip).digest("base64") };
}

/**
 * Bundles Lambda functions with esbuild, all of them in one call, which costs half of a call for each.
 *
 * @param entries files below `handlers/` that export `handler`: `records/get-record.ts`
 * @param root the folder that holds `handlers/`
 * @throws esbuild's error, which names file, line and column, when an entry does not build
 */
export function bundle(entries: readonly string[], root: string = projectRoot): ReadonlyMap<string, Bundle> {
  const { outputFiles } = buildSync({
    entryPoints: entries.map((entry) => ({ in: `handlers/${entry}`, out: entry })),
    absWorkingDir: root,
    outdir: "bundles",
    outExtension: { ".js": ".mjs" },
    bundle: true,
    minify: true,
    format: "esm",
    platform: "node",
    target: "node20",
    mainFields: ["module", "main"],
    banner: { js: banner },
    sourcemap: "external",
    sourcesContent: false,
    legalComments: "none",
    logLevel: "silent",
    tsconfigRaw: "{}",
    write: false,
  });
  const files = new Map(outputFiles.map((file) => [file.path, file.contents]));
  const output = (entry: string, suffix: string): Uint8Array => {
    const contents = files.get(join(root, "bundles", `${entry}.mjs${suffix}`));
    if (!contents) throw new Error(`esbuild wrote nothing for handlers/${entry}`);
    return contents;
  };
  return new Map(entries.map((entry) => [entry, toBundle(output(entry, ""), output(entry, ".map"))]));
}

const planned = new Set<string>();
const built = new Map<string, Bundle>();

/**
 * Plans a bundle. The first that is asked for has all that are planned by then built together; each is built once in
 * a process, however many stacks deploy it.
 */
export function planBundle(entry: string): () => Bundle {
  planned.add(entry);
  return () => {
    if (!built.has(entry)) {
      const missing = [...planned].filter((candidate) => !built.has(candidate));
      for (const [name, result] of bundle(missing)) built.set(name, result);
    }
    const result = built.get(entry);
    if (!result) throw new Error(`handlers/${entry} was not bundled`);
    return result;
  };
}

/** Whether there is such a file below `handlers/`. */
export const entryExists = (entry: string): boolean => existsSync(join(projectRoot, "handlers", entry));
