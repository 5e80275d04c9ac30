import { closeSync, fstatSync, fsyncSync, ftruncateSync, openSync, readSync, renameSync, rmSync } from "node:fs";
import type { UserError } from "../../lib/user-error";
import { type Loss, lineDamage } from "./line-damage";
import { isSealed, sealed, unsealed } from "./log-line";
import { Replacement } from "./replacement";
import { StorageError } from "./storage-error";
import { systemWrite, type Write, writeAll } from "./write-all";

/** Place of a line in the file, its end included. */
export interface Span {
  readonly offset: number;
  readonly length: number;
}

const CHUNK_BYTES = 1024 * 1024;
const LINE_END = 10;

/** Called with a line's text, its span and its number. */
export type Visit = (line: Buffer, span: Span, number: number) => void;

/**
 * A file of lines that only grows by whole ones, and is read piece by piece, so that it may be of any length. Each line
 * has a checksum after its text, so that a byte that the disk has changed is noticed.
 */
export class LogFile {
  private file: number | undefined;
  /** Up to where the file has whole lines. Bytes after it were never acknowledged. */
  private end = 0;
  /** Of whole lines, as they were read. */
  private count = 0;
  private replacement: Replacement | undefined;

  /** @param write in place of the system's, for trials of disks that fail */
  constructor(
    private readonly path: string,
    private readonly write: Write = systemWrite,
  ) {}

  /** In bytes, of whole lines. */
  get size(): number {
    return this.end;
  }

  /**
   * Visits each line in turn, its end and its checksum excluded; the bytes are valid during the visit.
   *
   * @throws StorageError when the file can't be read, UserError when a line is damaged
   */
  forEachLine(visit: Visit): void {
    this.close();
    [this.end, this.count] = [0, 0];
    const file = this.open("r");
    if (file === undefined) return;
    let [bytes, rest] = [Buffer.allocUnsafe(2 * CHUNK_BYTES), 0];
    try {
      for (;;) {
        if (rest === bytes.length) bytes = Buffer.concat([bytes], 2 * bytes.length);
        const read = this.attempt("read", () => readSync(file, bytes, rest, bytes.length - rest, this.end + rest));
        if (read === 0) break;
        rest = this.visitLines(bytes.subarray(0, rest + read), visit);
      }
    } finally {
      closeSync(file);
    }
    // What was written in part only has no checksum that fits.
    if (isSealed(bytes.subarray(0, rest - 1))) throw this.damage(this.count + 1, "its end is missing");
  }

  /** The error for a damaged line. @param loss - with the data that go with it. @default the line alone */
  damage(line: number, reason: string, loss?: Loss): UserError {
    return lineDamage({ path: this.path, line, reason }, loss);
  }

  /**
   * The texts of lines.
   *
   * @throws StorageError when the file can't be read
   */
  texts(spans: Iterable<Span>): readonly string[] {
    const file = this.open("r");
    if (file === undefined) return [];
    try {
      return this.attempt("read", () =>
        Array.from(spans, ({ offset, length }) => {
          const bytes = Buffer.allocUnsafe(length - 1);
          readAll(file, bytes, offset);
          return (unsealed(bytes) ?? bytes).toString("utf8");
        }),
      );
    } finally {
      closeSync(file);
    }
  }

  /**
   * Adds a line at the end: all of it, or nothing.
   *
   * @param text what it says, without any line's end
   * @throws StorageError when the disk does not take it, now or until there is room
   */
  append(text: Buffer): Span {
    const line = sealed(text);
    return this.attempt("written", () => {
      const file = this.opened();
      try {
        writeAll(this.write, file, line);
      } catch (error) {
        // What was written of it would damage the next line. Should this fail as well, the next append does it.
        this.release();
        throw error;
      }
      const span = { offset: this.end, length: line.length };
      this.end += line.length;
      return span;
    });
  }

  /**
   * Leaves these lines alone, in their order, at one stroke: whoever dies meanwhile leaves the file as it was.
   *
   * @returns where they are now
   * @throws StorageError when the disk does not take them; the file is as it was
   */
  keepOnly(spans: Iterable<Span>): readonly Span[] {
    const source = this.attempt("written", () => this.opened());
    return this.rewritten((write) => copy(spans, source, write));
  }

