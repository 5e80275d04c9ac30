import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { BuildOptions } from "esbuild";
import { unzipSync } from "fflate";
import type { FunctionDefinition } from "../functions/definition";

interface EntryPoint {
  readonly in: string;
  readonly out: string;
}

/** How the code of a function was built. */
export interface DeployedBundle {
  readonly functionArn: string;
  readonly functionName: string;
  readonly options: BuildOptions;
  readonly entry: EntryPoint;
  /** The source map beside the bundle. */
  readonly mapPath: string;
  /** Absolute paths of all that is in it; undefined as long as no source map and no build has told. */
  readonly sources: ReadonlySet<string> | undefined;
}

const entriesOf = ({ entryPoints }: BuildOptions): readonly EntryPoint[] =>
  (Array.isArray(entryPoints) ? entryPoints : []).flatMap((entry: unknown) =>
    typeof entry === "object" && entry !== null && "in" in entry && "out" in entry ? [entry as EntryPoint] : [],
  );

/** The paths of a source map start at the project. */
function sourcesOf(mapPath: string, root: string): ReadonlySet<string> | undefined {
  if (!existsSync(mapPath)) return undefined;
  const { sources } = JSON.parse(readFileSync(mapPath, "utf8")) as { sources: readonly string[] };
  return new Set(sources.map((source) => resolve(root, source)));
}

/**
 * Finds out which bundle each function runs: the one whose bytes are in its package. esbuild's options are those that
 * the synthesizer was seen to use.
 */
export function deployedBundles(
  outdir: string,
  builds: readonly BuildOptions[],
  functions: readonly FunctionDefinition[],
): readonly DeployedBundle[] {
  const candidates = builds.flatMap((options) =>
    entriesOf(options).flatMap((entry) => {
      const path = join(outdir, "bundles", `${entry.out}.mjs`);
      return existsSync(path) ? [{ options, entry, path, code: readFileSync(path) }] : [];
    }),
  );
  return functions.flatMap(({ arn, name, zipPath }) => {
    const [code] = Object.values(unzipSync(readFileSync(zipPath)));
    const found = candidates.find((candidate) => code && candidate.code.equals(code));
    if (!found) return [];
    const { options, entry, path } = found;
    const mapPath = `${path}.map`;
    return [
      {
        functionArn: arn,
        functionName: name,
        options,
        entry,
        mapPath,
        sources: sourcesOf(mapPath, options.absWorkingDir ?? ""),
      },
    ];
  });
}
