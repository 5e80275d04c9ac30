import { EventEmitter } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { arnOf, parseArn } from "../../../aws/arn";
import { messageOf } from "../../lib/user-error";
import { type Input, inputOf, jsonProtocol, targetOf, textIn } from "../json-protocol";
import { type Need, notPlayed, type Service, ServiceError, type ServiceRequest } from "../service";
import type { Database } from "./database";

const { failure } = jsonProtocol("1.0", "com.amazon.coral.service#");

/** Operations on one table's items. Those on an index name it; then the index alone has to be allowed. */
const single = new Set(["GetItem", "PutItem", "UpdateItem", "DeleteItem", "Query", "Scan", "DescribeTable"]);
const batches = new Set(["BatchGetItem", "BatchWriteItem"]);

function tableArn(database: Database, { caller }: ServiceRequest, nameOrArn: string): string {
  const name = parseArn(nameOrArn)?.resource.split("/")[1] ?? nameOrArn;
  const known = database.table(name);
  return known?.arn ?? arnOf("dynamodb", `table/${name}`, caller);
}

/** The tables of a batch, which have something each. */
function requestItems(input: Input): readonly string[] {
  const items: unknown = input["RequestItems"] ?? {};
  const entries = typeof items === "object" && items !== null ? Object.entries(items) : [];
  if (entries.length > 0 && entries.every(([, value]) => typeof value === "object" && value !== null))
    return entries.map(([name]) => name);
  throw new ServiceError("ValidationException", "RequestItems must name tables, each with what is asked of it");
}

function needs(database: Database, request: ServiceRequest, input: Input): Need[] {
  const operation = targetOf(request);
  const action = `dynamodb:${operation}`;
  if (batches.has(operation)) {
    const tables = requestItems(input);
    return tables.map((name) => ({ action, resource: tableArn(database, request, name) }));
  }
  if (!single.has(operation)) throw notPlayed("DynamoDB", operation);
  const onFailure = input["ReturnValuesOnConditionCheckFailure"] ?? "NONE";
  if (onFailure !== "NONE") throw notPlayed("DynamoDB", "ReturnValuesOnConditionCheckFailure");
  const table = tableArn(database, request, textIn(input, "TableName"));
  const index = input["IndexName"];
  return [{ action, resource: typeof index === "string" ? `${table}/index/${index}` : table }];
}

/** Hands a request whose body was read already to a listener that wants to read it. */
function replay(request: IncomingMessage, body: Buffer, then: (again: IncomingMessage) => void): void {
  const { method, url, headers } = request;
  const again = Object.assign(new EventEmitter(), { method, url, headers }) as unknown as IncomingMessage;
  then(again);
  try {
    again.emit("data", body);
    again.emit("end");
  } catch (error) {
    // Dynalite throws at input of another shape than it awaits, before it has done anything.
    throw new ServiceError(
      "SerializationException",
      `the input has not the shape of this operation: ${messageOf(error)}`,
    );
  }
}

/** DynamoDB's operations on items. */
export function dynamoDbService(database: Database): Service {
  return {
    failure,
    operation: (request) => {
      const input = inputOf(request);
      return {
        needs: needs(database, request, input),
        run: () => ({
          stream: (original: IncomingMessage, response: ServerResponse) =>
            replay(original, request.body, (again) => database.listener(again, response)),
        }),
      };
    },
  };
}
