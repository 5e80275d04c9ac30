import { messageOf } from "../../lib/user-error";
import { LogFile, type Span } from "./log-file";
import { StorageError } from "./storage-error";
import type { Write } from "./write-all";

/**
 * A write under a key of a table: the item after it, or none. Queues, and functions with their events, are tables here.
 */
export interface Entry<Item extends object> {
  readonly table: string;
  readonly key: string;
  readonly item: Item | null;
}

/** Dead bytes that are not worth a file's being written anew while it is in use. */
const SLACK_BYTES = 4 * 1024 * 1024;

const QUOTE = 34;
const BACKSLASH = 92;
const GONE = "null]";
const ITEM_END = "}]";

/** After a text in JSON, from its opening quote on. */
function afterText(bytes: Buffer, at: number): number {
  for (let end = at + 1; end < bytes.length; end += 1) {
    if (bytes[end] === BACKSLASH) end += 1;
    else if (bytes[end] === QUOTE) return end + 1;
  }
  return bytes.length;
}

/** Address of a line: its table and key as text, equal whenever they are the same. */
function addressOf(line: Buffer): string | undefined {
  const end = afterText(line, afterText(line, 1) + 1);
  const hasForm = line[0] === 91 && line[1] === QUOTE && line[end] === 44;
  return hasForm ? line.toString("latin1", 0, end) : undefined;
}

/** Byte by byte: a view of each line's end would take longer than all else that is done with it. */
function endsWith(line: Buffer, end: string): boolean {
  for (let back = 1; back <= end.length; back += 1) {
    if (line[line.length - back] !== end.charCodeAt(end.length - back)) return false;
  }
  return true;
}

const lineOf = ({ table, key, item }: Entry<object>): Buffer => Buffer.from(JSON.stringify([table, key, item]));

function parse<Item extends object>(line: string): Entry<Item> {
  const [table, key, item] = JSON.parse(line) as [unknown, unknown, unknown];
  if (typeof table !== "string" || typeof key !== "string" || typeof item !== "object")
    throw new Error("it is no entry");
  return { table, key, item: item as Item | null };
}

/**
 * The only form on disk of what services keep: each write is appended before it is acknowledged, and everything else (items,
 * index rows, tables) is made of it again at start. So a killed process loses nothing that was acknowledged, and there
 * is no state that could be half written: a line without an end was never acknowledged, and one that the disk takes in
 * part only is cut off and refused. Lines that were replaced are dropped once they are the greater part.
 */
export class WriteLog<Item extends object> {
  private readonly file: LogFile;
  /** Places of live lines, by address, in the order of the file. */
  private readonly live = new Map<string, Span>();
  private liveBytes = 0;
  /** A compaction that failed is not tried again at each write. */
  private notBefore = 0;

  /** @param write in place of the system's, for trials of disks that fail */
  constructor(path: string, write?: Write) {
    this.file = new LogFile(path, write);
  }

  /**
   * Reads the log, which comes before the first append: the last entry of each key that has an item, in the order in
   * which they were written.
   *
   * @throws UserError when the file is damaged or can't be read
   */
  read(): readonly Entry<Item>[] {
    this.live.clear();
    this.liveBytes = 0;
    this.file.forEachLine((line, span, number) => {
      const address = addressOf(line);
      const isGone = endsWith(line, GONE);
      if (address === undefined || !(isGone || endsWith(line, ITEM_END)))
        throw this.file.damage(number, "it is no entry");
      this.note(address, span, isGone);
    });
    const spans = [...this.live.values()];
    const entries = this.file.texts(spans).map((text, index) => this.parsed(text, spans[index]));
    this.compact(0);
    return entries;
  }

  /**
   * Returns when the entry would survive the end of the process.
   *
   * @throws StorageError when the disk does not take it: then nothing has changed, and later writes may work
   */
  append(entry: Entry<Item>): void {
    const line = lineOf(entry);
    const span = this.file.append(line);
    this.note(addressOf(line) ?? "", span, entry.item === null);
    this.compact(SLACK_BYTES);
  }

  close(): void {
    this.file.close();
  }

  private note(address: string, span: Span, isGone: boolean): void {
    this.liveBytes -= this.live.get(address)?.length ?? 0;
    // Deleted first, so that the map's order is the file's.
    this.live.delete(address);
    if (isGone) return;
    this.live.set(address, span);
    this.liveBytes += span.length;
  }

  /** Drops what is dead, if that is more than what is alive and some slack. */
  private compact(slack: number): void {
    const { size } = this.file;
    if (size - this.liveBytes <= this.liveBytes + slack || size < this.notBefore) return;
    try {
      const moved = this.file.keepOnly(this.live.values());
      for (const [index, address] of [...this.live.keys()].entries()) this.live.set(address, moved[index] as Span);
      this.notBefore = 0;
    } catch (error) {
      // The log is as it was, only longer than it need be. Should the disk be full, the next write says so.
      if (!(error instanceof StorageError)) throw error;
      this.notBefore = size * 1.5;
    }
  }

  private parsed(text: string, span: Span | undefined): Entry<Item> {
    try {
      return parse<Item>(text);
    } catch (error) {
      throw this.file.damage(this.lineNumber(span?.offset ?? 0), messageOf(error));
    }
  }

  private lineNumber(offset: number): number {
    let found = 0;
    this.file.forEachLine((_, span, number) => {
      if (span.offset === offset) found = number;
    });
    return found;
  }
}
