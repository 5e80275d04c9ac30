import { randomUUID } from "node:crypto";
import { arnOf } from "../../../aws/arn";
import { messageOf, UserError } from "../../../lib/user-error";
import type { TableDefinition } from "../../read/table-definition";
import { StorageError } from "../../store/storage-error";
import type { Write as DiskWrite } from "../../store/write-all";
import { ServiceError } from "../service";
import type { TokenUse } from "./client-token";
import { checkShape } from "./constraints";
import { Contents, settingsText, writeText } from "./contents";
import { notFound } from "./errors";
import { checkedItem, checkItemKey } from "./item-validation";
import type { OrderedMap } from "./ordered-map";
import { itemOf, type Row } from "./row";
import { Table } from "./table";
import { TableLog } from "./table-log";
import { checkTable, type TableInput, type TableSettings } from "./table-settings";
import { tableShapes } from "./table-shapes";
import type { Write } from "./writes";

export interface DatabaseOptions {
  /** The log's file; without one nothing outlives the process. */
  readonly path?: string;
  readonly region?: string;
  readonly accountId?: string;
  /** Milliseconds since 1970. */
  readonly clock?: () => number;
  /** In place of the system's, for trials of disks that fail. */
  readonly write?: DiskWrite;
}

/** Dead bytes that are not worth a log's being written anew. */
const SLACK_BYTES = 4 * 1024 * 1024;
/** Bytes written at once while a log is replaced: half a millisecond. */
const PIECE_BYTES = 256 * 1024;

/** All tables, in memory and in a log. Each commit is one act: it is in the log, and then in memory, whole or not at all. */
export class Database {
  readonly region: string;
  readonly accountId: string;
  readonly clock: () => number;
  private readonly contents = new Contents();
  private readonly log: TableLog | undefined;
  /** The tables that the stacks declare now. */
  private declared: ReadonlySet<string> = new Set();
  private isOpen = false;
  /** A compaction that failed is not tried again at each write. */
  private notBefore = 0;
  /** Length of the log after the act before, in bytes. */
  private sizeBefore = 0;

  constructor(options: DatabaseOptions = {}) {
    const { path, region = "us-east-1", accountId = "123456789012", clock = Date.now, write } = options;
    this.region = region;
    this.accountId = accountId;
    this.clock = clock;
    this.log = path === undefined ? undefined : new TableLog(path, write);
  }

  /** The tables that are there, by name. */
  all(): readonly Table[] {
    const there = [...this.contents.tables.values()].filter(({ name }) => this.find(name));
    return there.sort((one, other) => (one.name < other.name ? -1 : 1));
  }

  /** The table of a name, if it is there. */
  find(name: string): Table | undefined {
    const table = this.contents.tables.get(name);
    return table?.settings.declared && !this.declared.has(name) ? undefined : table;
  }

  /** The table of a name, for operations on items. @throws ServiceError when it is not there */
  table(name: string): Table {
    const table = this.find(name);
    if (!table) throw notFound();
    return table;
  }

  /** Reads the log, before anything else is done. @throws UserError when it is damaged or can't be read */
  open(): void {
    if (this.isOpen) return;
    this.log?.read(this.contents);
    this.contents.finishLoads();
    this.isOpen = true;
    this.compact(0, true);
  }

  close(): void {
    this.log?.close();
  }

  /** Makes a table, or gives one other settings and keeps its rows. @throws StorageError when the disk does not take it */
  define(settings: TableSettings): Table {
    this.append([this.settingsText(settings)]);
    return this.contents.define(settings);
  }

  /** Deletes a table with all that is in it. @throws StorageError when the disk does not take it */
  drop(name: string): void {
    this.append([JSON.stringify({ table: name, drop: true })]);
    this.contents.tables.delete(name);
  }

  /**
   * Makes writes as one act.
   *
   * @throws StorageError when the disk does not take it: then nothing has changed
   */
  commit(writes: readonly Write[], use?: TokenUse, expired = false): void {
    const origin = { at: this.clock(), expired };
    const changing = writes.filter(({ before, after }) => before?.text !== after?.text);
    const texts = changing.map((write) => writeText(write, origin));
    this.append(use ? [...texts, JSON.stringify({ ...use, at: origin.at })] : texts);
    if (use) this.contents.noteToken(use, origin.at);
    for (const write of changing) this.contents.write(write, origin);
    this.compact(SLACK_BYTES);
  }

  /** The digest of the request that came with a token in the last ten minutes. */
  tokenDigest(token: string): string | undefined {
    return this.contents.tokenDigest(token, this.clock());
  }

  /**
   * Makes the tables of the stacks, with the items that they had. What no stack declares any more is kept, and not there.
   *
   * @throws UserError when stored items do not fit their table any more; then nothing has changed
   */
  provision(definitions: readonly TableDefinition[]): void {
    this.open();
    const { tables, older } = this.contents;
    const made = definitions.map((definition) => {
      const settings = this.declaredSettings(definition);
      return { settings, rows: this.rowsFor(settings) };
    });
    const changed = made.filter(({ settings, rows }) => {
      const known = tables.get(settings.TableName);
      return rows !== undefined || JSON.stringify(known?.settings) !== JSON.stringify(settings);
    });
    // What was kept in another form, or by other keys, is written anew as a whole.
    const moves = changed.some(({ rows }) => rows !== undefined);
    if (!moves) this.append(changed.map(({ settings }) => this.settingsText(settings)));
    for (const { settings, rows } of changed) this.contents.define(settings, rows);
    for (const { name } of definitions) older.delete(name);
    if (moves) {
      this.log?.replace(this.contents.lines());
      while (this.log?.isReplacing) this.log.advance(SLACK_BYTES);
    }
    this.declared = new Set(definitions.map(({ name }) => name));
  }

