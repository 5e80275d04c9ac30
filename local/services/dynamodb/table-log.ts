import { isObject } from "../../../lib/json";
import { messageOf } from "../../../lib/user-error";
import type { Loss } from "../../store/line-damage";
import { LogFile } from "../../store/log-file";
import type { Write as DiskWrite } from "../../store/write-all";
import type { Item } from "./attribute-value";
import type { StreamRecord } from "./stream";
import type { TableSettings } from "./table-settings";

/** One line of the log: a change of a table, or a client's token. */
export type Change =
  | { readonly table: string; readonly put: Item; readonly at?: number }
  | { readonly table: string; readonly delete: Item; readonly at?: number; readonly expired?: boolean }
  | { readonly table: string; readonly settings: TableSettings; readonly sequence?: number }
  | { readonly table: string; readonly record: StreamRecord }
  | { readonly table: string; readonly drop: true }
  | { readonly token: string; readonly digest: string; readonly at: number };

/** An entry of the form that came before: what a write left under a key of a table. */
export interface OlderEntry {
  readonly table: string;
  readonly key: string;
  readonly item: Item | null;
}

/** The entries of a log. */
export interface Visitor {
  change(change: Change): void;
  /** The most frequent of changes, with the item's text. */
  put(table: string, text: string): void;
  olderEntry(entry: OlderEntry): void;
}

/** The beginning of a line that puts one item, and says nothing else. */
export const putStart = (table: string): string => `{"table":${JSON.stringify(table)},"put":`;

const FIRST_OF_LIST = 91;

/** A line is of a table of which there is no line of its own. */
export class UnknownTable extends Error {
  readonly loss: Loss;

  constructor(name: string) {
    super(`it is of a table ${name} that was not made`);
    this.loss = { what: "each line of it", script: `'/"table":"${name}"/d'`, cost: "that table" };
  }
}

/**
 * The tables on disk: one line for each act, and all of its changes in that line, so that a transaction is there whole or
 * not at all. A line is one change, or a list of several. Everything else is made of the lines again at start.
 */
export class TableLog {
  private readonly file: LogFile;

  /** @param write in place of the system's, for trials of disks that fail */
  constructor(path: string, write?: DiskWrite) {
    this.file = new LogFile(path, write);
  }

  /** In bytes. */
  get size(): number {
    return this.file.size;
  }

  /** Visits all that the log says, in order. @throws UserError when it is damaged or can't be read */
  read(visitor: Visitor): void {
    let [start, table] = [Buffer.from("\n"), ""];
    this.file.forEachLine((line, _, number) => {
      try {
        if (line.subarray(0, start.length).equals(start))
          return visitor.put(table, line.toString("utf8", start.length, line.length - 1));
        table = this.visit(line, visitor) ?? table;
        start = Buffer.from(putStart(table));
      } catch (error) {
        const loss = error instanceof UnknownTable ? error.loss : undefined;
        throw this.file.damage(number, messageOf(error), loss);
      }
    });
  }

  /** Adds an act: it is there whole once this returns. @throws StorageError when the disk does not take it */
  append(json: string): void {
    this.file.append(Buffer.from(json));
  }

  /**
   * Begins to put these lines in place of all that are there now. `advance` does it, piece by piece; what is added
   * meanwhile follows them.
   */
  replace(lines: Iterator<string>): void {
    this.file.replace(lines);
  }

  /** Whether lines are being replaced. */
  get isReplacing(): boolean {
    return this.file.isReplacing;
  }

  /** Goes on with it by about so many bytes. @throws StorageError when the disk does not take them; the log is as it was */
  advance(bytes: number): void {
    this.file.advance(bytes);
  }

  close(): void {
    this.file.close();
  }

  /** @returns the table that the line puts an item into, if that is all it says */
  private visit(line: Buffer, visitor: Visitor): string | undefined {
    const value: unknown = JSON.parse(line.toString("utf8"));
    if (line[0] !== FIRST_OF_LIST) {
      const change = checked(value);
      visitor.change(change);
      return "put" in change && change.at === undefined ? change.table : undefined;
    }
    const list = value as readonly unknown[];
    if (typeof list[0] === "string") visitor.olderEntry(olderEntry(list));
    else for (const change of list) visitor.change(checked(change));
    return undefined;
  }
}

const names = ["put", "delete", "settings", "record", "drop", "digest"];

const isChange = (value: unknown): value is Change =>
  isObject(value) && ("table" in value || "token" in value) && names.some((name) => name in value);

function checked(value: unknown): Change {
  if (isChange(value)) return value;
  throw new Error("it is no entry");
}

function olderEntry([table, key, item]: readonly unknown[]): OlderEntry {
  if (typeof table === "string" && typeof key === "string" && (item === null || isObject(item)))
    return { table, key, item: item as Item | null };
  throw new Error("it is no entry");
}
