import { closeSync, fdatasyncSync, openSync, readSync, renameSync, rmSync } from "node:fs";
import { type Write, writeAll } from "./write-all";

/** The disk is asked to have what was written this often, so that nobody waits for all of it at the end. */
const SYNC_BYTES = 4 * 1024 * 1024;

interface Content {
  readonly lines: Iterator<Buffer>;
  /** From where on the file's own lines follow them. */
  readonly from: number;
  readonly write: Write;
}

/** Other content of a file of lines, which is written beside it, while the file grows. */
export class Replacement {
  private readonly place: string;
  private readonly file: number;
  private readonly lines: Iterator<Buffer>;
  private readonly write: Write;
  private from: number;
  private hasLines = true;
  private length = 0;
  private unsynced = 0;

  constructor(
    private readonly path: string,
    { lines, from, write }: Content,
  ) {
    this.place = `${path}.next`;
    this.file = openSync(this.place, "w", 0o600);
    this.lines = lines;
    this.from = from;
    this.write = write;
  }

  /**
   * Writes about so many bytes more. Once it has all that the file has, it takes its place.
   *
   * @param end how long the file is
   * @returns its own length, when it has taken the file's place
   */
  advance(bytes: number, file: number, end: number): number | undefined {
    const pieces = this.hasLines ? this.someLines(bytes) : [this.copied(file, Math.min(bytes, end - this.from))];
    this.add(Buffer.concat(pieces));
    if (this.hasLines || this.from < end) return undefined;
    this.sync();
    renameSync(this.place, this.path);
    closeSync(this.file);
    return this.length;
  }

  /** Leaves the file as it is. */
  abandon(): void {
    closeSync(this.file);
    rmSync(this.place, { force: true });
  }

  private someLines(bytes: number): Buffer[] {
    const pieces: Buffer[] = [];
    for (let size = 0; size < bytes; ) {
      const { done, value } = this.lines.next();
      if (done) {
        this.hasLines = false;
        break;
      }
      pieces.push(value);
      size += value.length;
    }
    return pieces;
  }

  private copied(file: number, length: number): Buffer {
    const bytes = Buffer.allocUnsafe(length);
    for (let at = 0; at < length; ) {
      const read = readSync(file, bytes, at, length - at, this.from + at);
      if (read === 0) throw new Error("it is shorter than it was");
      at += read;
    }
    this.from += length;
    return bytes;
  }

  private add(bytes: Buffer): void {
    writeAll(this.write, this.file, bytes);
    this.length += bytes.length;
    this.unsynced += bytes.length;
    if (this.unsynced >= SYNC_BYTES) this.sync();
  }

  private sync(): void {
    fdatasyncSync(this.file);
    this.unsynced = 0;
  }
}