  /** Deletes what is past its time to live, as DynamoDB does sooner or later. @returns how many items */
  sweep(): number {
    const expired = this.all().flatMap((table) => table.expired(this.clock() / 1000).map((row) => ({ table, row })));
    for (const { table, row } of expired) {
      const key = table.primaryKey(itemOf(row));
      this.commit([{ table, key, before: row, after: undefined }], undefined, true);
    }
    return expired.length;
  }

  /** The settings of a new table. */
  newSettings(input: TableInput): TableSettings {
    const now = this.clock();
    return {
      ...input,
      TableId: randomUUID(),
      TableArn: arnOf("dynamodb", `table/${input.TableName}`, this),
      CreationDateTime: now / 1000,
      ...(input.StreamSpecification?.StreamEnabled ? { streamLabel: labelOf(now) } : {}),
    };
  }

  private settingsText(settings: TableSettings): string {
    return settingsText(settings, this.contents.tables.get(settings.TableName)?.stream);
  }

  private append(changes: readonly string[]): void {
    const [first] = changes;
    if (first !== undefined) this.log?.append(changes.length === 1 ? first : `[${changes.join(",")}]`);
  }

  private declaredSettings({ arn, create, name, timeToLiveAttribute, streamLabel }: TableDefinition): TableSettings {
    const known = this.contents.tables.get(name)?.settings;
    const made = this.newSettings(declaredInput(name, create));
    const label = made.streamLabel === undefined ? undefined : (streamLabel ?? known?.streamLabel ?? made.streamLabel);
    return {
      ...made,
      TableArn: arn,
      TableId: known?.TableId ?? made.TableId,
      CreationDateTime: known?.CreationDateTime ?? made.CreationDateTime,
      ...(label === undefined ? {} : { streamLabel: label }),
      ...(timeToLiveAttribute === undefined ? {} : { timeToLiveAttribute }),
      declared: true,
    };
  }

  /** The rows of a table by new keys, or as they were kept before; `undefined` when they are as they should be. */
  private rowsFor(settings: TableSettings): OrderedMap<Row> | undefined {
    const { TableName: name } = settings;
    const [known, older] = [this.contents.tables.get(name), this.contents.older.get(name)];
    const table = new Table({ ...settings, GlobalSecondaryIndexes: [], LocalSecondaryIndexes: [] });
    const same = JSON.stringify(known?.key) === JSON.stringify(table.key);
    if (!older && (!known || same)) return undefined;
    try {
      for (const item of older?.values() ?? []) rekey(table, checkedItem(item));
      for (const row of known?.rows.values() ?? []) rekey(table, itemOf(row));
    } catch (error) {
      throw new UserError(
        `table ${name}: stored items do not fit its keys (${messageOf(error)}); --fresh starts without stored data`,
      );
    }
    return table.rows;
  }

  /** Writes the log anew, if more than half of it, and some slack, is dead: a piece at each act, or at once. */
  private compact(slack: number, isWhole = false): void {
    const { log } = this;
    if (!log) return;
    try {
      if (!log.isReplacing && this.isMostlyDead(log.size, slack)) log.replace(this.contents.lines());
      // More than the act has added, or it would never end.
      if (log.isReplacing) log.advance(PIECE_BYTES + 2 * (log.size - this.sizeBefore));
      while (isWhole && log.isReplacing) log.advance(SLACK_BYTES);
    } catch (error) {
      // The log is as it was, only longer than it need be. Should the disk be full, the next write says so.
      if (!(error instanceof StorageError)) throw error;
      this.notBefore = log.size * 1.5;
    }
    this.sizeBefore = log.size;
  }

  private isMostlyDead(size: number, slack: number): boolean {
    // What nobody has declared since is kept as it is.
    if (this.contents.older.size > 0 || size <= slack || size < this.notBefore) return false;
    return size > 2 * this.contents.logBytes + slack;
  }
}

/** What a stack declares, as CreateTable takes it. @throws UserError when DynamoDB would not make it */
function declaredInput(name: string, create: TableDefinition["create"]): TableInput {
  try {
    const input = checkShape<TableInput>(create, tableShapes.CreateTable);
    checkTable(input);
    return input;
  } catch (error) {
    if (error instanceof ServiceError) throw new UserError(`table ${name}: ${error.message}`);
    throw error;
  }
}

function rekey(table: Table, item: ReturnType<typeof itemOf>): void {
  checkItemKey(item, table.key);
  const row = table.rowOf(item);
  table.replace(table.rows.get(row.key), row, item);
}

/** When a stream was enabled, as its ARN says. */
export const labelOf = (milliseconds: number): string => new Date(milliseconds).toISOString().slice(0, -1);
