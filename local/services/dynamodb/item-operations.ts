import { answer, type JsonText, rowText } from "./answer";
import type { Item } from "./attribute-value";
import { type CapacityMode, Consumption, readUnits } from "./capacity";
import type { Database } from "./database";
import { invalid, invalidParameter } from "./errors";
import type { Path } from "./expression-grammar";
import { checkMembers, type ExpressionMembers, readExpressions } from "./expressions";
import { checkedItem, checkKey, checkSize } from "./item-validation";
import { expectedCondition, legacyChanges } from "./legacy";
import { projected } from "./projection";
import type { ResolvedChange } from "./resolved-expression";
import { itemOf, type Row } from "./row";
import type { Table } from "./table";
import {
  checkKeyPath,
  collectionMetrics,
  deleteWrite,
  putWrite,
  updateWrite,
  type Write,
  type WriteInput,
  writeCapacity,
} from "./writes";

/** The members of reads that say which attributes are wanted. */
export interface ReadInput extends ExpressionMembers {
  readonly AttributesToGet?: readonly string[];
  readonly ConsistentRead?: boolean;
}

/** The older way to say which attributes are wanted. @throws ServiceError when one is there twice */
export function attributePaths(names: readonly string[] | undefined): readonly Path[] | undefined {
  const twice = names?.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) throw invalidParameter(`Duplicate value in attribute name: ${twice}`);
  return names?.map((name) => [name]);
}

/** A row, or what paths lead to in it. */
export const shown = (row: Row, paths: readonly Path[] | undefined): JsonText | Item =>
  paths ? projected(itemOf(row), paths) : rowText(row);

/** Checks that no path goes into a key. */
export const checkProjection = (table: Table, paths: readonly Path[] | undefined): void =>
  paths?.forEach((path) => {
    checkKeyPath(table, path);
  });

interface GetInput extends ReadInput {
  readonly TableName: string;
  readonly Key: Item;
  readonly ReturnConsumedCapacity?: CapacityMode;
}

/** GetItem */
export function getItem(database: Database, input: GetInput): JsonText {
  checkMembers(input, ["ProjectionExpression"], ["AttributesToGet"]);
  const key = checkedItem(input.Key);
  const older = attributePaths(input.AttributesToGet);
  const paths = readExpressions(input).projection ?? older;
  const table = database.table(input.TableName);
  checkKey(key, table.key);
  checkProjection(table, paths);
  const row = table.rows.get(table.keyOf(key));
  const consumption = new Consumption(table);
  consumption.addTable(readUnits(row?.size ?? 0, input.ConsistentRead === true));
  return answer({
    Item: row && shown(row, paths),
    ConsumedCapacity: consumption.answer(input.ReturnConsumedCapacity),
  });
}

/** The condition of a write, by either of its members. */
function guardOf(input: WriteInput) {
  const { Expected: expected, ConditionalOperator: operator } = input;
  if (operator !== undefined && expected === undefined)
    throw invalid("ConditionalOperator cannot be used without Filter or Expected");
  const legacy = expected && expectedCondition(expected, operator);
  const expressions = readExpressions(input);
  return {
    expressions,
    guard: { condition: expressions.condition ?? legacy, onFailure: input.ReturnValuesOnConditionCheckFailure },
  };
}

const older = ["Expected", "ConditionalOperator"];

function checkReturnValues(input: WriteInput): void {
  const { ReturnValues: values = "NONE" } = input;
  if (values !== "ALL_OLD" && values !== "NONE") throw invalid("ReturnValues can only be ALL_OLD or NONE");
}

function written(database: Database, write: Write, input: WriteInput, attributes: unknown): JsonText {
  const [capacity, metrics] = [
    writeCapacity(write, input.ReturnConsumedCapacity),
    () => collectionMetrics(write, input.ReturnItemCollectionMetrics),
  ];
  database.commit([write]);
  return answer({ Attributes: attributes, ConsumedCapacity: capacity, ItemCollectionMetrics: metrics() });
}

const oldAttributes = ({ before }: Write, { ReturnValues: values }: WriteInput) =>
  values === "ALL_OLD" && before ? rowText(before) : undefined;

/** PutItem */
export function putItem(database: Database, input: WriteInput & { readonly Item: Item }): JsonText {
  checkMembers(input, ["ConditionExpression"], older);
  const item = checkedItem(input.Item);
  checkReturnValues(input);
  checkSize(item, "Item size has exceeded the maximum allowed size");
  const { guard } = guardOf(input);
  const write = putWrite(database.table(input.TableName), item, guard);
  return written(database, write, input, oldAttributes(write, input));
}

/** DeleteItem */
export function deleteItem(database: Database, input: WriteInput & { readonly Key: Item }): JsonText {
  checkMembers(input, ["ConditionExpression"], older);
  const key = checkedItem(input.Key);
  checkReturnValues(input);
  const { guard } = guardOf(input);
  const write = deleteWrite(database.table(input.TableName), key, guard);
  return written(database, write, input, oldAttributes(write, input));
}

const unlessEmpty = (item: Item): Item | undefined => (Object.keys(item).length > 0 ? item : undefined);

function updatedAttributes({ before, after }: Write, changes: readonly ResolvedChange[], values: string | undefined) {
  const paths = changes.map(({ path }) => path);
  switch (values) {
    case "ALL_OLD":
      return before && rowText(before);
    case "ALL_NEW":
      return after && rowText(after);
    case "UPDATED_OLD":
      return before && unlessEmpty(projected(itemOf(before), paths));
    case "UPDATED_NEW":
      return after && unlessEmpty(projected(itemOf(after), paths));
    default:
      return undefined;
  }
}

/** UpdateItem */
export function updateItem(database: Database, input: WriteInput & { readonly Key: Item }): JsonText {
  checkMembers(input, ["UpdateExpression", "ConditionExpression"], ["AttributeUpdates", ...older]);
  const key = checkedItem(input.Key);
  const { expressions, guard } = guardOf(input);
  const changes = expressions.update ?? legacyChanges(input.AttributeUpdates ?? {});
  const write = updateWrite(database.table(input.TableName), key, changes, guard);
  return written(database, write, input, updatedAttributes(write, changes, input.ReturnValues));
}
