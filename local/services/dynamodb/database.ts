import type { TableDefinition } from "../../read/table-definition";
import { type Entry, WriteLog } from "../../store/write-log";
import { Dynalite, type Item } from "./dynalite";

/** DynamoDB keeps an item that is older than this by its TTL: the attribute is then taken for no time at all. */
const OLDEST_EXPIRY_SECONDS = 5 * 365 * 24 * 3600;

interface Expiry {
  readonly table: string;
  readonly key: string;
  readonly at: number;
}

/** The items of all tables, in memory and in the write log. */
export class Database {
  private dynalite = new Dynalite();
  private tables: readonly TableDefinition[] = [];
  private readonly log: WriteLog<Item>;
  private readonly expiries = new Map<string, Expiry>();

  constructor(path: string) {
    this.log = new WriteLog(path);
  }

  get listener(): Dynalite["listener"] {
    return this.dynalite.listener;
  }

  /** The table of a name, if the stacks have one. */
  table(name: string): TableDefinition | undefined {
    return this.tables.find((table) => table.name === name);
  }

  /**
   * Makes the tables and fills them from the log. Tables that were there before keep their items, whatever has changed
   * about their indexes.
   *
   * @throws Error when stored items do not fit their table any more
   */
  async provision(tables: readonly TableDefinition[]): Promise<void> {
    if (JSON.stringify(tables) === JSON.stringify(this.tables)) return;
    const entries = this.log.read();
    const dynalite = new Dynalite();
    const kept: Entry<Item>[] = entries.filter(({ table }) => !tables.some(({ name }) => name === table));
    this.expiries.clear();
    for (const table of tables) {
      await dynalite.createTable(table.create);
      this.observe(dynalite, table, (entry) => kept.push(entry));
      await this.fill(dynalite, table, entries);
    }
    this.rename(entries, kept);
    for (const table of tables) this.observe(dynalite, table, (entry) => this.log.append(entry));
    this.dynalite = dynalite;
    this.tables = tables;
  }

  /** Deletes what is past its time to live, as DynamoDB does sooner or later. */
  async sweep(nowSeconds: number): Promise<number> {
    const isOver = (at: number): boolean => at < nowSeconds && at > nowSeconds - OLDEST_EXPIRY_SECONDS;
    const over = [...this.expiries.values()].filter(({ at }) => isOver(at));
    for (const { table, key } of over) {
      // It may have been put again meanwhile.
      await this.dynalite.remove(table, key, () => isOver(this.expiries.get(`${table} ${key}`)?.at ?? 0));
    }
    return over.length;
  }

  close(): void {
    this.log.close();
  }

  private async fill(dynalite: Dynalite, { name }: TableDefinition, entries: readonly Entry<Item>[]): Promise<void> {
    const table = await dynalite.table(name);
    const items = entries.flatMap((entry) => (entry.table === name && entry.item ? [entry.item] : []));
    try {
      for (let at = 0; at < items.length; at += 500) {
        await Promise.all(items.slice(at, at + 500).map((item) => dynalite.load(table, item)));
      }
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new Error(
        `table ${name}: stored items do not fit its keys (${reason}); --fresh starts without stored data`,
      );
    }
  }

  /** Writes items whose key is another one now under that, and then no more under the one that they had. */
  private rename(before: readonly Entry<Item>[], now: readonly Entry<Item>[]): void {
    const addresses = (entries: readonly Entry<Item>[]) => new Set(entries.map(({ table, key }) => `${table} ${key}`));
    const [old, known] = [addresses(before), addresses(now)];
    for (const entry of now) if (!old.has(`${entry.table} ${entry.key}`)) this.log.append(entry);
    for (const { table, key } of before) if (!known.has(`${table} ${key}`)) this.log.append({ table, key, item: null });
  }

  /** Has each write of a table noted before dynalite does it, and so before anybody is told of it. */
  private observe(dynalite: Dynalite, table: TableDefinition, note: (entry: Entry<Item>) => void): void {
    dynalite.observe(table.name, (key, item) => {
      note({ table: table.name, key, item });
      this.noteExpiry(table, key, item);
    });
  }

  private noteExpiry({ name, timeToLiveAttribute }: TableDefinition, key: string, item: Item | null): void {
    if (timeToLiveAttribute === undefined) return;
    const at = Number(item?.[timeToLiveAttribute]?.["N"]);
    const address = `${name} ${key}`;
    if (Number.isFinite(at)) this.expiries.set(address, { table: name, key, at });
    else this.expiries.delete(address);
  }
}
