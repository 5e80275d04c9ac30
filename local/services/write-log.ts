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

/** What a write left behind under a key of a table: an item, or none. Queues are tables of messages here. */
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
   * @throws Error when the file is damaged
   */
  read(): { readonly entries: readonly Entry<Item>[]; readonly lines: number } {
    if (!existsSync(this.path)) return { entries: [], lines: 0 };
    const bytes = readFileSync(this.path);
    const end = bytes.lastIndexOf(10) + 1;
    if (end < bytes.length) truncateSync(this.path, end);
    const lines = bytes.subarray(0, end).toString("utf8").split("\n").slice(0, -1);
    const last = new Map<string, Entry<Item>>();
    lines.forEach((line, index) => {
      try {
        const entry = parse<Item>(line);
        last.set(addressOf(entry), entry);
      } catch {
        throw new Error(`${this.path}: line ${index + 1} is damaged; --fresh starts without stored data`);
      }
    });
    return { entries: [...last.values()].filter(({ item }) => item !== null), lines: lines.length };
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
