/** What IAM calls the parts of a transaction, and statements of PartiQL. */
const reads = { Get: "GetItem" } as const;
const writes = {
  ConditionCheck: "ConditionCheckItem",
  Delete: "DeleteItem",
  Put: "PutItem",
  Update: "UpdateItem",
} as const;
const statements = {
  Delete: "PartiQLDelete",
  Insert: "PartiQLInsert",
  Select: "PartiQLSelect",
  Update: "PartiQLUpdate",
} as const;

/**
 * The calls on a table's items, by the names that the API, the SDK's commands and the dimension `Operation` of metrics
 * have for them. IAM asks for an action of the same name, or for that of each part: none stands for a transaction as a
 * whole. (DynamoDB developer guide, "DynamoDB Metrics and dimensions", "Using IAM with DynamoDB transactions", "IAM
 * security policies with PartiQL for DynamoDB")
 */
const itemOperations = {
  BatchExecuteStatement: statements,
  BatchGetItem: "BatchGetItem",
  BatchWriteItem: "BatchWriteItem",
  DeleteItem: "DeleteItem",
  ExecuteStatement: statements,
  ExecuteTransaction: statements,
  GetItem: "GetItem",
  PutItem: "PutItem",
  Query: "Query",
  Scan: "Scan",
  TransactGetItems: reads,
  TransactWriteItems: writes,
  UpdateItem: "UpdateItem",
} as const;

export type ItemOperation = keyof typeof itemOperations;

/** A call for which IAM asks for one action, of the same name. */
export type SingleOperation = {
  [Operation in ItemOperation]: (typeof itemOperations)[Operation] extends string ? Operation : never;
}[ItemOperation];

/** A part of a transaction, as the transaction's input names it. */
export type TransactionPart = keyof typeof reads | keyof typeof writes;

export const isItemOperation = (name: string): name is ItemOperation => Object.hasOwn(itemOperations, name);

/** The action that IAM asks for a call that is no transaction. */
export const actionOf = (operation: SingleOperation): string => `dynamodb:${itemOperations[operation]}`;

/** The parts of a call, each with what IAM calls it. */
function partsOf(operation: string): ReadonlyMap<string, string> {
  const parts = isItemOperation(operation) ? itemOperations[operation] : "";
  return new Map(typeof parts === "string" ? [] : Object.entries(parts));
}

/** The action that IAM asks for a part of a call; of one that the call does not have, an action that nobody grants. */
export const actionOfPart = (operation: string, part: string): string =>
  `dynamodb:${partsOf(operation).get(part) ?? part}`;

/** The part of a call that IAM asks an action for, if it has such a part. */
export const partOfAction = (operation: string, action: string): string | undefined =>
  [...partsOf(operation).keys()].find((part) => actionOfPart(operation, part) === action);

/** The transaction that has parts of this kind. */
export const transactionOf = (part: TransactionPart) =>
  partsOf("TransactGetItems").has(part) ? "TransactGetItems" : "TransactWriteItems";

/** The condition key that has the transaction's name. (Developer guide, "Using IAM with DynamoDB transactions") */
export const enclosingOperation = "dynamodb:EnclosingOperation";
