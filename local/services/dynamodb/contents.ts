import { equal, type Item } from "./attribute-value";
import type { TokenUse } from "./client-token";
import type { OrderedMap } from "./ordered-map";
import { itemOf, type Row } from "./row";
import { Stream, type StreamRecord } from "./stream";
import { Table } from "./table";
import { TableLoad } from "./table-load";
import { type Change, type OlderEntry, putStart, UnknownTable, type Visitor } from "./table-log";
import type { TableSettings } from "./table-settings";
import type { Write } from "./writes";

/** Validity of a client request token. (API reference: TransactWriteItems, ClientRequestToken) */
const TOKEN_MILLISECONDS = 10 * 60 * 1000;

type ItemChange = Extract<Change, { put: Item } | { delete: Item }>;

/** When a write was made, and whether the time to live made it. */
export interface WriteOrigin {
  readonly at: number;
  readonly expired: boolean;
}

/** A database in memory, built from the log's lines, and the source of the same lines. */
export class Contents implements Visitor {
  readonly tables = new Map<string, Table>();
  /** Entries of the form that came before, of tables that were not declared since: table → key → item. */
  readonly older = new Map<string, Map<string, Item>>();
  /** Tables whose rows are still being read. */
  private readonly loads = new Map<string, TableLoad>();
  private readonly tokens = new Map<string, { readonly digest: string; readonly at: number }>();

  /** Makes a table, or gives one other settings. @param rows if it does not keep its own */
  define(settings: TableSettings, rows?: OrderedMap<Row>): Table {
    const known = this.tables.get(settings.TableName);
    const table = new Table(settings, rows ?? known?.rows);
    table.stream = streamOf(settings, known?.stream);
    this.tables.set(settings.TableName, table);
    return table;
  }

  /** Makes a write of an item. */
  write(write: Write, origin: WriteOrigin): void {
    const { table, before, after, item } = write;
    if (table.stream) record(table.stream, write, origin);
    table.replace(before, after, item);
  }

  noteToken({ token, digest }: TokenUse, at: number): void {
    for (const [known, { at: then }] of this.tokens) {
      if (then > at - TOKEN_MILLISECONDS) break;
      this.tokens.delete(known);
    }
    this.tokens.set(token, { digest, at });
  }

  /** The digest of the request that came with a token in the last ten minutes. */
  tokenDigest(token: string, now: number): string | undefined {
    const known = this.tokens.get(token);
    return known && known.at > now - TOKEN_MILLISECONDS ? known.digest : undefined;
  }

  change(change: Change): void {
    if ("token" in change) this.noteToken(change, change.at);
    else if ("settings" in change) {
      this.finish(change.table);
      const { stream } = this.define(change.settings);
      if (stream && change.sequence !== undefined) stream.next = change.sequence;
    } else if ("drop" in change) {
      this.loads.delete(change.table);
      this.tables.delete(change.table);
    } else if ("record" in change) this.known(change.table).stream?.append(change.record);
    else this.replay(change);
  }

  put(name: string, text: string): void {
    this.load(name).put(JSON.parse(text), text);
  }

  /** Takes all that was read, before which no table has its rows. */
  finishLoads(): void {
    for (const name of [...this.loads.keys()]) this.finish(name);
  }

  olderEntry({ table, key, item }: OlderEntry): void {
    const items = this.older.get(table) ?? new Map<string, Item>();
    this.older.set(table, items);
    if (item) items.set(key, item);
    else items.delete(key);
  }

  /** About how long the log of what is alive is, in bytes. */
  get logBytes(): number {
    let bytes = 0;
    for (const table of this.tables.values()) bytes += table.logBytes;
    return bytes;
  }

  /** The lines of a log that has what is there now, and nothing else; whatever happens before they are all taken. */
  lines(): Iterator<string> {
    const tables = [...this.tables.values()].map((table) => ({
      start: putStart(table.name),
      name: table.name,
      settings: settingsText(table.settings, table.stream),
      rows: [...table.rows.values()],
      records: [...(table.stream?.records ?? [])],
    }));
    const older = [...this.older].flatMap(([table, items]) => [...items].map(([key, item]) => [table, key, item]));
    const tokens = [...this.tokens].map(([token, use]) => ({ token, ...use }));
    return (function* () {
      for (const { start, name, settings, rows, records } of tables) {
        yield settings;
        for (const { text } of rows) yield `${start}${text}}`;
        for (const record of records) yield JSON.stringify({ table: name, record });
      }
      for (const line of [...older, ...tokens]) yield JSON.stringify(line);
    })();
  }

  private load(name: string): TableLoad {
    const known = this.loads.get(name);
    if (known) return known;
    const load = new TableLoad(this.known(name));
    this.loads.set(name, load);
    return load;
  }

  private finish(name: string): void {
    this.loads.get(name)?.finish();
    this.loads.delete(name);
  }

  private replay(change: ItemChange): void {
    const table = this.known(change.table);
    if (table.stream) this.replayInOrder(table, change);
    else if ("put" in change) this.load(table.name).put(change.put, JSON.stringify(change.put));
    else this.load(table.name).delete(change.delete);
  }

  /** A change of a table whose stream records the old image of each. */
  private replayInOrder(table: Table, change: ItemChange): void {
    this.finish(table.name);
    const item = "put" in change ? change.put : undefined;
    const key = "put" in change ? table.primaryKey(change.put) : change.delete;
    const [before, after] = [table.rows.get(table.keyOf(key)), item && table.rowOf(item)];
    const write = { table, key, before, after, ...(item ? { item } : {}) };
    this.write(write, { at: change.at ?? 0, expired: "expired" in change && change.expired === true });
  }

  private known(name: string): Table {
    const table = this.tables.get(name);
    if (!table) throw new UnknownTable(name);
    return table;
  }
}

/** A table's settings as the log records them. */
export const settingsText = (settings: TableSettings, stream: Stream | undefined): string =>
  JSON.stringify({ table: settings.TableName, settings, ...(stream ? { sequence: stream.next } : {}) });

/** A write as the log records it; of tables with a stream with its time. */
export function writeText({ table, key, after }: Write, { at, expired }: WriteOrigin): string {
  const time = table.stream ? `{"at":${at},` : "{";
  if (after) return `${time}${putStart(table.name).slice(1)}${after.text}}`;
  const mark = expired ? ',"expired":true' : "";
  return `${time}"table":${JSON.stringify(table.name)},"delete":${JSON.stringify(key)}${mark}}`;
}

function streamOf(settings: TableSettings, known: Stream | undefined): Stream | undefined {
  const { StreamSpecification: stream, streamLabel: label, TableArn: arn } = settings;
  if (!stream?.StreamEnabled || label === undefined) return undefined;
  if (known?.label === label) return known;
  return new Stream(`${arn}/stream/${label}`, label, stream.StreamViewType ?? "NEW_AND_OLD_IMAGES");
}

/** Appends a write to a stream, if it changes the item. */
function record(stream: Stream, { key, before, after }: Write, { at, expired }: WriteOrigin): void {
  const [old, next] = [before && itemOf(before), after && itemOf(after)];
  if (old && next && equal({ M: old }, { M: next })) return;
  const eventName: StreamRecord["eventName"] = !old ? "INSERT" : next ? "MODIFY" : "REMOVE";
  const images = { ...(old ? { before: old } : {}), ...(next ? { after: next } : {}) };
  stream.append({ eventName, sequence: stream.next, at, keys: key, ...images, ...(expired ? { expired } : {}) });
}
