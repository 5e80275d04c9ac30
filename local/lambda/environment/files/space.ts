import { lstatSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** As much a small file takes, and a folder. */
export const BLOCK_BYTES = 4096;

const [list, lstat] = [readdirSync, lstatSync];

const inBlocks = (bytes: number): number => Math.ceil(bytes / BLOCK_BYTES) * BLOCK_BYTES;

/** Bytes that a file, or all below a folder, takes. */
export function sizeOf(path: string): number {
  const stats = lstat(path, { throwIfNoEntry: false });
  if (!stats?.isDirectory()) return inBlocks(stats?.size ?? 0);
  return list(path).reduce((sum, name) => sum + sizeOf(join(path, name)), BLOCK_BYTES);
}

/** The bounded space of a folder. What is written is added up, and the folder measured only once that seems to be too much. */
export class Space {
  private used = 0;

  constructor(
    private readonly folder: string,
    readonly bytes: number,
  ) {}

  /** @returns whether there is room for so many bytes more */
  take(bytes: number): boolean {
    if (this.used + bytes > this.bytes) this.used = sizeOf(this.folder);
    if (this.used + bytes > this.bytes) return false;
    this.used += bytes;
    return true;
  }

  /** Bytes that are left. */
  get free(): number {
    this.used = sizeOf(this.folder);
    return Math.max(0, this.bytes - this.used);
  }
}
