import { type AttributeValue, typeOf, type ValueType } from "./attribute-value";
import { compare } from "./comparison";
import { invalid, invalidParameter } from "./errors";
import { checkedValue } from "./item-validation";
import type { KeyCondition, KeyConditions } from "./key-condition";
import type { Resolved, ResolvedChange } from "./resolved-expression";

/**
 * The members that expressions have replaced (`Expected`, `ScanFilter`, `QueryFilter`, `KeyConditions`,
 * `AttributeUpdates`), as what expressions become. (Developer guide: "Legacy DynamoDB conditional parameters")
 */

/** A condition as these members write it, its shape checked. */
export interface LegacyCondition {
  readonly ComparisonOperator?: string;
  readonly AttributeValueList?: readonly unknown[];
  readonly Value?: unknown;
  readonly Exists?: boolean;
}

export type LegacyConditions = Readonly<Record<string, LegacyCondition>>;

const counts: Readonly<Record<string, (count: number) => boolean>> = {
  NULL: (count) => count === 0,
  NOT_NULL: (count) => count === 0,
  BETWEEN: (count) => count === 2,
  IN: (count) => count > 0,
};

const scalars: readonly ValueType[] = ["S", "N", "B"];
const operandTypes: Readonly<Record<string, readonly ValueType[]>> = {
  LE: scalars,
  LT: scalars,
  GE: scalars,
  GT: scalars,
  CONTAINS: [...scalars, "BOOL", "NULL"],
  NOT_CONTAINS: [...scalars, "BOOL", "NULL"],
  BEGINS_WITH: ["S", "B"],
  BETWEEN: scalars,
  IN: scalars,
};

function checkOperands(operator: string, values: readonly AttributeValue[]): void {
  const fits = counts[operator] ?? ((count: number) => count === 1);
  if (!fits(values.length))
    throw invalidParameter(`Invalid number of argument(s) for the ${operator} ComparisonOperator`);
  const [first] = values;
  if (!first) return;
  if (values.some((value) => typeOf(value) !== typeOf(first)))
    throw invalidParameter("AttributeValues inside AttributeValueList must be of same type");
  const wrong = values.map(typeOf).find((type) => operandTypes[operator] && !operandTypes[operator].includes(type));
  if (wrong) throw invalidParameter(`ComparisonOperator ${operator} is not valid for ${wrong} AttributeValue type`);
  const [low, high] = values;
  if (operator === "BETWEEN" && low && high && (compare(low, high) ?? 0) > 0)
    throw invalid("The BETWEEN condition was provided a range where the lower bound is greater than the upper bound");
}

const comparators: Readonly<Record<string, "=" | "<>" | "<=" | "<" | ">=" | ">" | "between" | "in">> = {
  EQ: "=",
  NE: "<>",
  LE: "<=",
  LT: "<",
  GE: ">=",
  GT: ">",
  BETWEEN: "between",
  IN: "in",
};
const functions: Readonly<Record<string, string>> = {
  NULL: "attribute_not_exists",
  NOT_NULL: "attribute_exists",
  CONTAINS: "contains",
  NOT_CONTAINS: "contains",
  BEGINS_WITH: "begins_with",
};

function nodeOf(name: string, operator: string, values: readonly AttributeValue[]): Resolved {
  const path: Resolved = { op: "path", path: [name] };
  const args: Resolved[] = [path, ...values.map((value): Resolved => ({ op: "value", value }))];
  const comparator = comparators[operator];
  if (comparator) return { op: comparator, args };
  const call: Resolved = { op: "call", name: functions[operator] ?? "", args };
  if (operator !== "NOT_CONTAINS") return call;
  const exists: Resolved = { op: "call", name: "attribute_exists", args: [path] };
  return { op: "and", args: [exists, { op: "not", args: [call] }] };
}

const joined = (nodes: readonly Resolved[], operator: string): Resolved | undefined =>
  nodes.length === 0 ? undefined : { op: operator === "OR" ? "or" : "and", args: nodes };

