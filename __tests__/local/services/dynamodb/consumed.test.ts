import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  type ConsumedCapacity,
  type DynamoDBClient,
  ExecuteStatementCommand,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  TransactGetItemsCommand,
  TransactWriteItemsCommand,
} from "@aws-sdk/client-dynamodb";
import type { ServiceCall } from "../../../../local/services/service-call";
import { eventually } from "../../../support/eventually";
import { type Running, startServices, things } from "../../support/services";

const TableName = "things";
const calls: ServiceCall[] = [];
let running: Running;
beforeAll(async () => {
  running = await startServices({ tables: [things] }, { onCalls: (more) => void calls.push(...more) });
  await running.dynamodb.send(new PutItemCommand({ TableName, Item }));
  await nextCall();
});
afterAll(() => running.stop());

/** Those that were looked at. */
let seen = 0;
/** The call that was made last, which is recorded a moment after its answer. */
async function nextCall(): Promise<ServiceCall> {
  const call = await eventually(() => calls[seen]);
  seen += 1;
  return call;
}

const Item = { id: { S: "a" }, group: { S: "g" }, rank: { S: "1" }, text: { S: "x".repeat(1500) } };
const Key = { id: { S: "a" } };
const group = { ExpressionAttributeNames: { "#g": "group" }, ExpressionAttributeValues: { ":g": { S: "g" } } };

type Answer = { readonly ConsumedCapacity?: ConsumedCapacity | ConsumedCapacity[] | undefined };
type Capacity = { readonly ReturnConsumedCapacity?: "INDEXES" };
type Send = (client: DynamoDBClient, capacity: Capacity) => Promise<Answer>;

/** Each once asking what it consumes, and once not: the call is recorded with the same. */
test.each<[string, Send]>([
  ["a put", (client, more) => client.send(new PutItemCommand({ TableName, Item, ...more }))],
  ["a get", (client, more) => client.send(new GetItemCommand({ TableName, Key, ...more }))],
  [
    "a consistent get",
    (client, more) => client.send(new GetItemCommand({ TableName, Key, ConsistentRead: true, ...more })),
  ],
  [
    "a query of an index",
    (client, more) =>
      client.send(
        new QueryCommand({ TableName, IndexName: "byGroup", KeyConditionExpression: "#g = :g", ...group, ...more }),
      ),
  ],
  ["a scan", (client, more) => client.send(new ScanCommand({ TableName, ...more }))],
  [
    "a batch of writes",
    (client, more) =>
      client.send(new BatchWriteItemCommand({ RequestItems: { things: [{ PutRequest: { Item } }] }, ...more })),
  ],
  [
    "a batch of reads",
    (client, more) => client.send(new BatchGetItemCommand({ RequestItems: { things: { Keys: [Key] } }, ...more })),
  ],
  [
    "a transaction of writes",
    (client, more) =>
      client.send(new TransactWriteItemsCommand({ TransactItems: [{ Put: { TableName, Item } }], ...more })),
  ],
  [
    "a transaction of reads",
    (client, more) =>
      client.send(new TransactGetItemsCommand({ TransactItems: [{ Get: { TableName, Key } }], ...more })),
  ],
  [
    "a statement",
    (client, more) =>
      client.send(new ExecuteStatementCommand({ Statement: "SELECT * FROM things WHERE id = 'a'", ...more })),
  ],
])("what is consumed by %s is recorded with its call, whether it asks or not", async (what, send) => {
  const recorded = async (capacity: Capacity) => {
    const answer = await send(running.dynamodb, capacity);
    return { answer, consumed: (await nextCall()).consumed };
  };
  const asked = await recorded({ ReturnConsumedCapacity: "INDEXES" });
  const silent = await recorded({});

  const [capacity] = [asked.answer.ConsumedCapacity ?? []].flat();
  const kind = /put|write/.test(what) ? "write" : "read";
  const indexes = Object.entries(capacity?.GlobalSecondaryIndexes ?? {});
  const table = capacity?.Table?.CapacityUnits ?? 0;
  expect(asked.consumed).toEqual([
    ...indexes.map(([index, { CapacityUnits: units }]) => ({ kind, table: TableName, index, units })),
    ...(table > 0 ? [{ kind, table: TableName, units: table }] : []),
  ]);
  expect(asked.consumed.length).toBeGreaterThan(0);
  expect(silent.answer.ConsumedCapacity).toBeUndefined();
  expect(silent.consumed).toEqual(asked.consumed);
});

test("what is refused consumes nothing that is told", async () => {
  const condition = { ConditionExpression: "attribute_not_exists(id)" };
  await expect(running.dynamodb.send(new PutItemCommand({ TableName, Item, ...condition }))).rejects.toThrow();

  expect(await nextCall()).toMatchObject({ refusal: { code: "ConditionalCheckFailedException" }, consumed: [] });
});
