import { bundleEverything } from "./bundles";

/**
 * Imported first by `main.ts`: esbuild works while CDKTF and the stacks are loaded, which takes as long. Source maps
 * are made where `--source-maps` asks for them: a bundle can be made again from its commit, and its map with it.
 */
export const earlyBundles = bundleEverything({ sourceMaps: process.argv.includes("--source-maps") });
