import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { isAbsolute, join, parse, relative, resolve } from "node:path";
import { type BuildOptions, build, buildSync } from "esbuild";
import { zipSync } from "fflate";
import { PackageCache } from "./package-cache";

/** One function's deployment package and source map. */
export interface Bundle {
  /** The deployment package: `index.mjs` alone, the same bytes whenever and wherever the code is the same. */
  readonly zip: Uint8Array;
  /** SHA-256 of the zip, base64, as Lambda reports it. */
  readonly hash: string;
}

/** By entry: `records/get-record.ts`, or a path from the root. */
export type Bundles = ReadonlyMap<string, Bundle>;

/** The project's folder, which contains `handlers/`. */
export const projectRoot = resolve(__dirname, "../..");

/** Dependencies that are CommonJS call `require`, which an ESM file has to make for itself. */
const banner =
  // A name that no minifier makes up: it stands beside those that it does.
  'import{createRequire as createRequireOfBundle}from"node:module";const require=createRequireOfBundle(import.meta.url);';

/** They read these, too, which then are of the bundle: of Node.js from 20.11 on, in the bundles alone that need them. */
const ofCommonJs = { __dirname: "import.meta.dirname", __filename: "import.meta.filename" };

/**
 * Ways to credentials that the SDK loads only where the environment variables have none. Lambda always sets them, so
 * these would be a quarter of every bundle for nothing.
 */
const neverReached = [
  "@aws-sdk/credential-provider-http",
  "@aws-sdk/credential-provider-ini",
  "@aws-sdk/credential-provider-process",
  "@aws-sdk/credential-provider-sso",
  "@aws-sdk/credential-provider-web-identity",
  "@smithy/credential-provider-imds",
];

/** The date in every zip: the first that the format knows, in local time, since zips have no zone. */
const zipDate = new Date(1980, 0, 1);

/** The bundle's name without its suffix: `records/get-record`. That of another project keeps its path. */
const outputOf = (entry: string): string => relative(parse(entry).root, entry).replace(/\.ts$/, "");

/** The file that a bundle is: `records/get-record.mjs`. */
export const fileOf = (entry: string): string => `${outputOf(entry)}.mjs`;

/** Path of an entry's source, from the project's folder: `handlers/records/get-record.ts`. */
export const sourceOf = (entry: string, sources = "handlers"): string =>
  isAbsolute(entry) ? entry : `${sources}/${entry}`;

const options = (entries: readonly string[], sources = "handlers"): BuildOptions => ({
  entryPoints: entries.map((entry) => ({ in: sourceOf(entry, sources), out: outputOf(entry) })),
  outExtension: { ".js": ".mjs" },
  bundle: true,
  minify: true,
  format: "esm",
  platform: "node",
  target: "node20",
  mainFields: ["module", "main"],
  banner: { js: banner },
  define: ofCommonJs,
  external: neverReached,
  legalComments: "none",
  logLevel: "silent",
  tsconfigRaw: "{}",
});

/** Build options that differ between machines without changing a byte of the output. */
const places = (folder: string): BuildOptions => ({ absWorkingDir: projectRoot, outdir: folder });

/**
 * With source maps, which take a quarter more time and change no byte of the code. Symbolic links are left alone for
 * the maps' sake, whose paths then are the project's, wherever node_modules is.
 */
export const optionsWithMaps = (entries: readonly string[]): BuildOptions => ({
  ...options(entries),
  sourcemap: "external",
  sourcesContent: false,
  preserveSymlinks: true,
});

/** How a function's file stands in its package. */
const zipOptions = { mtime: zipDate, os: 3, attrs: 0o644 << 16, level: 6 } as const;

/** Where packages are kept, which may be deleted at any time. */
export const packageCacheFolder = join(projectRoot, "node_modules/.cache/terrace/packages");

/** The version of what packs. */
const { devDependencies } = JSON.parse(readFileSync(join(projectRoot, "package.json"), "utf8")) as {
  readonly devDependencies: { readonly fflate: string };
};

const cache = new PackageCache(packageCacheFolder, JSON.stringify([devDependencies.fflate, zipOptions]));

function zipped(entries: readonly string[], folder: string): Bundles {
  const bundles = entries.map((entry): [string, Bundle] => {
    const code = readFileSync(join(folder, fileOf(entry)));
    // In JavaScript, not by Node's zlib, whose output differs between processors.
    const zip = cache.package(code, () => zipSync({ "index.mjs": [code, zipOptions] }));
    return [entry, { zip, hash: createHash("sha256").update(zip).digest("base64") }];
  });
  cache.tidy();
  return new Map(bundles);
}

/**
 * Bundles Lambda functions with esbuild, all of them in one call, which costs half of a call for each: one ESM file a
 * function, minified, with everything it imports. esbuild writes the files itself, since passing them from process to
 * process takes memory.
 *
 * @param entries files that export `handler`: `records/get-record.ts`, or paths from the root
 * @param folder where the files go: `records/get-record.mjs`
 * @param sources what entries are below, in the project
 * @throws esbuild's error, which names file, line and column, when an entry does not build
 */
export function bundle(entries: readonly string[], folder: string, sources = "handlers"): Bundles {
  buildSync({ ...options(entries, sources), ...places(folder) });
  return zipped(entries, folder);
}

/** The code of one function alone. @throws esbuild's error, as `bundle` does */
export function bundledCode(entry: string): string {
  const { outputFiles } = buildSync({ ...options([entry]), ...places(projectRoot), write: false });
  return outputFiles[0]?.text ?? "";
}

/**
 * The same while the caller does something else, by the esbuild that compiled what runs.
 *
 * @param sourceMaps whether to write those too
 */
export async function bundleMeanwhile(
  entries: readonly string[],
  folder: string,
  sourceMaps: boolean,
): Promise<Bundles> {
  await build({ ...(sourceMaps ? optionsWithMaps(entries) : options(entries)), ...places(folder) });
  return zipped(entries, folder);
}
