import { writeSync } from "node:fs";

/** The system's write: it may take a part only. */
export type Write = (file: number, bytes: Uint8Array, offset: number, length: number) => number;

export const systemWrite: Write = (file, bytes, offset, length) => writeSync(file, bytes, offset, length);

/** Writes all of some bytes, in as many parts as it takes. */
export function writeAll(write: Write, file: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) {
    const written = write(file, bytes, at, bytes.length - at);
    if (written === 0) throw new Error("the disk took nothing");
    at += written;
  }
}
