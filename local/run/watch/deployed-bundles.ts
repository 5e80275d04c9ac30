import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { BuildOptions } from "esbuild";
import { unzipSync } from "fflate";
import type { FunctionDefinition } from "../../read/function-definition";

/** An entry point of esbuild: `handlers/records/get-record.ts`, and its name without the suffix. */
interface EntryPoint {
  readonly in: string;
  readonly out: string;
}

/** Build options of functions, as the synthesizer recorded them. */
export interface Build {
  readonly options: BuildOptions;
  readonly entryPoints: readonly EntryPoint[];
}

/** The code of a function. */
export interface DeployedBundle {
  readonly functionArn: string;
  readonly functionName: string;
  readonly entry: EntryPoint;
  /** The source map beside the bundle. */
  readonly mapPath: string;
  /** Absolute paths of all that is in it. */
  readonly sources: ReadonlySet<string>;
}

/** The name of a bundle, of its source map with `.map` after it. */
export const bundleOf = ({ out }: EntryPoint): string => `${out}.mjs`;

/** Build options of the bundles in a folder. */
export function readBuild(outdir: string): Build {
  const text = readFileSync(join(outdir, "bundles/build.json"), "utf8");
  const { entryPoints, ...options } = JSON.parse(text) as BuildOptions & Pick<Build, "entryPoints">;
  return { options, entryPoints };
}

/** The paths of a source map start at the project. */
function sourcesOf(mapPath: string, root: string): ReadonlySet<string> {
  const { sources } = JSON.parse(readFileSync(mapPath, "utf8")) as { sources: readonly string[] };
  return new Set(sources.map((source) => resolve(root, source)));
}

/** Finds out which bundle each function runs: the one whose bytes are in its package. */
export function deployedBundles(
  { root, outdir }: { readonly root: string; readonly outdir: string },
  { entryPoints }: Build,
  functions: readonly FunctionDefinition[],
): readonly DeployedBundle[] {
  const candidates = entryPoints.flatMap((entry) => {
    const path = join(outdir, "bundles", bundleOf(entry));
    return existsSync(path) ? [{ entry, mapPath: `${path}.map`, code: readFileSync(path) }] : [];
  });
  return functions.flatMap(({ arn, name, zipPath }) => {
    const [code] = Object.values(unzipSync(readFileSync(zipPath)));
    const found = candidates.find((candidate) => code && candidate.code.equals(code));
    if (!found) return [];
    const { entry, mapPath } = found;
    return [{ functionArn: arn, functionName: name, entry, mapPath, sources: sourcesOf(mapPath, root) }];
  });
}
