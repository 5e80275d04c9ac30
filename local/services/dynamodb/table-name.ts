import { parseArn } from "../../../aws/arn";
import { isObject, type JsonObject } from "../../../lib/json";
import { invalid } from "./errors";

/** The name of a table, of which a request may give the ARN instead. (API reference: TableName of each operation) */
export const tableName = (nameOrArn: unknown): unknown =>
  typeof nameOrArn === "string" ? (parseArn(nameOrArn)?.resource.split("/")[1] ?? nameOrArn) : nameOrArn;

/** A structure in whose members each structure may name a table, by name or ARN. */
function mapped(value: unknown, change: (members: JsonObject) => JsonObject): unknown {
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, isObject(member) ? change(member) : member]),
  );
}

function named(members: JsonObject): JsonObject {
  const { TableName: given } = members;
  const name = tableName(given);
  return name === given ? members : { ...members, TableName: name };
}

/** Requests by the names of their tables. @throws ServiceError when one is named twice, of which one would be lost */
function byName(requests: JsonObject): JsonObject {
  const named = Object.entries(requests).map(([name, request]) => [String(tableName(name)), request] as const);
  const names = named.map(([name]) => name);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) throw invalid(`RequestItems names the table ${twice} twice, by its name and by its ARN`);
  return Object.fromEntries(named);
}

/** A request that names tables by their names alone. */
export function withTableNames(input: JsonObject): JsonObject {
  const { TransactItems: actions, RequestItems: requests } = input;
  if (Array.isArray(actions)) return { ...input, TransactItems: actions.map((action) => mapped(action, named)) };
  if (isObject(requests)) return { ...input, RequestItems: byName(requests) };
  return named(input);
}
