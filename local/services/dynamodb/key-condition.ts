import type { AttributeValue } from "./attribute-value";
import { invalid, invalidParameter } from "./errors";
import type { KeyAttribute } from "./item-validation";
import { endOf, partitionStart, prefixRange, withSortKey } from "./keys";
import type { Resolved } from "./resolved-expression";

/** A condition on one attribute of a key. */
export interface KeyCondition {
  readonly operator: "EQ" | "LT" | "LE" | "GT" | "GE" | "BETWEEN" | "BEGINS_WITH";
  readonly values: readonly AttributeValue[];
}

/** By the attribute's name. */
export type KeyConditions = ReadonlyMap<string, KeyCondition>;

const operators = { "=": "EQ", "<": "LT", "<=": "LE", ">": "GT", ">=": "GE", between: "BETWEEN" } as const;
const mirrored = { "=": "EQ", "<": "GT", "<=": "GE", ">": "LT", ">=": "LE" } as const;

const isKeyOperator = (op: string): op is keyof typeof operators => Object.hasOwn(operators, op);

function refuse(node: Resolved): void {
  if (["or", "not", "in", "<>"].includes(node.op))
    throw invalid(`Invalid operator used in KeyConditionExpression: ${node.op.toUpperCase()}`);
  if (node.op === "call" && node.name !== "begins_with")
    throw invalid(`Invalid operator used in KeyConditionExpression: ${node.name}`);
}

function single(node: Resolved, conditions: Map<string, KeyCondition>): void {
  refuse(node);
  if (node.op === "path" || node.op === "value") throw invalid("Invalid KeyConditionExpression");
  const { args } = node;
  if (args.some((arg) => arg.op === "call")) throw invalid("KeyConditionExpressions cannot contain nested operations");
  const paths = args.filter((arg) => arg.op === "path");
  if (paths.length > 1)
    throw invalid("Invalid condition in KeyConditionExpression: Multiple attribute names used in one condition");
  const [path] = paths;
  if (!path) throw invalid("Invalid condition in KeyConditionExpression: No key attribute specified");
  if (path.path.length > 1) throw invalid("KeyConditionExpressions cannot have conditions on nested attributes");
  const name = String(path.path[0]);
  const isFirst = args[0] === path;
  if (!isFirst && (node.op === "between" || node.op === "call"))
    throw invalid(
      `Invalid condition in KeyConditionExpression: ${node.op === "call" ? node.name : "BETWEEN"} operator must have the key attribute as its first operand`,
    );
  if (conditions.has(name)) throw invalid("KeyConditionExpressions must only contain one condition per key");
  const values = args.flatMap((arg) => (arg.op === "value" ? [arg.value] : []));
  conditions.set(name, { operator: operatorOf(node.op, isFirst), values });
}

function operatorOf(op: string, isFirst: boolean): KeyCondition["operator"] {
  if (!isKeyOperator(op)) return "BEGINS_WITH";
  return isFirst || op === "between" ? operators[op] : mirrored[op];
}

/** The conditions of a key condition expression. @throws ServiceError when it says anything else */
export function keyConditionsOf(expression: Resolved): KeyConditions {
  const conditions = new Map<string, KeyCondition>();
  const walk = (node: Resolved): void => {
    if (node.op === "and") node.args.forEach(walk);
    else single(node, conditions);
  };
  walk(expression);
  return conditions;
}

/** Checks that conditions are those of a key: equality of the partition key, and perhaps one of the sort key. */
export function checkKeyConditions(
  conditions: KeyConditions,
  [partition, sort]: readonly KeyAttribute[],
  indexName: string | undefined,
): void {
  if (!partition) return;
  const first = conditions.get(partition.name);
  if (!first) throw invalid(`Query condition missed key schema element: ${partition.name}`);
  if (conditions.size > 1 && !sort) throw invalid("Query key condition not supported");
  const second = sort && conditions.get(sort.name);
  if (conditions.size > 1 && !second) throw invalid(`Query condition missed key schema element: ${sort?.name}`);
  if (first.operator !== "EQ") throw invalid("Query key condition not supported");
  checkValues(first, partition, indexName);
  if (sort && second) checkValues(second, sort, indexName);
}

function checkValues({ values }: KeyCondition, { name, type }: KeyAttribute, indexName: string | undefined): void {
  for (const value of values) {
    if (value[type] === undefined) throw invalidParameter("Condition parameter type does not match schema type");
    if (value[type] !== "") continue;
    const kind = type === "S" ? "string" : "binary";
    const place = indexName === undefined ? `Key: ${name}` : `IndexName: ${indexName}, IndexKey: ${name}`;
    throw invalid(
      `One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty ${kind} value. ${place}`,
    );
  }
}

function sortRange(start: string, { operator, values }: KeyCondition): { from: string; to: string } {
  const [low, high = low] = values;
  const whole = { from: start, to: endOf(start) };
  if (!low || !high) return whole;
  const key = withSortKey(start, low);
  switch (operator) {
    case "EQ":
      return { from: key, to: endOf(key) };
    case "LT":
      return { ...whole, to: key };
    case "LE":
      return { ...whole, to: endOf(key) };
    case "GT":
      return { ...whole, from: endOf(key) };
    case "GE":
      return { ...whole, from: key };
    case "BETWEEN":
      return { from: key, to: endOf(withSortKey(start, high)) };
    case "BEGINS_WITH":
      return prefixRange(start, low);
  }
}

/** The keys that checked conditions are true of. */
export function rangeOf(conditions: KeyConditions, [partition, sort]: readonly KeyAttribute[]) {
  const value = partition && conditions.get(partition.name)?.values[0];
  const start = partitionStart(value ?? { S: "" });
  const second = sort && conditions.get(sort.name);
  return second ? sortRange(start, second) : { from: start, to: endOf(start) };
}

/** Whether a key is in the range that conditions give its sort key. */
export function inRange(key: AttributeValue | undefined, start: string, condition: KeyCondition): boolean {
  if (!key) return false;
  const { from, to } = sortRange(start, condition);
  const at = withSortKey(start, key);
  return at >= from && at < to;
}

/** The value that conditions ask of an attribute. */
export const valueFor = (conditions: KeyConditions, name: string): AttributeValue | undefined =>
  conditions.get(name)?.values[0];
