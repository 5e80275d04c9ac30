import { randomUUID } from "node:crypto";
import { arnOf } from "../../../aws/arn";
import { actionOfPart, enclosingOperation } from "../../../aws/item-operations";
import { isObject, type JsonObject } from "../../../lib/json";
import { type Input, inputOf, targetOf, textIn } from "../json-protocol";
import {
  type Need,
  notEmulated,
  type Service,
  ServiceError,
  type ServiceRequest,
  type ServiceResponse,
} from "../service";
import type { Database } from "./database";
import { DetailedError } from "./errors";
import { execute, isOperation } from "./operations";
import { parseStatement, type Statement } from "./partiql-statement";
import { tableName } from "./table-name";

const textOf = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);
const objectOf = (value: unknown): JsonObject => (isObject(value) ? value : {});
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

function tableArn(database: Database, { caller }: ServiceRequest, nameOrArn: string): string {
  const name = String(tableName(nameOrArn));
  return database.find(name)?.settings.TableArn ?? arnOf("dynamodb", `table/${name}`, caller);
}

/** The resource of an operation that is about one: a stream, a table by its ARN, an index, or a table. */
function resourceOf(database: Database, request: ServiceRequest, input: Input): string {
  const [operation, index] = [targetOf(request), textOf(input["IndexName"])];
  if (operation === "ListTables" || operation === "ListStreams" || operation === "DescribeLimits") return "*";
  const arn = textOf(input["StreamArn"]) ?? textOf(input["ResourceArn"]) ?? streamIn(input["ShardIterator"]);
  if (arn !== undefined) return arn;
  const table = tableArn(database, request, textIn(input, "TableName"));
  return index === undefined ? table : `${table}/index/${index}`;
}

/** The stream that an iterator is of. */
function streamIn(iterator: unknown): string | undefined {
  if (typeof iterator !== "string") return undefined;
  const [arn = iterator] = /arn:[^"]*/.exec(Buffer.from(iterator, "base64").toString()) ?? [];
  return arn;
}

function needs(database: Database, request: ServiceRequest, input: Input): readonly Need[] {
  const operation = targetOf(request);
  if (!isOperation(operation)) throw notEmulated("DynamoDB", operation);
  const tableOf = (name: unknown): string => tableArn(database, request, textOf(name) ?? "");
  if (operation === "BatchGetItem" || operation === "BatchWriteItem")
    return Object.keys(objectOf(input["RequestItems"])).map((name) => ({
      action: `dynamodb:${operation}`,
      resource: tableOf(name),
    }));
  const contextKeys = { [enclosingOperation.toLowerCase()]: operation };
  if (operation.startsWith("Transact"))
    return listOf(input["TransactItems"]).flatMap((item) =>
      Object.entries(objectOf(item)).map(([part, action]) => ({
        action: actionOfPart(operation, part),
        resource: tableOf(objectOf(action)["TableName"]),
        contextKeys,
      })),
    );
  const statements = statementsOf(operation, input);
  if (statements)
    return statements.map(({ kind, table, ...more }) => {
      const index = "index" in more && more.index !== undefined ? `/index/${more.index}` : "";
      const need = { action: actionOfPart(operation, kind), resource: `${tableOf(table)}${index}` };
      return operation === "ExecuteTransaction" ? { ...need, contextKeys } : need;
    });
  return [{ action: `dynamodb:${operation}`, resource: resourceOf(database, request, input) }];
}

/** The operations of PartiQL, and the members with their statements; one has a single statement itself. */
const statementMembers: ReadonlyMap<string, string> = new Map([
  ["ExecuteStatement", ""],
  ["BatchExecuteStatement", "Statements"],
  ["ExecuteTransaction", "TransactStatements"],
]);

/** The statements of an operation of PartiQL, each of which needs its own right; those that are none come to nothing. */
function statementsOf(operation: string, input: Input): readonly Statement[] | undefined {
  const name = statementMembers.get(operation);
  if (name === undefined) return undefined;
  const inputs = name === "" ? [input] : listOf(input[name]).map(objectOf);
  return inputs.flatMap(({ Statement: text, Parameters: parameters }) => {
    try {
      return [parseStatement(textOf(text) ?? "", listOf(parameters))];
    } catch (error) {
      if (error instanceof ServiceError) return [];
      throw error;
    }
  });
}

/** JSON, as DynamoDB answers it. */
export const answered = (status: number, body: string): ServiceResponse => ({
  status,
  headers: { "Content-Type": "application/x-amz-json-1.0", "x-amzn-RequestId": randomUUID() },
  body,
});

const namespaces: Readonly<Record<string, string>> = {
  ValidationException: "com.amazon.coral.validate",
  SerializationException: "com.amazon.coral.service",
  AccessDeniedException: "com.amazon.coral.service",
  UnknownOperationException: "com.amazon.coral.service",
  UnrecognizedClientException: "com.amazon.coral.service",
};

/** An error as DynamoDB answers it. */
export function failure(error: ServiceError): ServiceResponse {
  const { code, message, status } = error;
  const details = error instanceof DetailedError ? error.details : error.members;
  const namespace = Object.hasOwn(namespaces, code) ? namespaces[code] : "com.amazonaws.dynamodb.v20120810";
  // AWS names the message either way; SDKs read both.
  return answered(status, JSON.stringify({ __type: `${namespace}#${code}`, message, Message: message, ...details }));
}

/** DynamoDB and its streams, over its protocol. */
export function dynamoDbService(database: Database): Service {
  return {
    failure,
    operation: (request) => {
      const input = inputOf(request);
      return {
        needs: needs(database, request, input),
        run: () => answered(200, execute(database, targetOf(request), input)),
      };
    },
  };
}
