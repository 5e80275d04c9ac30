import type { Item } from "./attribute-value";
import { Entries } from "./entries";
import { itemSize } from "./item-sizes";
import { OrderedMap } from "./ordered-map";
import { itemOf, type Row } from "./row";
import { DerivedEntries, type Table, Volume } from "./table";

/** Changes that are kept before those that others have replaced are dropped, at least. */
const MOST_CHANGES = 2 ** 15;

const isThere = ({ size }: Row): boolean => size > 0;

/** The rows of a table while its log is read: changes as they come, which are sorted once. */
export class TableLoad {
  /** Rows by their keys; without anything where the item was deleted. */
  private readonly rows = new Entries<Row>();
  private readonly derived: DerivedEntries;
  private readonly volume = new Volume();
  private most = MOST_CHANGES;

  constructor(private readonly table: Table) {
    this.derived = new DerivedEntries(table);
    for (const row of table.rows.values()) this.add(row, itemOf(row));
  }

  put(item: Item, text: string): void {
    this.add({ key: this.table.keyOf(item), text, size: itemSize(item) }, item);
  }

  delete(key: Item): void {
    const place = this.table.keyOf(key);
    this.rows.add(place, { key: place, text: "", size: 0 });
  }

  /** Gives the table its rows, and what is derived of them. */
  finish(): void {
    this.drop();
    this.table.fill(new OrderedMap(this.rows), this.derived, this.volume);
  }

  private add(row: Row, item: Item): void {
    this.rows.add(row.key, row);
    this.volume.count(row, 1);
    if (this.table.derives) this.derived.add(row, item);
    if (this.rows.keys.length < this.most) return;
    this.drop();
    this.most = Math.max(MOST_CHANGES, 4 * this.rows.keys.length);
  }

  /** Drops what was deleted, or replaced since, and sorts the rest. */
  private drop(): void {
    const dropped = new Set(this.rows.sort(isThere));
    for (const row of dropped) this.volume.count(row, -1);
    if (dropped.size > 0) this.derived.sort((row) => !dropped.has(row));
  }
}
