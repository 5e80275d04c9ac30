import { fstatSync, lstatSync } from "node:fs";
import { BLOCK_BYTES, sizeOf } from "./space";

const [fstat, lstat] = [fstatSync, lstatSync];

/** Bytes that a value to be written has; 0 for what Node.js refuses. */
export function sizeOfData(data: unknown): number {
  if (typeof data === "string") return Buffer.byteLength(data);
  return ArrayBuffer.isView(data) ? data.byteLength : 0;
}

/** Of `write(data, offset, length, …)` and `write(data, { offset, length })`. */
function sizeOfPart(data: unknown, offsetOrOptions: unknown, length: unknown): number {
  const size = sizeOfData(data);
  if (typeof data === "string") return size;
  const options = typeof offsetOrOptions === "object" && offsetOrOptions !== null ? offsetOrOptions : { length };
  const part: unknown = Reflect.get(options, "length");
  return typeof part === "number" && part < size ? Math.max(0, part) : size;
}

const sizeOfAll = (parts: unknown): number =>
  Array.isArray(parts) ? parts.reduce((sum: number, part) => sum + sizeOfData(part), 0) : 0;

function growthOf(file: unknown, length: unknown): number {
  if (typeof length !== "number") return 0;
  if (typeof file === "number") return Math.max(0, length - fstat(file).size);
  return typeof file === "string" ? Math.max(0, length - (lstat(file, { throwIfNoEntry: false })?.size ?? 0)) : 0;
}

/**
 * Bytes that an operation adds to the files, by its arguments with the machine's paths: of those that reach the disk by
 * themselves.
 */
export const writtenBytes: Readonly<Record<string, (args: readonly unknown[]) => number>> = {
  write: ([, ...part]) => sizeOfPart(part[0], part[1], part[2]),
  writev: ([, parts]) => sizeOfAll(parts),
  writeFile: ([, data]) => sizeOfData(data),
  appendFile: ([, data]) => sizeOfData(data),
  copyFile: ([from]) => (typeof from === "string" ? sizeOf(from) : 0),
  cp: ([from]) => (typeof from === "string" ? sizeOf(from) : 0),
  truncate: ([path, length]) => growthOf(path, length),
  ftruncate: ([fd, length]) => growthOf(fd, length),
  mkdir: () => BLOCK_BYTES,
};
