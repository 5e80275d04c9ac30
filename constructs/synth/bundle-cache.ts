import { existsSync, mkdirSync } from "node:fs";
import { type Metafile, version } from "esbuild";
import { type BuiltFrom, Graph, Sources } from "./built-from";
import { esbuildIsOwn } from "./command-line";
import { DiskCache } from "./disk-cache";

/** Clocks of file systems are behind by as much. */
const CLOCK_MS = 50;

/** Files that are kept, at most, two a bundle: those of all systems twice over. A bundle is a megabyte with its map. */
const MOST_KEPT = 200;

/** One function's bundle, and its source map where one was wanted. */
export interface Built {
  readonly code: Uint8Array;
  readonly map?: Uint8Array;
}

const asBytes = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

/** Code and map as one, the length of the code first. */
function joined({ code, map }: Built): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(code.length);
  return Buffer.concat([length, code, ...(map ? [map] : [])]);
}

function parted(bytes: Uint8Array, hasMap: boolean): Built {
  const length = Buffer.from(bytes.buffer, bytes.byteOffset, 4).readUInt32BE();
  const code = bytes.subarray(4, 4 + length);
  return hasMap ? { code, map: bytes.subarray(4 + length) } : { code };
}

/**
 * Bundles of earlier synths. One is found as long as every file that esbuild read for it is the same, and every place where it
 * looked for an import leads to the same file; whatever of that cannot be told is built again.
 */
export class BundleCache {
  private readonly cache: DiskCache;
  private readonly sources: Sources;
  private readonly began = Date.now() - CLOCK_MS;

  /**
   * @param folder which may be deleted at any time
   * @param root the project's folder
   * @param options of esbuild; others give other bundles
   */
  constructor(
    private readonly folder: string,
    root: string,
    options: unknown,
    private readonly hasMap: boolean,
  ) {
    this.cache = new DiskCache(folder, JSON.stringify([version, hasMap, options]), MOST_KEPT);
    this.sources = new Sources(root);
  }

  /** The bundle of an entry point, a path from the project's folder, if it would be the same again. */
  find(entry: string): Built | undefined {
    const known = esbuildIsOwn ? this.cache.find(asBytes(["built from", entry])) : undefined;
    if (!known) return undefined;
    try {
      const from = JSON.parse(Buffer.from(known).toString()) as BuiltFrom;
      const found = this.cache.find(this.keyOf(entry, from));
      return found && parted(found, this.hasMap);
    } catch {
      // Something is gone: what imports it is built again, and says so.
      return undefined;
    }
  }

  /**
   * Keeps bundles that were built from the sources as they are, but those of which something has changed since this cache was
   * made. A folder that is not there is made and nothing kept: a clone that synthesizes once, as in CI, would do it for nothing.
   */
  keep(built: ReadonlyMap<string, () => Built>, metafile: Metafile): void {
    if (!esbuildIsOwn) return;
    const graph = new Graph(metafile);
    try {
      if (!existsSync(this.folder)) return void mkdirSync(this.folder, { recursive: true });
      for (const [entry, read] of built) this.keepOne(entry, graph.builtFrom(entry), read);
    } catch {
      // Something has been deleted meanwhile, or is a link: the next synth builds it again.
    }
    this.cache.tidy();
  }

  private keepOne(entry: string, from: BuiltFrom | undefined, read: () => Built): void {
    if (!from || this.sources.changedSince(from, this.began)) return;
    this.cache.keep(this.keyOf(entry, from), joined(read()));
    this.cache.keep(asBytes(["built from", entry]), asBytes(from));
  }

  private keyOf(entry: string, from: BuiltFrom): Buffer {
    return Buffer.concat([asBytes([entry, from]), this.sources.stateOf(from)]);
  }
}