  /**
   * Begins to put these lines in place of all that are there now: `advance` does it, and what is added meanwhile comes
   * after them. Who closes the file before leaves it as it was.
   */
  replace(texts: Iterator<string>): void {
    this.abandon();
    const content = { lines: sealedLines(texts), from: this.end, write: this.write };
    this.replacement = this.attempt("written", () => new Replacement(this.path, content));
  }

  /** Whether lines are being replaced. */
  get isReplacing(): boolean {
    return this.replacement !== undefined;
  }

  /**
   * Goes on with the replacement by about so many bytes, until it takes the file's place at one stroke.
   *
   * @throws StorageError when the disk does not take them; the file is as it was, and not replaced
   */
  advance(bytes: number): void {
    const { replacement } = this;
    if (!replacement) return;
    try {
      const end = this.attempt("written", () => replacement.advance(bytes, this.opened(), this.end));
      if (end === undefined) return;
      this.replacement = undefined;
      this.release();
      this.end = end;
    } catch (error) {
      this.abandon();
      throw error;
    }
  }

  private rewritten(copyTo: (write: (bytes: Buffer) => void) => Span[]): Span[] {
    const next = `${this.path}.next`;
    return this.attempt("written", () => {
      const target = openSync(next, "w", 0o600);
      try {
        const moved = copyTo((bytes) => writeAll(this.write, target, bytes));
        fsyncSync(target);
        renameSync(next, this.path);
        this.close();
        this.end = moved.reduce((sum, { length }) => sum + length, 0);
        return moved;
      } catch (error) {
        rmSync(next, { force: true });
        throw error;
      } finally {
        closeSync(target);
      }
    });
  }

  close(): void {
    this.abandon();
    this.release();
  }

  private abandon(): void {
    this.replacement?.abandon();
    this.replacement = undefined;
  }

  private release(): void {
    if (this.file !== undefined) closeSync(this.file);
    this.file = undefined;
  }

  /** @returns how many bytes at the start are of a line that has not ended */
  private visitLines(bytes: Buffer, visit: Visit): number {
    let at = 0;
    for (let next = bytes.indexOf(LINE_END); next >= 0; next = bytes.indexOf(LINE_END, at)) {
      const span = { offset: this.end, length: next + 1 - at };
      this.end += span.length;
      this.count += 1;
      visit(this.contentOf(bytes.subarray(at, next)), span, this.count);
      at = next + 1;
    }
    return bytes.copy(bytes, 0, at);
  }

  private contentOf(line: Buffer): Buffer {
    const content = unsealed(line);
    if (content) return content;
    throw this.damage(this.count, "its checksum does not fit");
  }

  /** The open file, cut back to what was acknowledged. */
  private opened(): number {
    if (this.file !== undefined) return this.file;
    const file = openSync(this.path, "a+", 0o600);
    try {
      if (fstatSync(file).size > this.end) ftruncateSync(file, this.end);
    } catch (error) {
      closeSync(file);
      throw error;
    }
    this.file = file;
    return file;
  }

  private open(flags: string): number | undefined {
    try {
      return openSync(this.path, flags);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw new StorageError(this.path, "read", error);
    }
  }

  private attempt<T>(action: "read" | "written", work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw error instanceof StorageError ? error : new StorageError(this.path, action, error);
    }
  }
}

function* sealedLines(texts: Iterator<string>): Generator<Buffer> {
  for (let next = texts.next(); !next.done; next = texts.next()) yield sealed(Buffer.from(next.value));
}

function readAll(file: number, into: Buffer, offset: number): void {
  for (let at = 0; at < into.length; ) {
    const read = readSync(file, into, at, into.length - at, offset + at);
    if (read === 0) throw new Error("it is shorter than it was");
    at += read;
  }
}

/** Copies lines, neighbours in one piece. */
function copy(spans: Iterable<Span>, source: number, write: (bytes: Buffer) => void): Span[] {
  const moved: Span[] = [];
  let [from, size, end] = [0, 0, 0];
  const flush = (): void => {
    const bytes = Buffer.allocUnsafe(size);
    readAll(source, bytes, from);
    write(bytes);
  };
  for (const { offset, length } of spans) {
    if (offset !== from + size || size > CHUNK_BYTES) {
      flush();
      [from, size] = [offset, 0];
    }
    size += length;
    moved.push({ offset: end, length });
    end += length;
  }
  flush();
  return moved;
}
