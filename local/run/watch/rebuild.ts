import { join } from "node:path";
import { type BuildFailure, build, stop as stopEsbuild } from "esbuild";
import { UserError } from "../../../lib/user-error";
import type { BuiltCode } from "../../lambda/package";
import { withTimeLimit } from "../../lib/time-limit";
import { type Build, bundleOf, type DeployedBundle } from "./deployed-bundles";

/** Time limit of one build, on a busy machine: a hundred times what it takes. */
const LONGEST_BUILD_MS = 30_000;

/** A function's new code. */
export interface Rebuilt {
  readonly bundle: DeployedBundle;
  readonly code: BuiltCode;
}

/** A function whose sources do not build. */
export interface NotRebuilt {
  readonly bundle: DeployedBundle;
  readonly error: unknown;
}

const isBuildFailure = (error: unknown): error is BuildFailure => error instanceof Error && "errors" in error;

async function attempt(
  bundles: readonly DeployedBundle[],
  { options }: Build,
  root: string,
): Promise<readonly Rebuilt[]> {
  const files = bundles.map(({ entry }) => entry.in).join(", ");
  const building = build({
    ...options,
    absWorkingDir: root,
    // Where it would write to. Of all that depends on it, the maps' paths, only those of errors are read, from the end.
    outdir: join(root, "bundles"),
    entryPoints: bundles.map(({ entry }) => ({ in: entry.in, out: entry.out })),
    write: false,
    metafile: true,
  });
  const { outputFiles, metafile } = await withTimeLimit(LONGEST_BUILD_MS, `the build of ${files}`, building);
  return bundles.map((bundle) => {
    const name = bundleOf(bundle.entry);
    const output = (suffix: string) => outputFiles.find(({ path }) => path === join(root, "bundles", name + suffix));
    const code = output("");
    if (!code) throw new Error(`esbuild wrote nothing for ${bundle.entry.in}`);
    const inputs = Object.keys(metafile.outputs[`bundles/${name}`]?.inputs ?? {});
    const sources = new Set(inputs.map((path) => join(root, path)));
    const sourceMap = output(".map")?.text;
    const built = { files: { "index.mjs": code.contents }, module: "index", sourceMap: () => sourceMap };
    return { bundle: { ...bundle, sources }, code: built };
  });
}

/**
 * Builds functions again, in one call, as they were built for their packages: the same sources give the same bytes. Where
 * one does not build, each is built by itself, so that it is the only one that has no new code.
 */
export async function rebuild(
  bundles: readonly DeployedBundle[],
  how: Build,
  root: string,
  isRetry = false,
): Promise<readonly (Rebuilt | NotRebuilt)[]> {
  try {
    return await attempt(bundles, how, root);
  } catch (error) {
    if (!isBuildFailure(error)) {
      // Not the sources' fault: its process hangs, or somebody has ended it. The next build starts another.
      await stopEsbuild();
      const again = !isRetry && !(error instanceof UserError);
      return again ? rebuild(bundles, how, root, true) : bundles.map((bundle) => ({ bundle, error }));
    }
    if (bundles.length === 1) return bundles.map((bundle) => ({ bundle, error }));
    const each: (Rebuilt | NotRebuilt)[] = [];
    for (const bundle of bundles) each.push(...(await rebuild([bundle], how, root)));
    return each;
  }
}
