import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, isAbsolute, join, parse, relative, resolve } from "node:path";
import { type BuildOptions, build, buildSync, type Metafile } from "esbuild";
import { zipSync } from "fflate";
import { type Built, BundleCache } from "./bundle-cache";
import { DiskCache } from "./disk-cache";

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

/** Where bundles and packages are kept, which may be deleted at any time. */
export const cacheFolder = join(projectRoot, "node_modules/.cache/terrace");

/** The version of what packs. */
const { devDependencies } = JSON.parse(readFileSync(join(projectRoot, "package.json"), "utf8")) as {
  readonly devDependencies: { readonly fflate: string };
};

const packages = new DiskCache(join(cacheFolder, "packages"), JSON.stringify([devDependencies.fflate, zipOptions]));

function zipped(entries: readonly string[], folder: string): Bundles {
  const bundles = entries.map((entry): [string, Bundle] => {
    const code = readFileSync(join(folder, fileOf(entry)));
    // In JavaScript, not by Node's zlib, whose output differs between processors.
    const zip = packages.made(code, () => zipSync({ "index.mjs": [code, zipOptions] }));
    return [entry, { zip, hash: createHash("sha256").update(zip).digest("base64") }];
  });
  packages.tidy();
  return new Map(bundles);
}

/** Lets the paths of a source map start at the project: the machine's own are nobody's business. */
function fromProject(map: string): void {
  const toProject = relative(dirname(map), projectRoot).replaceAll("\\", "/");
  writeFileSync(map, readFileSync(map, "utf8").replaceAll(`"${toProject}/`, '"'));
}

interface Bundling {
  readonly entries: readonly string[];
  readonly sources?: string | undefined;
  readonly sourceMaps: boolean;
  readonly folder: string;
}

/** Bundles of before, in their folder, and what esbuild still has to build there. */
class Restored {
  readonly missing: readonly string[];
  private readonly cache: BundleCache;

  constructor(private readonly bundling: Bundling) {
    const { entries, sourceMaps } = bundling;
    this.cache = new BundleCache(join(cacheFolder, "bundles"), projectRoot, this.optionsOf([]), sourceMaps);
    this.missing = entries.filter((entry) => !this.restore(entry));
  }

  options() {
    return { ...this.optionsOf(this.missing), ...places(this.bundling.folder), metafile: true } as const;
  }

  /** Keeps what was built. */
  keep(metafile: Metafile): void {
    const { sources, sourceMaps } = this.bundling;
    const built = this.missing.map((entry): [string, () => Built] => {
      const path = this.pathOf(entry);
      if (sourceMaps) fromProject(`${path}.map`);
      const read = () => ({ code: readFileSync(path), ...(sourceMaps && { map: readFileSync(`${path}.map`) }) });
      return [sourceOf(entry, sources), read];
    });
    this.cache.keep(new Map(built), metafile);
  }

  private optionsOf(entries: readonly string[]): BuildOptions {
    return this.bundling.sourceMaps ? optionsWithMaps(entries) : options(entries, this.bundling.sources);
  }

  private restore(entry: string): boolean {
    const found = this.cache.find(sourceOf(entry, this.bundling.sources));
    if (!found) return false;
    mkdirSync(dirname(this.pathOf(entry)), { recursive: true });
    writeFileSync(this.pathOf(entry), found.code);
    if (found.map) writeFileSync(`${this.pathOf(entry)}.map`, found.map);
    return true;
  }

  private pathOf(entry: string): string {
    return join(this.bundling.folder, fileOf(entry));
  }
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
  const restored = new Restored({ entries, sources, sourceMaps: false, folder });
  if (restored.missing.length > 0) restored.keep(buildSync(restored.options()).metafile);
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
  const restored = new Restored({ entries, sourceMaps, folder });
  if (restored.missing.length > 0) restored.keep((await build(restored.options())).metafile);
  return zipped(entries, folder);
}
