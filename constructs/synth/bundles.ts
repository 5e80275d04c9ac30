import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { strFromU8, unzipSync } from "fflate";
import {
  type Bundle,
  type Bundles,
  bundle,
  bundledCode,
  bundleMeanwhile,
  fileOf,
  optionsWithMaps,
  projectRoot,
  sourceOf,
} from "./bundle";

const planned = new Set<string>();
const built = new Map<string, Bundle>();

const handlersFolder = join(projectRoot, "handlers");

/** Whether there is such a file, below `handlers/` or by its whole path, and it exports `handler`. */
export function isEntry(entry: string): boolean {
  const file = resolve(projectRoot, sourceOf(entry));
  return existsSync(file) && /^export (const|async function|function) handler\b/m.test(readFileSync(file, "utf8"));
}

/** Takes bundles that were built elsewhere, which are not built again. */
export function addBuilt(bundles: Bundles): void {
  for (const [entry, result] of bundles) built.set(entry, result);
}

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "bundles-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/**
 * Plans a bundle. Unless it is built by then, asking for it builds all that are planned, together; each entry is built
 * once in a process, however many stacks deploy it.
 */
export function planBundle(entry: string): () => Bundle {
  planned.add(entry);
  return () => {
    const missing = [...planned].filter((candidate) => !built.has(candidate));
    if (missing.length > 0) addBuilt(bundle(missing, temporaryFolder()));
    const result = built.get(entry);
    if (!result) throw new Error(`${sourceOf(entry)} was not bundled`);
    return result;
  };
}

/** A function's code, whether it is built by now or not. */
export function codeOf(entry: string): string {
  const code = built.get(entry);
  if (!code) return bundledCode(entry);
  return strFromU8(unzipSync(code.zip)["index.mjs"] ?? new Uint8Array());
}

/** Every file below the folders of these systems that is a function. */
function entriesOf(isWanted: (system: string) => boolean): string[] {
  const systems = readdirSync(handlersFolder).filter((system) => system !== "runtime" && isWanted(system));
  return systems
    .flatMap((system) => readdirSync(join(handlersFolder, system)).map((file) => `${system}/${file}`))
    .filter((file) => file.endsWith(".ts") && isEntry(file))
    .sort();
}

/** Leaves all bundles, and what esbuild was asked for, so that one can be built again in the very same way. */
function keepAll(entries: readonly string[], temporary: string, folder: string): void {
  for (const file of entries.map(fileOf)) {
    mkdirSync(join(folder, dirname(file)), { recursive: true });
    for (const name of [file, `${file}.map`]) copyFileSync(join(temporary, name), join(folder, name));
  }
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "build.json"), `${JSON.stringify(optionsWithMaps(entries), null, 2)}\n`);
}

interface BundlingOptions {
  readonly isWanted: (system: string) => boolean;
  readonly sourceMaps: boolean;
}

/**
 * Starts to bundle every function of the systems that are wanted, while this process does something else.
 *
 * @returns what waits for the end, and where source maps are wanted leaves them, with the bundles, in a folder
 */
export function bundleEverything({ isWanted, sourceMaps }: BundlingOptions): (folder: string) => Promise<void> {
  const temporary = temporaryFolder();
  const entries = entriesOf(isWanted);
  const bundling = bundleMeanwhile(entries, temporary, sourceMaps);
  // Awaited later; until then a failure is not unhandled.
  bundling.catch(() => undefined);
  return async (folder) => {
    addBuilt(await bundling);
    rmSync(folder, { recursive: true, force: true });
    if (sourceMaps) keepAll(entries, temporary, folder);
  };
}
