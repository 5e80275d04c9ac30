import { answer, type JsonText, jsonList } from "./answer";
import type { Item } from "./attribute-value";
import { type CapacityMode, Consumption, isCounted, readUnits } from "./capacity";
import type { Database } from "./database";
import { invalid } from "./errors";
import { checkMembers, readExpressions } from "./expressions";
import { attributePaths, checkProjection, type ReadInput, shown } from "./item-operations";
import { checkedItem, checkKey, checkSize } from "./item-validation";
import type { Table } from "./table";
import { collectionMetrics, deleteWrite, putWrite, type Write } from "./writes";

/** A batch's answer has this size at most; what does not fit is left to be asked for again. (API reference: BatchGetItem) */
const ANSWER_BYTES = 16 * 1024 * 1024;
const MOST_KEYS = 100;
const MOST_WRITES = 25;

const duplicates = () => invalid("Provided list of item keys contains duplicates");

interface KeysInput extends ReadInput {
  readonly Keys: readonly Item[];
}

interface BatchGetInput {
  readonly RequestItems: Readonly<Record<string, KeysInput>>;
  readonly ReturnConsumedCapacity?: CapacityMode;
}

function keysOf({ Keys }: KeysInput, table: Table): readonly { key: Item; place: string }[] {
  const keys = Keys.map((given) => {
    const key = checkedItem(given);
    checkKey(key, table.key);
    return { key, place: table.keyOf(key) };
  });
  if (new Set(keys.map(({ place }) => place)).size !== keys.length) throw duplicates();
  return keys;
}

/** BatchGetItem */
export function batchGetItem(database: Database, input: BatchGetInput): JsonText {
  const requests = Object.entries(input.RequestItems);
  if (requests.length === 0) throw invalid("The requestItems parameter is required for BatchGetItem");
  if (requests.reduce((sum, [, { Keys }]) => sum + Keys.length, 0) > MOST_KEYS)
    throw invalid("Too many items requested for the BatchGetItem call");
  const reads = requests.map(([name, request]) => {
    checkMembers(request, ["ProjectionExpression"], ["AttributesToGet"]);
    const older = attributePaths(request.AttributesToGet);
    return { name, request, paths: readExpressions(request).projection ?? older };
  });
  const planned = reads.map((read) => {
    const table = database.table(read.name);
    checkProjection(table, read.paths);
    return { ...read, table, keys: keysOf(read.request, table) };
  });
  let bytes = 0;
  const unprocessed: [string, object][] = [];
  const answers = planned.map(({ name, request, paths, table, keys }) => {
    const consumption = new Consumption(table);
    const found: unknown[] = [];
    const left: Item[] = [];
    for (const { key, place } of keys) {
      const row = table.rows.get(place);
      if (bytes + (row?.size ?? 0) > ANSWER_BYTES) {
        left.push(key);
        continue;
      }
      bytes += row?.size ?? 0;
      consumption.addTable(readUnits(row?.size ?? 0, request.ConsistentRead === true));
      if (row) found.push(shown(row, paths));
    }
    if (left.length > 0) unprocessed.push([name, { ...request, Keys: left }]);
    return { name, found, capacity: consumption.answer(input.ReturnConsumedCapacity) };
  });
  return answer({
    Responses: answer(Object.fromEntries(answers.map(({ name, found }) => [name, jsonList(found)]))),
    UnprocessedKeys: Object.fromEntries(unprocessed),
    ConsumedCapacity: capacities(answers.map(({ capacity }) => capacity)),
  });
}

/** `ConsumedCapacity` of several tables. */
export const capacities = (each: readonly (object | undefined)[]): readonly object[] | undefined => {
  const given = each.filter((capacity) => capacity !== undefined);
  return given.length > 0 ? given : undefined;
};

interface WriteRequest {
  readonly PutRequest?: { readonly Item: Item };
  readonly DeleteRequest?: { readonly Key: Item };
}

interface BatchWriteInput {
  readonly RequestItems: Readonly<Record<string, readonly WriteRequest[]>>;
  readonly ReturnConsumedCapacity?: CapacityMode;
  readonly ReturnItemCollectionMetrics?: string;
}

/** One request, its item or key checked. */
type CheckedRequest = { readonly item: Item } | { readonly key: Item };

function checked({ PutRequest: put, DeleteRequest: remove }: WriteRequest): CheckedRequest {
  if (Boolean(put) === Boolean(remove))
    throw invalid(
      "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes",
    );
  if (remove) return { key: checkedItem(remove.Key) };
  const item = checkedItem(put?.Item);
  checkSize(item, "Item size has exceeded the maximum allowed size");
  return { item };
}

const unconditional = { condition: undefined, onFailure: undefined };

function writeOf(table: Table, request: CheckedRequest): Write {
  if ("key" in request) return deleteWrite(table, request.key, unconditional);
  // Of batches AWS says this of items that are not the table's, where it is more exact of single ones.
  checkKey(table.primaryKey(request.item), table.key);
  return putWrite(table, request.item, unconditional);
}

/** BatchWriteItem */
export function batchWriteItem(database: Database, input: BatchWriteInput): JsonText {
  const requests = Object.entries(input.RequestItems);
  if (requests.length === 0) throw invalid("The requestItems parameter is required for BatchWriteItem");
  if (requests.reduce((sum, [, list]) => sum + list.length, 0) > MOST_WRITES)
    throw invalid("Too many items requested for the BatchWriteItem call");
  const checkedRequests = requests.map(([name, list]) => ({ name, list: list.map(checked) }));
  const batches = checkedRequests.map(({ name, list }) => {
    const table = database.table(name);
    const writes = list.map((request) => writeOf(table, request));
    if (new Set(writes.map(({ key }) => table.keyOf(key))).size !== writes.length) throw duplicates();
    return { table, writes };
  });
  const consumed = batches.map(({ table, writes }) => {
    const consumption = new Consumption(table);
    if (isCounted(input.ReturnConsumedCapacity))
      for (const { before, after, item } of writes) consumption.addWrite(before, after, item);
    return consumption.answer(input.ReturnConsumedCapacity);
  });
  // Each write of a batch is an act of its own, as on AWS: of a batch that is cut off a part may be done.
  for (const { writes } of batches) for (const write of writes) database.commit([write]);
  return answer({
    UnprocessedItems: {},
    ItemCollectionMetrics: metricsOf(batches, input.ReturnItemCollectionMetrics),
    ConsumedCapacity: capacities(consumed),
  });
}

/** `ItemCollectionMetrics` of writes to several tables. */
export function metricsOf(
  batches: readonly { readonly table: Table; readonly writes: readonly Write[] }[],
  mode: string | undefined,
): object | undefined {
  if (mode !== "SIZE") return undefined;
  const entries = batches.flatMap(({ table, writes }) => {
    const metrics = writes.map((write) => collectionMetrics(write, mode)).filter((each) => each !== undefined);
    return metrics.length > 0 ? [[table.name, metrics] as const] : [];
  });
  return entries.length > 0 ? Object.fromEntries(entries) : undefined;
}
