import { ServiceError } from "../service";
import type { AttributeValue, Item } from "./attribute-value";
import { invalid } from "./errors";
import { Checks } from "./expression-checks";
import { type Path, parseCondition, parseProjection, parseUpdate } from "./expression-grammar";
import { checkedValue } from "./item-validation";
import type { Resolved, ResolvedChange } from "./resolved-expression";
import { Substitutions } from "./substitutions";

/** The members of a request that may be expressions, or substitute what is in them. */
export interface ExpressionMembers {
  readonly UpdateExpression?: string;
  readonly ConditionExpression?: string;
  readonly KeyConditionExpression?: string;
  readonly FilterExpression?: string;
  readonly ProjectionExpression?: string;
  readonly ExpressionAttributeNames?: Readonly<Record<string, unknown>>;
  readonly ExpressionAttributeValues?: Readonly<Record<string, unknown>>;
}

type ExpressionName = Exclude<keyof ExpressionMembers, "ExpressionAttributeNames" | "ExpressionAttributeValues">;

/** A request's expressions, with all that they name. */
export interface Expressions {
  readonly update: readonly ResolvedChange[] | undefined;
  readonly condition: Resolved | undefined;
  readonly keyCondition: Resolved | undefined;
  readonly filter: Resolved | undefined;
  readonly projection: readonly Path[] | undefined;
}

const isGiven = (value: unknown): boolean => value !== undefined && value !== null;

/**
 * Checks that a request has expressions or what they have replaced, and substitutes only with expressions.
 *
 * @param expressions those that the operation has, by name
 * @param legacy the older members that they have replaced
 */
export function checkMembers(
  input: ExpressionMembers & object,
  expressions: readonly ExpressionName[],
  legacy: readonly string[] = [],
): void {
  const members = input as Readonly<Record<string, unknown>>;
  const used = expressions.filter((name) => isGiven(members[name]));
  const older = legacy.filter((name) => isGiven(members[name]));
  if (used.length > 0 && older.length > 0)
    throw invalid(
      `Can not use both expression and non-expression parameters in the same request: Non-expression parameters: {${older.join(", ")}} Expression parameters: {${used.join(", ")}}`,
    );
  if (isGiven(members["ExpressionAttributeNames"]) && used.length === 0)
    throw invalid("ExpressionAttributeNames can only be specified when using expressions");
  const withValues = expressions.filter((name) => name !== "ProjectionExpression");
  if (isGiven(members["ExpressionAttributeValues"]) && withValues.every((name) => !isGiven(members[name])))
    throw invalid(
      `ExpressionAttributeValues can only be specified when using expressions: ${withValues.join(" and ")} ${withValues.length > 1 ? "are" : "is"} null`,
    );
}

function checkedNames(given: Readonly<Record<string, unknown>> | undefined): Record<string, string> {
  const names = Object.entries(given ?? {});
  if (given && names.length === 0) throw invalid("ExpressionAttributeNames must not be empty");
  for (const [name, attribute] of names) {
    if (!/^#[0-9a-zA-Z_]+$/.test(name))
      throw invalid(`ExpressionAttributeNames contains invalid key: Syntax error; key: "${name}"`);
    if (!isGiven(attribute)) throw invalid(`ExpressionAttributeNames contains invalid value: null for key ${name}`);
    if (attribute === "")
      throw invalid(`ExpressionAttributeNames contains invalid value: Empty attribute name for key ${name}`);
  }
  return Object.fromEntries(names.map(([name, attribute]) => [name, String(attribute)]));
}

function checkedValues(given: Readonly<Record<string, unknown>> | undefined): Item {
  const values = Object.entries(given ?? {});
  if (given && values.length === 0) throw invalid("ExpressionAttributeValues must not be empty");
  for (const [name] of values) {
    if (!/^:[0-9a-zA-Z_]+$/.test(name))
      throw invalid(`ExpressionAttributeValues contains invalid key: Syntax error; key: "${name}"`);
  }
  return Object.fromEntries(values.map(([name, value]) => [name, expressionValue(name, value)]));
}

function expressionValue(name: string, value: unknown): AttributeValue {
  try {
    return checkedValue(value);
  } catch (error) {
    if (error instanceof ServiceError && error.code === "ValidationException")
      throw invalid(`ExpressionAttributeValues contains invalid value: ${error.message} for key ${name}`);
    throw error;
  }
}

function named<T>(name: ExpressionName, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof ServiceError && error.code === "ValidationException")
      throw invalid(`Invalid ${name}: ${error.message}`);
    throw error;
  }
}

const unused = (member: string, names: ReadonlySet<string>): ServiceError =>
  invalid(`Value provided in ${member} unused in expressions: keys: {${[...names].join(", ")}}`);

/** Reads all expressions of a request. @throws ServiceError when one is wrong, or something is substituted for nothing */
export function readExpressions(input: ExpressionMembers): Expressions {
  const substitutions = new Substitutions(
    checkedNames(input.ExpressionAttributeNames ?? undefined),
    checkedValues(input.ExpressionAttributeValues ?? undefined),
  );
  const condition = (name: ExpressionName): Resolved | undefined => {
    const source = input[name];
    if (!isGiven(source)) return undefined;
    return named(name, () => new Checks(substitutions).condition(parseCondition(String(source))));
  };
  const { UpdateExpression: update, ProjectionExpression: projection } = input;
  const expressions: Expressions = {
    update: isGiven(update)
      ? named("UpdateExpression", () => new Checks(substitutions, true).update(parseUpdate(String(update))))
      : undefined,
    condition: condition("ConditionExpression"),
    keyCondition: condition("KeyConditionExpression"),
    filter: condition("FilterExpression"),
    projection: isGiven(projection)
      ? named("ProjectionExpression", () => new Checks(substitutions).projection(parseProjection(String(projection))))
      : undefined,
  };
  if (substitutions.unusedNames.size > 0) throw unused("ExpressionAttributeNames", substitutions.unusedNames);
  if (substitutions.unusedValues.size > 0) throw unused("ExpressionAttributeValues", substitutions.unusedValues);
  return expressions;
}
