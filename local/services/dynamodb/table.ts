import { type AttributeValue, attribute, type Item, pick } from "./attribute-value";
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

/** A table: its settings, its rows in the order of their keys, and what is derived of them. */
export class Table {
  readonly key: readonly KeyAttribute[];
  readonly rows: OrderedMap<Row>;
  readonly indexes: readonly SecondaryIndex[];
  stream: Stream | undefined;
  bytes = 0;
  private textLength = 0;
  private readonly expiries = new OrderedMap<Row>();

  /** @param rows those that it has already, by the same key */
  constructor(
    readonly settings: TableSettings,
    rows: OrderedMap<Row> = new OrderedMap(),
  ) {
    this.key = keyAttributes(settings.KeySchema, settings.AttributeDefinitions);
    this.indexes = [
      ...(settings.GlobalSecondaryIndexes ?? []).map((index) => new SecondaryIndex(index, true, settings)),
      ...(settings.LocalSecondaryIndexes ?? []).map((index) => new SecondaryIndex(index, false, settings)),
    ];
    this.rows = rows;
    for (const row of rows.values()) {
      this.count(row, 1);
      if (this.derives) this.derive(undefined, row, itemOf(row));
    }
  }

  get name(): string {
    return this.settings.TableName;
  }

  /** Whether anything is made of items beside their rows. */
  get derives(): boolean {
    return this.indexes.length > 0 || this.settings.timeToLiveAttribute !== undefined;
  }

  /** About how long it is in the log, of what is alive. */
  get logBytes(): number {
    const records = this.stream?.records.length ?? 0;
    const perRow = this.rows.size === 0 ? 0 : this.textLength / this.rows.size;
    return this.textLength + this.rows.size * (this.name.length + 20) + records * (2 * perRow + 200);
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
    if (before) this.count(before, -1);
    if (after) {
      this.count(after, 1);
      this.rows.set(after.key, after);
    } else if (before) this.rows.delete(before.key);
    if (this.derives) this.derive(before, after, item);
  }

  private count({ size, text }: Row, sign: 1 | -1): void {
    this.bytes += sign * size;
    this.textLength += sign * text.length;
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

  private expiryOf(item: Item): string | undefined {
    const { timeToLiveAttribute: name } = this.settings;
    const value: AttributeValue | undefined = name === undefined ? undefined : attribute(item, name);
    return value?.N === undefined ? undefined : orderedNumber(value.N);
  }
}
