import { bundleEverything } from "./bundles";
import { isWanted, sourceMapsWanted } from "./command-line";

/** Imported first by `main.ts`: esbuild works while CDKTF and the stacks are loaded, which takes as long. */
export const earlyBundles = bundleEverything({ isWanted, sourceMaps: sourceMapsWanted });
