import { build } from "esbuild";
import type { DeployedBundle } from "./deployed-bundles";

/** A function's new code. */
export interface Rebuilt {
  readonly code: Uint8Array;
  readonly sourceMap: string;
  /** Absolute paths of all that is in it. */
  readonly sources: ReadonlySet<string>;
}

/** Builds one function again, as it was built for its package: the same sources give the same bytes. */
export async function rebuild({ options, entry }: DeployedBundle, root: string): Promise<Rebuilt> {
  const { outputFiles = [], metafile } = await build({
    ...options,
    absWorkingDir: root,
    entryPoints: [entry],
    write: false,
    metafile: true,
  });
  const output = (suffix: string) => outputFiles.find(({ path }) => path.endsWith(suffix));
  const [code, map] = [output(".mjs"), output(".map")];
  if (!code) throw new Error(`esbuild wrote nothing for ${entry.in}`);
  const inputs = Object.keys(metafile?.inputs ?? {});
  return { code: code.contents, sourceMap: map?.text ?? "", sources: new Set(inputs.map((path) => `${root}/${path}`)) };
}
