import { hash, randomUUID } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Files that are kept, at most: those of all systems ten times over. */
const MOST_KEPT = 500;

/** In bytes, of SHA-256. */
const DIGEST_BYTES = 32;

const digestOf = (...parts: readonly Uint8Array[]): Buffer => Buffer.from(hash("sha256", Buffer.concat(parts)), "hex");

/** Does what a cache may fail at: it is deleted at any time, by anybody, and its disk may be full or not to be written. */
function ifPossible<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch {
    // Without the cache it is made again, which is what it would be without one.
    return undefined;
  }
}

/**
 * Results of earlier synths, in a folder, by the digest of what they were made of. Each file begins with the digest of its name
 * and the rest, so that one that is damaged, cut short or another's is as good as none. It appears whole or not at all,
 * whoever else writes the same.
 */
export class DiskCache {
  /**
   * @param folder which may be deleted at any time
   * @param way how results are made: in another way, the same source gives another result
   */
  constructor(
    private readonly folder: string,
    private readonly way: string,
    private readonly most = MOST_KEPT,
  ) {}

  /** The result for a source: the one that is there, or a new one, which is kept. */
  made(source: Uint8Array, make: () => Uint8Array): Uint8Array {
    const known = this.find(source);
    if (known) return known;
    const made = make();
    this.keep(source, made);
    return made;
  }

  /** The result for a source, if it is there. */
  find(source: Uint8Array): Uint8Array | undefined {
    return ifPossible(() => this.read(this.nameOf(source)));
  }

  /** Keeps a result, if the disk lets it. */
  keep(source: Uint8Array, made: Uint8Array): void {
    ifPossible(() => this.write(this.nameOf(source), made));
  }

  /** Deletes what was used longest ago, beyond the most that is kept. */
  tidy(): void {
    const names = ifPossible(() => readdirSync(this.folder)) ?? [];
    if (names.length <= this.most) return;
    const files = names.flatMap((name) => {
      const path = join(this.folder, name);
      const usedAt = ifPossible(() => statSync(path).mtimeMs);
      return usedAt === undefined ? [] : [{ path, usedAt }];
    });
    files.sort((one, other) => other.usedAt - one.usedAt);
    for (const { path } of files.slice(this.most)) ifPossible(() => rmSync(path, { recursive: true }));
  }

  private nameOf(source: Uint8Array): string {
    return digestOf(digestOf(Buffer.from(this.way)), source).toString("hex");
  }

  private read(name: string): Uint8Array | undefined {
    const path = join(this.folder, name);
    const kept = readFileSync(path);
    const [digest, rest] = [kept.subarray(0, DIGEST_BYTES), kept.subarray(DIGEST_BYTES)];
    if (!digestOf(Buffer.from(name), rest).equals(digest)) return undefined;
    const now = new Date();
    ifPossible(() => utimesSync(path, now, now));
    return rest;
  }

  private write(name: string, made: Uint8Array): void {
    mkdirSync(this.folder, { recursive: true });
    const writing = join(this.folder, `${name}.${randomUUID()}`);
    try {
      writeFileSync(writing, Buffer.concat([digestOf(Buffer.from(name), made), made]));
      renameSync(writing, join(this.folder, name));
    } catch (error) {
      rmSync(writing, { force: true });
      throw error;
    }
  }
}
