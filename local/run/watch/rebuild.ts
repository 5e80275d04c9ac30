import { join } from "node:path";
import { build } from "esbuild";
import { type Build, bundleOf, type DeployedBundle } from "./deployed-bundles";

/** A function's new code. */
export interface Rebuilt {
  readonly bundle: DeployedBundle;
  readonly code: Uint8Array;
  readonly sourceMap: string;
}

/** Builds functions again, in one call, as they were built for their packages: the same sources give the same bytes. */
export async function rebuild(
  bundles: readonly DeployedBundle[],
  { options }: Build,
  root: string,
): Promise<readonly Rebuilt[]> {
  const { outputFiles, metafile } = await build({
    ...options,
    absWorkingDir: root,
    // Where it would write to. Of all that depends on it, the maps' paths, only those of errors are read, from the end.
    outdir: join(root, "bundles"),
    entryPoints: bundles.map(({ entry }) => ({ in: entry.in, out: entry.out })),
    write: false,
    metafile: true,
  });
  return bundles.map((bundle) => {
    const name = bundleOf(bundle.entry);
    const output = (suffix: string) => outputFiles.find(({ path }) => path === join(root, "bundles", name + suffix));
    const code = output("");
    if (!code) throw new Error(`esbuild wrote nothing for ${bundle.entry.in}`);
    const inputs = Object.keys(metafile.outputs[`bundles/${name}`]?.inputs ?? {});
    const sources = new Set(inputs.map((path) => join(root, path)));
    return { bundle: { ...bundle, sources }, code: code.contents, sourceMap: output(".map")?.text ?? "" };
  });
}
