import { ServiceError } from "../service";
import { answer, type JsonText, jsonList } from "./answer";
import type { Item } from "./attribute-value";
import { capacities, metricsOf } from "./batches";
import { type CapacityMode, Consumption, isCounted, readUnits } from "./capacity";
import { isRepeated, type TokenUse, tokenUse } from "./client-token";
import type { Database } from "./database";
import { DetailedError, invalid } from "./errors";
import { checkMembers, type ExpressionMembers, readExpressions } from "./expressions";
import { checkProjection, shown } from "./item-operations";
import { checkedItem, checkKey, checkSize } from "./item-validation";
import type { Table } from "./table";
import { ConditionFailed, deleteWrite, type Guard, putWrite, updateWrite, type Write } from "./writes";

/** The bytes of all items of a transaction, at most. (Developer guide: "Amazon DynamoDB Transactions: How it works") */
const MOST_BYTES = 4 * 1024 * 1024;

interface GetAction extends ExpressionMembers {
  readonly TableName: string;
  readonly Key: Item;
}

interface TransactGetInput {
  readonly TransactItems: readonly { readonly Get: GetAction }[];
  readonly ReturnConsumedCapacity?: CapacityMode;
}

/** Why one action of a transaction was not done; or that it was not the one. */
export interface Reason {
  readonly Code: string;
  readonly Message?: string;
  readonly Item?: Item;
}

const none: Reason = { Code: "None" };

/** A transaction of which nothing was done. */
export function cancelled(reasons: readonly Reason[]): ServiceError {
  const codes = reasons.map(({ Code }) => Code).join(", ");
  return new DetailedError(
    "TransactionCanceledException",
    `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`,
    { CancellationReasons: reasons },
  );
}

function reasonOf(error: unknown): Reason {
  if (error instanceof ConditionFailed)
    return { Code: "ConditionalCheckFailed", Message: error.message, ...(error.item ? { Item: error.item } : {}) };
  if (error instanceof ServiceError && error.code === "ValidationException")
    return { Code: "ValidationError", Message: error.message };
  throw error;
}

/** Does all of several actions, or none, with a reason for each. @throws ServiceError `TransactionCanceledException` */
export function allOf<T>(actions: readonly (() => T)[]): readonly T[] {
  const reasons: Reason[] = [];
  const results = actions.flatMap((action) => {
    try {
      const result = action();
      reasons.push(none);
      return [result];
    } catch (error) {
      reasons.push(reasonOf(error));
      return [];
    }
  });
  if (results.length < actions.length) throw cancelled(reasons);
  return results;
}

/** TransactGetItems */
export function transactGetItems(database: Database, input: TransactGetInput): JsonText {
  const gets = input.TransactItems.map(({ Get: get }) => {
    checkMembers(get, ["ProjectionExpression"]);
    return { key: checkedItem(get.Key), paths: readExpressions(get).projection, name: get.TableName };
  });
  const reads = gets.map((get) => ({ ...get, table: database.table(get.name) }));
  checkTargets(reads.map(({ table, key }) => ({ table, target: key })));
  const rows = allOf(
    reads.map(({ table, key, paths }) => () => {
      checkKey(key, table.key);
      checkProjection(table, paths);
      return { table, paths, row: table.rows.get(table.keyOf(key)) };
    }),
  );
  const bytes = rows.reduce((sum, { row }) => sum + (row?.size ?? 0), 0);
  if (bytes > MOST_BYTES) throw tooLarge();
  const consumption = perTable(rows.map(({ table }) => table));
  for (const { table, row } of rows) consumption.get(table)?.addTable(2 * readUnits(row?.size ?? 0, true));
  return answer({
    Responses: jsonList(rows.map(({ row, paths }) => answer({ Item: row && shown(row, paths) }))),
    ConsumedCapacity: capacities(
      [...consumption.values()].map((each) => each.answer(input.ReturnConsumedCapacity, "ReadCapacityUnits")),
    ),
  });
}

const tooLarge = () => invalid("Collection size exceeded: Transaction request cannot be larger than 4 MB");

const perTable = (tables: readonly Table[]): Map<Table, Consumption> =>
  new Map(tables.map((table) => [table, new Consumption(table)]));

interface Action extends ExpressionMembers {
  readonly TableName: string;
  readonly Key?: Item;
  readonly Item?: Item;
  readonly ReturnValuesOnConditionCheckFailure?: string;
}

const kinds = ["ConditionCheck", "Put", "Delete", "Update"] as const;
type Kind = (typeof kinds)[number];

