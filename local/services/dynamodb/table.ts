import { type AttributeValue, attribute, type Item, pick } from "./attribute-value";
import { Entries } from "./entries";
import { invalid } from "./errors";
import { itemSize } from "./item-sizes";
import type { KeyAttribute } from "./item-validation";
import { keyOf } from "./keys";
import { orderedNumber } from "./numbers";
import { OrderedMap } from "./ordered-map";
import { itemOf, type Row } from "./row";
import { SecondaryIndex } from "./secondary-index";
import type { Stream } from "./stream";
import { keyAttributes, type TableSettings } from "./table-settings";

/** DynamoDB keeps an item that is older than this by its time to live: the attribute is then taken for no time at all. */
const OLDEST_EXPIRY_SECONDS = 5 * 365 * 24 * 3600;

/** Number and bytes of all rows. */
export class Volume {
  /** As DynamoDB counts them. */
  bytes = 0;
  textLength = 0;

  count({ size, text }: Row, sign: 1 | -1): void {
    this.bytes += sign * size;
    this.textLength += sign * text.length;
  }
}

/** A table: its settings, its rows in the order of their keys, and what is derived of them. */
export class Table {
  readonly key: readonly KeyAttribute[];
  rows: OrderedMap<Row> = new OrderedMap();
  readonly indexes: readonly SecondaryIndex[];
  stream: Stream | undefined;
  private volume = new Volume();
  private expiries = new OrderedMap<Row>();

  /** @param rows those that it has already, by the same key */
  constructor(
    readonly settings: TableSettings,
    rows?: OrderedMap<Row>,
  ) {
    this.key = keyAttributes(settings.KeySchema, settings.AttributeDefinitions);
    this.indexes = [
      ...(settings.GlobalSecondaryIndexes ?? []).map((index) => new SecondaryIndex(index, true, settings)),
      ...(settings.LocalSecondaryIndexes ?? []).map((index) => new SecondaryIndex(index, false, settings)),
    ];
    if (!rows) return;
    const [derived, volume] = [new DerivedEntries(this), new Volume()];
    for (const row of rows.values()) {
      volume.count(row, 1);
      if (this.derives) derived.add(row, itemOf(row));
    }
    this.fill(rows, derived, volume);
  }

  /** Takes rows in place of those that it has, with what is derived of them. */
  fill(rows: OrderedMap<Row>, derived: DerivedEntries, volume: Volume): void {
    this.rows = rows;
    this.volume = volume;
    derived.sort();
    for (const [at, index] of this.indexes.entries()) index.entries = new OrderedMap(derived.indexes[at]);
    this.expiries = new OrderedMap(derived.expiries);
  }

  get name(): string {
    return this.settings.TableName;
  }

  /** The size of all items, as DynamoDB counts it. */
  get bytes(): number {
    return this.volume.bytes;
  }

  /** Whether anything is made of items beside their rows. */
  get derives(): boolean {
    return this.indexes.length > 0 || this.settings.timeToLiveAttribute !== undefined;
  }

  /** About how long it is in the log, of what is alive. */
  get logBytes(): number {
    const records = this.stream?.records.length ?? 0;
    const { textLength } = this.volume;
    const perRow = this.rows.size === 0 ? 0 : textLength / this.rows.size;
    return textLength + this.rows.size * (this.name.length + 20) + records * (2 * perRow + 200);
  }

  /** The index of a name. @throws ServiceError when the table has none */
  index(name: string): SecondaryIndex {
    const found = this.indexes.find((index) => index.name === name);
    if (!found) throw invalid(`The table does not have the specified index: ${name}`);
    return found;
  }

  /** The place of a checked key or item in the table. */
  keyOf(item: Item): string {
    return keyOf(item, this.key) ?? "";
  }

  /** The primary key of an item. */
  primaryKey(item: Item): Item {
    return pick(
      item,
      this.key.map(({ name }) => name),
    );
  }

  /** A row of an item that has been checked. */
  rowOf(item: Item, key = this.keyOf(item)): Row {
    return { key, text: JSON.stringify(item), size: itemSize(item) };
  }

  /** Puts a row in place of one, or takes that away. */
  replace(before: Row | undefined, after: Row | undefined, item?: Item): void {
    if (before) this.volume.count(before, -1);
    if (after) {
      this.volume.count(after, 1);
      this.rows.set(after.key, after);
    } else if (before) this.rows.delete(before.key);
    if (this.derives) this.derive(before, after, item);
  }

  private derive(before: Row | undefined, after: Row | undefined, item?: Item): void {
    const key = (after ?? before)?.key ?? "";
    const old = before && itemOf(before);
    const next = after && (item ?? itemOf(after));
    for (const index of this.indexes) index.replace(key, old, next, after);
    const [oldExpiry, nextExpiry] = [old && this.expiryOf(old), next && this.expiryOf(next)];
    if (oldExpiry !== undefined) this.expiries.delete(oldExpiry + key);
    if (nextExpiry !== undefined && after) this.expiries.set(nextExpiry + key, after);
  }

  /** The rows that are past their time to live. */
  expired(nowSeconds: number): readonly Row[] {
    const [from, to] = [nowSeconds - OLDEST_EXPIRY_SECONDS, nowSeconds].map((at) =>
      orderedNumber(String(Math.floor(at))),
    );
    return [...this.expiries.ascending(from ?? "", to ?? "")].map(([, row]) => row);
  }

  /** Key of an item in the order of expiry. */
  expiryOf(item: Item): string | undefined {
    const { timeToLiveAttribute: name } = this.settings;
    const value: AttributeValue | undefined = name === undefined ? undefined : attribute(item, name);
    return value?.N === undefined ? undefined : orderedNumber(value.N);
  }
}

/** Entries derived from many rows of a table, before they are sorted. */
export class DerivedEntries {
  readonly indexes: readonly Entries<Row>[];
  readonly expiries = new Entries<Row>();

  constructor(private readonly table: Table) {
    this.indexes = table.indexes.map(() => new Entries<Row>());
  }

  add(row: Row, item: Item): void {
    for (const [at, index] of this.table.indexes.entries()) {
      const key = index.keyOf(item, row.key);
      if (key !== undefined) this.indexes[at]?.add(key, row);
    }
    const expiry = this.table.expiryOf(item);
    if (expiry !== undefined) this.expiries.add(expiry + row.key, row);
  }

  sort(isKept?: (row: Row) => boolean): void {
    for (const entries of [...this.indexes, this.expiries]) entries.sort(isKept);
  }
}
