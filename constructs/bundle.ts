import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { buildSync } from "esbuild";
import { zipSync } from "fflate";

/** What is deployed of one function. */
export interface Bundle {
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

function zipped(code: Uint8Array): Bundle {
  const zip = zipSync({ "index.mjs": [code, { mtime: zipDate, os: 3, attrs: 0o644 << 16, level: 9 }] });
  return { zip, hash: createHash("sha256").update(zip).digest("base64") };
}

/**
 * Bundles Lambda functions with esbuild, all of them in one call, which costs half of a call for each: one ESM file a
 * function, minified, with everything it imports. esbuild writes the files itself, since passing them and their source
 * maps from process to process would double the memory of a synth.
 *
 * @param entries files below `handlers/` that export `handler`: `records/get-record.ts`
 * @param folder where the files go: `records/get-record.mjs`, and its source map, which stays out of the zip
 * @throws esbuild's error, which names file, line and column, when an entry does not build
 */
export function bundle(entries: readonly string[], folder: string): ReadonlyMap<string, Bundle> {
  const outputOf = (entry: string) => entry.replace(/\.ts$/, "");
  buildSync({
    entryPoints: entries.map((entry) => ({ in: `handlers/${entry}`, out: outputOf(entry) })),
    absWorkingDir: projectRoot,
    outdir: folder,
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
  });
  return new Map(entries.map((entry) => [entry, zipped(readFileSync(join(folder, `${outputOf(entry)}.mjs`)))]));
}

const planned = new Set<string>();
const built = new Map<string, Bundle>();

/**
 * Builds what is planned and not built yet, in one go. Each entry is built once in a process.
 *
 * @param folder where to leave the unzipped bundles and their source maps. @default nowhere
 */
export function bundlePlanned(folder?: string): void {
  const missing = [...planned].filter((entry) => !built.has(entry));
  if (missing.length === 0) return;
  const passing = folder ? undefined : mkdtempSync(join(tmpdir(), "bundles-"));
  try {
    for (const [entry, result] of bundle(missing, folder ?? passing ?? "")) built.set(entry, result);
  } finally {
    if (passing) rmSync(passing, { recursive: true });
  }
}

/** Plans a bundle. The first that is asked for has all that are planned by then built together. */
export function planBundle(entry: string): () => Bundle {
  planned.add(entry);
  return () => {
    bundlePlanned();
    const result = built.get(entry);
    if (!result) throw new Error(`handlers/${entry} was not bundled`);
    return result;
  };
}

/** Whether there is such a file below `handlers/`. */
export const entryExists = (entry: string): boolean => existsSync(join(projectRoot, "handlers", entry));
