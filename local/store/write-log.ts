import {
  closeSync,
  existsSync,
  openSync,
  readFileSync,
  renameSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { UserError } from "../lib/user-error";

/** What a write left behind under a key of a table: an item, or none. Queues, and functions with their events, are tables here. */
export interface Entry<Item extends object> {
  readonly table: string;
  readonly key: string;
  readonly item: Item | null;
}

const lineOf = ({ table, key, item }: Entry<object>): string => `${JSON.stringify([table, key, item])}\n`;

const addressOf = ({ table, key }: Entry<object>): string => JSON.stringify([table, key]);

function parse<Item extends object>(line: string): Entry<Item> {
  const [table, key, item] = JSON.parse(line) as [unknown, unknown, unknown];
  if (typeof table !== "string" || typeof key !== "string" || typeof item !== "object") throw new Error("no entry");
  return { table, key, item: item as Item | null };
}

/**
 * The only form on disk of what services keep: each write is appended before it is acknowledged, and everything else (items,
 * index rows, tables) is made of it again at start. So a killed process loses nothing that was acknowledged, and there
 * is no state that could be half written: a line without an end was never acknowledged.
 */
export class WriteLog<Item extends object> {
  private file: number | undefined;

  constructor(private readonly path: string) {}

  /**
   * What the log holds, the last entry of each key only.
   *
   * @throws UserError when the file is damaged
   */
  read(): { readonly entries: readonly Entry<Item>[]; readonly lines: number } {
    if (!existsSync(this.path)) return { entries: [], lines: 0 };
    const bytes = readFileSync(this.path);
    const end = bytes.lastIndexOf(10) + 1;
    if (end < bytes.length) truncateSync(this.path, end);
    const last = new Map<string, Entry<Item>>();
    let lines = 0;
    // Line by line: all of it may be longer than a text can be.
    for (let at = 0; at < end; ) {
      const next = bytes.indexOf(10, at) + 1;
      lines += 1;
      try {
        const entry = parse<Item>(bytes.toString("utf8", at, next - 1));
        last.set(addressOf(entry), entry);
      } catch {
        throw new UserError(`${this.path}: line ${lines} is damaged; --fresh starts without stored data`);
      }
      at = next;
    }
    return { entries: [...last.values()].filter(({ item }) => item !== null), lines };
  }

  /** The same, and leaves the file without what was replaced or is gone. */
  compact(): readonly Entry<Item>[] {
    const { entries, lines } = this.read();
    if (lines > entries.length) this.rewrite(entries);
    return entries;
  }

  /** Returns when the entry would survive the end of the process. */
  append(entry: Entry<Item>): void {
    this.file ??= openSync(this.path, "a");
    writeSync(this.file, lineOf(entry));
  }

  /** Puts these entries in place of all others, at one stroke. */
  rewrite(entries: readonly Entry<Item>[]): void {
    this.close();
    const next = `${this.path}.next`;
    writeFileSync(next, entries.map(lineOf).join(""));
    renameSync(next, this.path);
  }

  close(): void {
    if (this.file !== undefined) closeSync(this.file);
    this.file = undefined;
  }
}