function checkExpected(name: string, condition: LegacyCondition): void {
  const { ComparisonOperator: operator, AttributeValueList: list, Value: value, Exists: exists } = condition;
  const refuse = (words: string) => invalidParameter(`${words} for Attribute: ${name}`);
  if (list && value !== undefined) throw refuse("Value and AttributeValueList cannot be used together");
  if (operator !== undefined) {
    if (exists !== undefined) throw refuse("Exists and ComparisonOperator cannot be used together");
    if (operator !== "NULL" && operator !== "NOT_NULL" && !list && value === undefined)
      throw refuse(`Value or AttributeValueList must be used with ComparisonOperator: ${operator}`);
    return;
  }
  if (list) throw refuse("AttributeValueList can only be used with a ComparisonOperator");
  if (exists !== false && value === undefined)
    throw refuse(`Value must be provided when Exists is ${exists === undefined ? "null" : exists}`);
  if (exists === false && value !== undefined) throw refuse("Value cannot be used when Exists is false");
}

/** `Expected` as a condition. @throws ServiceError when it contradicts itself */
export function expectedCondition(expected: LegacyConditions, operator = "AND"): Resolved | undefined {
  const nodes = Object.entries(expected).map(([name, condition]) => {
    checkExpected(name, condition);
    const given = condition.AttributeValueList ?? (condition.Value === undefined ? [] : [condition.Value]);
    const values = given.map((value) => checkedValue(value));
    const comparison = condition.ComparisonOperator ?? (condition.Exists === false ? "NULL" : "EQ");
    checkOperands(comparison, values);
    return nodeOf(name, comparison, values);
  });
  return joined(nodes, operator);
}

/** `ScanFilter` or `QueryFilter` as a filter. @throws ServiceError when operands do not fit their operators */
export function filterCondition(filter: LegacyConditions, operator = "AND"): Resolved | undefined {
  const nodes = Object.entries(filter).map(([name, condition]) => {
    const values = (condition.AttributeValueList ?? []).map((value) => checkedValue(value));
    const comparison = condition.ComparisonOperator ?? "EQ";
    checkOperands(comparison, values);
    return nodeOf(name, comparison, values);
  });
  return joined(nodes, operator);
}

const keyOperators: readonly string[] = ["EQ", "LT", "LE", "GT", "GE", "BETWEEN", "BEGINS_WITH"];
const isKeyOperator = (operator: string): operator is KeyCondition["operator"] => keyOperators.includes(operator);

/** `KeyConditions` as key conditions. @throws ServiceError when operands do not fit their operators */
export function legacyKeyConditions(given: LegacyConditions): KeyConditions {
  const conditions = new Map<string, KeyCondition>();
  for (const [name, { ComparisonOperator: operator = "", AttributeValueList: list = [] }] of Object.entries(given)) {
    const values = list.map((value) => checkedValue(value));
    checkOperands(operator, values);
    if (!isKeyOperator(operator)) throw invalid("Attempted conditional constraint is not an indexable operation");
    conditions.set(name, { operator, values });
  }
  if (conditions.size !== 1 && conditions.size !== 2) throw invalid("Conditions can be of length 1 or 2 only");
  return conditions;
}

/** One attribute of `AttributeUpdates`, its shape checked. */
export interface LegacyUpdate {
  readonly Action?: string;
  readonly Value?: unknown;
}

/** `AttributeUpdates` as changes. @throws ServiceError when a value does not fit its action */
export function legacyChanges(updates: Readonly<Record<string, LegacyUpdate>>): readonly ResolvedChange[] {
  return Object.entries(updates).map(([name, { Action: action = "PUT", Value: given }]): ResolvedChange => {
    const path = [name];
    if (given === undefined || given === null) {
      if (action === "DELETE") return { clause: "REMOVE", path };
      throw invalidParameter(`Only DELETE action is allowed when no attribute value is specified`);
    }
    const value = checkedValue(given);
    const type = typeOf(value);
    if (action === "DELETE" && !["SS", "NS", "BS"].includes(type))
      throw invalidParameter(`DELETE action with value is not supported for the type ${type}`);
    if (action === "ADD" && !["N", "SS", "NS", "BS", "L"].includes(type))
      throw invalidParameter(`ADD action is not supported for the type ${type}`);
    return {
      clause: action === "PUT" ? "SET" : action === "ADD" ? "ADD" : "DELETE",
      path,
      value: { op: "value", value },
    };
  });
}
