import { isItemOperation } from "../../../aws/item-operations";
import type { RunnerEvent } from "../../run/events";
import type { CallRecord } from "../recorder";
import type { RequestRecord } from "../records";
import { keyOf } from "./measurements";

/** A value of a metric, by its key. */
export type Value = readonly [key: string, value: number];

/** Keys are texts that are made of others: those that come again and again are made once. */
const keys = new Map<string, string>();
const MOST_KEYS = 5000;

function key(namespace: string, name: string, dimensions: Readonly<Record<string, string>>): string {
  const short = `${namespace}\n${name}\n${Object.values(dimensions).join("\n")}`;
  const known = keys.get(short);
  if (known !== undefined) return known;
  const made = keyOf({ namespace, name, dimensions });
  if (keys.size < MOST_KEYS) keys.set(short, made);
  return made;
}

/** Metrics of a request (developer guide, "Amazon API Gateway dimensions and metrics"). */
export function ofRequest(request: RequestRecord, apiName: string): readonly Value[] {
  const { stage: Stage, status, ms, integrationMs, cache } = request;
  if (Stage === undefined) return [];
  const values: readonly (readonly [string, number])[] = [
    ["Count", 1],
    ["4XXError", Number(status >= 400 && status < 500)],
    ["5XXError", Number(status >= 500)],
    ["Latency", ms],
    ...(integrationMs === undefined ? [] : [["IntegrationLatency", integrationMs] as const]),
    ...(cache === undefined ? [] : [[cache === "hit" ? "CacheHitCount" : "CacheMissCount", 1] as const]),
  ];
  return values.flatMap(([name, value]) => [
    [key("AWS/ApiGateway", name, { ApiName: apiName, Stage }), value] as const,
    [key("AWS/ApiGateway", name, { ApiName: apiName }), value] as const,
  ]);
}

/** The tables that a call is about, each once. */
const tablesOf = ({ needs }: CallRecord): readonly string[] => [
  ...new Set(needs.flatMap(({ resource }) => /:table\/([^/]+)/.exec(resource)?.[1] ?? [])),
];

/** Metrics of a call on a table's items (DynamoDB developer guide, "DynamoDB Metrics and dimensions"). */
function ofItems(TableName: string, { operation: Operation, status, ms, refusal }: CallRecord): readonly Value[] {
  const by = { TableName, Operation };
  if (status >= 500) return [[key("AWS/DynamoDB", "SystemErrors", by), 1]];
  if (refusal?.code === "ConditionalCheckFailedException") {
    return [[key("AWS/DynamoDB", "ConditionalCheckFailedRequests", { TableName }), 1]];
  }
  if (/Throttl|ProvisionedThroughputExceeded/.test(refusal?.code ?? "")) {
    return [[key("AWS/DynamoDB", "ThrottledRequests", by), 1]];
  }
  return refusal ? [] : [[key("AWS/DynamoDB", "SuccessfulRequestLatency", by), ms]];
}

/** What a call consumed of tables and of their global indexes, which CloudWatch has apart. */
const ofCapacity = ({ consumed }: CallRecord): readonly Value[] =>
  consumed.map(({ kind, table, index, units }) => {
    const of = index === undefined ? { TableName: table } : { TableName: table, GlobalSecondaryIndexName: index };
    const name = kind === "read" ? "ConsumedReadCapacityUnits" : "ConsumedWriteCapacityUnits";
    return [key("AWS/DynamoDB", name, of), units];
  });

/** Metrics of a call of a service. */
export function ofCall(call: CallRecord): readonly Value[] {
  const { service, operation, needs, refusal } = call;
  if (service === "dynamodb") {
    const ofTables = isItemOperation(operation) ? tablesOf(call).flatMap((table) => ofItems(table, call)) : [];
    return [...ofTables, ...ofCapacity(call)];
  }
  if (service === "sqs" && !refusal) {
    const QueueName = needs[0]?.resource.split(":").at(-1) ?? "";
    const names: Readonly<Record<string, string>> = {
      SendMessage: "NumberOfMessagesSent",
      ReceiveMessage: "NumberOfMessagesReceived",
      DeleteMessage: "NumberOfMessagesDeleted",
    };
    const name = Object.hasOwn(names, operation) ? names[operation] : undefined;
    return name === undefined ? [] : [[key("AWS/SQS", name, { QueueName }), 1]];
  }
  return [];
}

/** Metrics of an event: of functions and topics, and those that functions emit. */
export function ofEvent(event: RunnerEvent): readonly Value[] {
  if (event.event === "invocation") {
    const by = { FunctionName: event.function };
    return [
      [key("AWS/Lambda", "Invocations", by), 1],
      [key("AWS/Lambda", "Errors", by), event.error ? 1 : 0],
      [key("AWS/Lambda", "Duration", by), event.durationMs],
      [key("AWS/Lambda", "Throttles", by), 0],
    ];
  }
  if (event.event === "throttle") return [[key("AWS/Lambda", "Throttles", { FunctionName: event.function }), 1]];
  if (event.event === "metric") {
    const { namespace, name, dimensions, value } = event;
    return [value].flat().map((one) => [keyOf({ namespace, name, dimensions }), one] as const);
  }
  if (event.event === "message") {
    const TopicName = event.topic.split(":").at(-1) ?? "";
    return [[key("AWS/SNS", "NumberOfMessagesPublished", { TopicName }), 1]];
  }
  // Lambda sends failures with the function's role: what is refused to it is lost.
  if (event.event === "denial" && event.action === "sqs:SendMessage") {
    return [[key("AWS/Lambda", "DestinationDeliveryFailures", { FunctionName: event.function }), 1]];
  }
  return [];
}
