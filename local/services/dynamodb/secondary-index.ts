import { type Item, pick } from "./attribute-value";
import { itemSize } from "./item-sizes";
import type { KeyAttribute } from "./item-validation";
import { keyOf } from "./keys";
import { OrderedMap } from "./ordered-map";
import { itemOf, type Row } from "./row";
import { type IndexSettings, keyAttributes, type TableInput } from "./table-settings";

/** The entries that an index's size counts. */
const SAMPLE = 1000;

/** A secondary index: the table's rows in another order. What it projects is made of a row when it is read. */
export class SecondaryIndex {
  readonly key: readonly KeyAttribute[];
  entries = new OrderedMap<Row>();
  /** The attributes that it has, if not all. */
  readonly attributes: readonly string[] | undefined;

  constructor(
    readonly settings: IndexSettings,
    readonly isGlobal: boolean,
    table: TableInput,
  ) {
    this.key = keyAttributes(settings.KeySchema, table.AttributeDefinitions);
    const { ProjectionType: type, NonKeyAttributes: more = [] } = settings.Projection;
    const keys = [...table.KeySchema, ...settings.KeySchema].map(({ AttributeName }) => AttributeName);
    this.attributes = type === "ALL" ? undefined : [...new Set([...keys, ...(type === "INCLUDE" ? more : [])])];
  }

  get name(): string {
    return this.settings.IndexName;
  }

  /** Key of an item in the index. Items of equal keys are in the order of the table's. */
  keyOf(item: Item, tableKey: string): string | undefined {
    const key = keyOf(item, this.key);
    return key === undefined ? undefined : key + tableKey;
  }

  /** The part of an item that the index contains. */
  projected(item: Item): Item {
    return this.attributes ? pick(item, this.attributes) : item;
  }

  /** About how many bytes it has: exact of a small one, of others by its first entries, as AWS's is some hours old. */
  get bytes(): number {
    let [entries, bytes] = [0, 0];
    for (const row of this.entries.values()) {
      if (entries === SAMPLE) break;
      entries += 1;
      bytes += this.attributes ? itemSize(this.projected(itemOf(row))) : row.size;
    }
    return entries < SAMPLE ? bytes : Math.round((bytes / entries) * this.entries.size);
  }

  replace(tableKey: string, before: Item | undefined, after: Item | undefined, row: Row | undefined): void {
    const old = before && this.keyOf(before, tableKey);
    const next = after && this.keyOf(after, tableKey);
    if (old !== undefined && old !== next) this.entries.delete(old);
    if (next !== undefined && row) this.entries.set(next, row);
  }

  /** The write capacity units that a change of an item costs in the index. */
  writeUnits(tableKey: string, before: Item | undefined, after: Item | undefined): number {
    const [old, next] = [before && this.keyOf(before, tableKey), after && this.keyOf(after, tableKey)];
    const unitsOf = (item: Item | undefined): number =>
      item ? Math.max(1, Math.ceil(itemSize(this.projected(item)) / 1024)) : 0;
    const [oldUnits, nextUnits] = [old === undefined ? 0 : unitsOf(before), next === undefined ? 0 : unitsOf(after)];
    if (old === undefined || next === undefined || old !== next) return oldUnits + nextUnits;
    const same = before && after && JSON.stringify(this.projected(before)) === JSON.stringify(this.projected(after));
    return same ? 0 : Math.max(oldUnits, nextUnits);
  }
}
