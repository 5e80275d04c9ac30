import { parseArn } from "../../../aws/arn";
import { invalid } from "./errors";

type Members = Readonly<Record<string, unknown>>;

/** The name of a table, of which a request may give the ARN instead. (API reference: TableName of each operation) */
export const tableName = (nameOrArn: unknown): unknown =>
  typeof nameOrArn === "string" ? (parseArn(nameOrArn)?.resource.split("/")[1] ?? nameOrArn) : nameOrArn;

const isObject = (value: unknown): value is Members =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A structure in whose members each structure may name a table, by name or ARN. */
function mapped(value: unknown, change: (members: Members) => Members): unknown {
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, isObject(member) ? change(member) : member]),
  );
}

const named = (members: Members): Members =>
  "TableName" in members ? { ...members, TableName: tableName(members["TableName"]) } : members;

/** Requests by the names of their tables. @throws ServiceError when one is named twice, of which one would be lost */
function byName(requests: Members): Members {
  const named = Object.entries(requests).map(([name, request]) => [String(tableName(name)), request] as const);
  const names = named.map(([name]) => name);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) throw invalid(`RequestItems names the table ${twice} twice, by its name and by its ARN`);
  return Object.fromEntries(named);
}

/** A request that names tables by their names alone. */
export function withTableNames(input: Members): Members {
  const { TransactItems: actions, RequestItems: requests } = input;
  if (Array.isArray(actions)) return { ...input, TransactItems: actions.map((action) => mapped(action, named)) };
  if (isObject(requests)) return { ...input, RequestItems: byName(requests) };
  return named(input);
}