interface TransactWriteInput {
  readonly TransactItems: readonly Partial<Record<Kind, Action>>[];
  readonly ClientRequestToken?: string;
  readonly ReturnConsumedCapacity?: CapacityMode;
  readonly ReturnItemCollectionMetrics?: string;
}

/** One action of a transaction, all that it says checked. */
export interface PlannedWrite {
  readonly table: Table;
  /** The item or key. */
  readonly target: Item;
  /** @throws ServiceError when it can't be done; without a write it only checks */
  decide(): Write | undefined;
}

function planned(database: Database, action: Partial<Record<Kind, Action>>): () => PlannedWrite {
  const given = kinds.filter((kind) => action[kind] !== undefined && action[kind] !== null);
  const [kind] = given;
  const input = kind && action[kind];
  if (!input || given.length > 1) throw invalid("TransactItems can only contain one of Check, Put, Update or Delete");
  checkMembers(input, kind === "Update" ? ["UpdateExpression", "ConditionExpression"] : ["ConditionExpression"]);
  const target = checkedItem(kind === "Put" ? input.Item : input.Key);
  if (kind === "Put") checkSize(target, "Item size has exceeded the maximum allowed size");
  const { condition, update = [] } = readExpressions(input);
  const guard: Guard = { condition, onFailure: input.ReturnValuesOnConditionCheckFailure };
  return () => {
    const table = database.table(input.TableName);
    return { table, target, decide: () => decided(kind, { table, target, guard, update }) };
  };
}

type Changes = Parameters<typeof updateWrite>[2];

interface Decision {
  readonly table: Table;
  readonly target: Item;
  readonly guard: Guard;
  readonly update: Changes;
}

function decided(kind: Kind, { table, target, guard, update }: Decision): Write | undefined {
  if (kind === "Put") return putWrite(table, target, guard);
  if (kind === "Update") return updateWrite(table, target, update, guard);
  const write = deleteWrite(table, target, guard);
  return kind === "Delete" ? write : undefined;
}

function checkTargets(actions: readonly Pick<PlannedWrite, "table" | "target">[]): void {
  const targets = actions.map(({ table, target }) => `${table.name} ${table.keyOf(target)}`);
  if (new Set(targets).size !== targets.length)
    throw invalid("Transaction request cannot include multiple operations on one item");
}

/** Does planned writes as one act. @returns the writes, and for each action its write if it has one */
export function commitAll(database: Database, actions: readonly PlannedWrite[], token?: TokenUse) {
  checkTargets(actions);
  const writes = allOf(actions.map((action) => () => ({ action, write: action.decide() })));
  const bytes = writes.reduce((sum, { write }) => sum + (write?.after?.size ?? 0), 0);
  if (bytes > MOST_BYTES) throw tooLarge();
  return {
    writes,
    commit: () =>
      database.commit(
        writes.flatMap(({ write }) => (write ? [write] : [])),
        token,
      ),
  };
}

/** TransactWriteItems */
export function transactWriteItems(database: Database, input: TransactWriteInput): JsonText {
  const actions = input.TransactItems.map((action) => planned(database, action)).map((find) => find());
  const use = tokenUse(input.ClientRequestToken, input.TransactItems);
  const isRepeat = isRepeated(use && database.tokenDigest(use.token), use);
  const consumption = perTable(actions.map(({ table }) => table));
  const capacity = (kind: "ReadCapacityUnits" | "WriteCapacityUnits") =>
    capacities([...consumption.values()].map((each) => each.answer(input.ReturnConsumedCapacity, kind)));
  if (isRepeat) {
    for (const { table, target } of actions)
      consumption.get(table)?.addTable(2 * readUnits(table.rows.get(table.keyOf(target))?.size ?? 0, true));
    return answer({ ConsumedCapacity: capacity("ReadCapacityUnits") });
  }
  const { writes, commit } = commitAll(database, actions, use);
  if (isCounted(input.ReturnConsumedCapacity)) {
    for (const { action, write } of writes) {
      const row = action.table.rows.get(action.table.keyOf(action.target));
      consumption.get(action.table)?.addWrite(write ? write.before : row, write?.after, write?.item, 2);
    }
  }
  commit();
  const batches = [...consumption.keys()].map((table) => ({
    table,
    writes: writes.flatMap(({ write }) => (write?.table === table ? [write] : [])),
  }));
  return answer({
    ConsumedCapacity: capacity("WriteCapacityUnits"),
    ItemCollectionMetrics: metricsOf(batches, input.ReturnItemCollectionMetrics),
  });
}
