import { attribute, type Item, typeOf } from "./attribute-value";
import { type CapacityMode, Consumption, isCounted } from "./capacity";
import { isMet } from "./condition";
import { DetailedError, invalid, invalidParameter } from "./errors";
import type { ExpressionMembers } from "./expressions";
import { checkIndexKey, checkItemKey, checkKey, checkSize } from "./item-validation";
import { endOf, partitionStart } from "./keys";
import type { LegacyConditions, LegacyUpdate } from "./legacy";
import type { Resolved, ResolvedChange } from "./resolved-expression";
import { pathsIn } from "./resolved-expression";
import { itemOf, type Row } from "./row";
import type { Table } from "./table";
import { updated } from "./update";

/** One change of one item, decided and not yet made. */
export interface Write {
  readonly table: Table;
  /** Its primary key. */
  readonly key: Item;
  readonly before: Row | undefined;
  readonly after: Row | undefined;
  /** The item after the write. */
  readonly item?: Item;
}

/** The members that writes of single items have in common. */
export interface WriteInput extends ExpressionMembers {
  readonly TableName: string;
  readonly Expected?: LegacyConditions;
  readonly ConditionalOperator?: string;
  readonly AttributeUpdates?: Readonly<Record<string, LegacyUpdate>>;
  readonly ReturnValues?: string;
  readonly ReturnConsumedCapacity?: CapacityMode;
  readonly ReturnItemCollectionMetrics?: string;
  readonly ReturnValuesOnConditionCheckFailure?: string;
}

/** A condition that was not met, with the item if it was asked for. */
export class ConditionFailed extends DetailedError {
  constructor(readonly item: Item | undefined) {
    super("ConditionalCheckFailedException", "The conditional request failed", item ? { Item: item } : {});
  }
}

const nothing: Item = {};

function check(condition: Resolved | undefined, before: Row | undefined, onFailure: string | undefined): void {
  if (!condition) return;
  const item = before ? itemOf(before) : undefined;
  if (!isMet(condition, item ?? nothing)) throw new ConditionFailed(onFailure === "ALL_OLD" ? item : undefined);
}

/** Condition of a write. */
export interface Guard {
  readonly condition: Resolved | undefined;
  readonly onFailure: string | undefined;
}

function checkPaths(table: Table, condition: Resolved | undefined): void {
  if (condition) for (const path of pathsIn(condition)) checkKeyPath(table, path);
}

/** Checks that a path does not go into a key attribute. */
export function checkKeyPath(table: Table, path: readonly (string | number)[]): void {
  if (path.length < 2) return;
  const words = "Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed";
  if (table.key.some(({ name }) => name === path[0])) throw invalid(`${words}: Key: ${path[0]}`);
  if (table.indexes.some(({ key }) => key.some(({ name }) => name === path[0])))
    throw invalid(`${words}: IndexKey: ${path[0]}`);
}

/** Decides on putting an item. @throws ServiceError when it is none of the table's, or the condition is not met */
export function putWrite(table: Table, item: Item, { condition, onFailure }: Guard): Write {
  checkItemKey(item, table.key);
  for (const index of table.indexes) checkIndexKey(item, index.name, index.key);
  checkPaths(table, condition);
  const after = table.rowOf(item);
  const before = table.rows.get(after.key);
  check(condition, before, onFailure);
  return { table, key: table.primaryKey(item), before, after, item };
}

/** Decides on deleting an item. @throws ServiceError when the key is none, or the condition is not met */
export function deleteWrite(table: Table, key: Item, { condition, onFailure }: Guard): Write {
  checkKey(key, table.key);
  checkPaths(table, condition);
  const before = table.rows.get(table.keyOf(key));
  check(condition, before, onFailure);
  return { table, key, before, after: undefined };
}

function checkChanges(table: Table, changes: readonly ResolvedChange[]): void {
  for (const { path } of changes) {
    if (table.key.some(({ name }) => name === path[0]))
      throw invalidParameter(`Cannot update attribute ${path[0]}. This attribute is part of the key`);
  }
  for (const { path, value } of changes)
    for (const each of [path, ...(value ? pathsIn(value) : [])]) checkKeyPath(table, each);
  for (const { path, clause, value } of changes) {
    if (clause !== "SET" || value?.op !== "value") continue;
    for (const index of table.indexes) {
      const wanted = index.key.find(({ name }) => name === path[0]);
      if (wanted && value.value[wanted.type] === undefined)
        throw invalidParameter(
          `Type mismatch for Index Key ${wanted.name} Expected: ${wanted.type} Actual: ${typeOf(value.value)} IndexName: ${index.name}`,
        );
    }
  }
}

function checkUpdatedIndexKeys(table: Table, changes: readonly ResolvedChange[], item: Item): void {
  for (const index of table.indexes) {
    for (const { name, type } of index.key) {
      const value = attribute(item, name);
      if (!value || !changes.some(({ path }) => path[0] === name)) continue;
      if (value[type] === undefined)
        throw invalid("The update expression attempted to update the secondary index key to unsupported type");
    }
    const changed = index.key.filter(({ name }) => changes.some(({ path }) => path[0] === name));
    if (changed.length > 0) checkIndexKey(item, index.name, changed);
  }
}

/** Decides on updating an item, which is made where there is none. @throws ServiceError when that can't be done */
export function updateWrite(table: Table, key: Item, changes: readonly ResolvedChange[], guard: Guard): Write {
  checkKey(key, table.key);
  checkChanges(table, changes);
  checkPaths(table, guard.condition);
  const place = table.keyOf(key);
  const before = table.rows.get(place);
  check(guard.condition, before, guard.onFailure);
  const item = updated(before ? itemOf(before) : key, changes);
  checkSize(item, "Item size to update has exceeded the maximum allowed size");
  checkUpdatedIndexKeys(table, changes, item);
  return { table, key, before, after: table.rowOf(item, place), item };
}

/** `ConsumedCapacity` of a write. */
export function writeCapacity({ table, before, after, item }: Write, mode: CapacityMode): object | undefined {
  if (!isCounted(mode)) return undefined;
  const consumption = new Consumption(table);
  consumption.addWrite(before, after, item);
  return consumption.answer(mode);
}

/** `ItemCollectionMetrics` of a write, which tables with local indexes have. */
export function collectionMetrics({ table, key }: Write, mode: string | undefined): object | undefined {
  const [partition] = table.key;
  const value = partition && attribute(key, partition.name);
  if (mode !== "SIZE" || !value || table.indexes.every(({ isGlobal }) => isGlobal)) return undefined;
  const start = partitionStart(value);
  let bytes = 0;
  for (const [, row] of table.rows.ascending(start, endOf(start))) bytes += row.size;
  const gigabytes = Math.floor(bytes / 2 ** 30);
  return { ItemCollectionKey: { [partition.name]: value }, SizeEstimateRangeGB: [gigabytes, gigabytes + 1] };
}
