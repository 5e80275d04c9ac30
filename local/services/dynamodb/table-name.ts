import { parseArn } from "../../../aws/arn";

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

/** A request that names tables by their names alone. Members that are null are as good as not there. */
export function withTableNames(input: Members): Members {
  const members = Object.fromEntries(Object.entries(input).filter(([, value]) => value !== null));
  const { TransactItems: actions, RequestItems: requests } = members;
  if (Array.isArray(actions)) members["TransactItems"] = actions.map((action) => mapped(action, named));
  if (isObject(requests))
    members["RequestItems"] = Object.fromEntries(
      Object.entries(requests).map(([name, request]) => [String(tableName(name)), request]),
    );
  return named(members);
}
