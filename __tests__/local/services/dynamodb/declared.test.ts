import { GetItemCommand, PutItemCommand, QueryCommand, type QueryCommandInput } from "@aws-sdk/client-dynamodb";
import { Table } from "../../../../constructs/data/table";
import { tablesOf } from "../../../../local/read/table-definition";
import { emptyStack, synth } from "../../../support/stack";
import { everything, principal, type Running, startServices } from "../../support/services";
import { graphOf } from "../../support/stack-file";

/** A table as the construct writes it, read as the local run reads it. */
const TableName = "readings";
function declared() {
  const stack = emptyStack();
  new Table(stack, "readings", {
    ...{ name: TableName, partitionKey: "sensor", sortKey: "at" },
    attributeTypes: { sensor: "B", at: "N", value: "N", day: "N" },
    indexes: {
      byDay: { partitionKey: "day", sortKey: "at", projection: "KEYS_ONLY" },
      byUnit: { partitionKey: "unit", projection: ["note"] },
    },
    localIndexes: {
      byValue: { sortKey: "value", projection: ["unit"] },
      byNote: { sortKey: "note", projection: "KEYS_ONLY" },
    },
  });
  const { aws_dynamodb_table } = synth(stack).json.resource as Record<string, object>;
  return tablesOf(graphOf({ aws_dynamodb_table }));
}

let running: Running;
const sensor = { B: Uint8Array.of(0, 255) };
const readings = [
  { at: "-5", value: "10", unit: "C", note: "z", extra: "e1" },
  { at: "2", value: "-1.5", unit: "F", note: "y", extra: "e2" },
  { at: "10", value: "9", unit: "C", note: "x", extra: "e3" },
];
beforeAll(async () => {
  running = await startServices({ tables: declared(), principals: [principal(everything)] });
  for (const { at, value, ...texts } of readings) {
    const other = Object.fromEntries(Object.entries(texts).map(([name, S]) => [name, { S }]));
    const Item = { sensor, at: { N: at }, value: { N: value }, day: { N: "7" }, ...other };
    await running.dynamodb.send(new PutItemCommand({ TableName, Item }));
  }
});
afterAll(() => running.stop());

const query = async (more: Partial<QueryCommandInput>) => {
  const ofSensor = { KeyConditionExpression: "sensor = :s", ExpressionAttributeValues: { ":s": sensor } };
  const { Items = [], ConsumedCapacity } = await running.dynamodb.send(
    new QueryCommand({ TableName, ...ofSensor, ...more }),
  );
  return { Items, ConsumedCapacity };
};
const numbers = async (name: string, more: Partial<QueryCommandInput>) =>
  (await query(more)).Items.map((item) => item[name]?.N);
const ofDay = {
  IndexName: "byDay",
  KeyConditionExpression: "#d = :d",
  ExpressionAttributeNames: { "#d": "day" },
  ExpressionAttributeValues: { ":d": { N: "7.0" } },
};
const ofUnit = {
  IndexName: "byUnit",
  KeyConditionExpression: "#u = :u",
  ExpressionAttributeNames: { "#u": "unit" },
  ExpressionAttributeValues: { ":u": { S: "F" } },
};
const namesIn = async (more: Partial<QueryCommandInput>) =>
  (await query(more)).Items.map((item) => Object.keys(item).sort().join(" "));

test("numbers are ordered by their values, in the table and in its indexes", async () => {
  expect(await numbers("at", {})).toEqual(["-5", "2", "10"]);
  expect(await numbers("at", ofDay)).toEqual(["-5", "2", "10"]);
  expect(await numbers("value", { IndexName: "byValue" })).toEqual(["-1.5", "9", "10"]);
});

test("a key of another type than the table's is refused", async () => {
  const get = (Key: object) => running.dynamodb.send(new GetItemCommand({ TableName, Key: Key as never }));
  expect((await get({ sensor, at: { N: "2.00" } })).Item?.["unit"]).toEqual({ S: "F" });
  await expect(get({ sensor, at: { S: "2" } })).rejects.toMatchObject({
    name: "ValidationException",
    message: "The provided key element does not match the schema",
  });
  await expect(query({ ...ofDay, ExpressionAttributeValues: { ":d": { S: "7" } } })).rejects.toThrow(
    "Condition parameter type does not match schema type",
  );
});

test("a local index is read consistently where that is asked for, a global one never", async () => {
  expect(await numbers("value", { IndexName: "byValue", ConsistentRead: true })).toHaveLength(3);
  await expect(query({ ...ofDay, ConsistentRead: true })).rejects.toThrow(
    "Consistent reads are not supported on global secondary indexes",
  );
});

test.each<[string, Partial<QueryCommandInput>, string[]]>([
  ["what a local index projects by name", { IndexName: "byValue", Limit: 1 }, ["at sensor unit value"]],
  ["the keys alone", { IndexName: "byNote", Limit: 1 }, ["at note sensor"]],
  ["the keys alone, of a global index", { ...ofDay, Limit: 1 }, ["at day sensor"]],
  ["what a global index projects by name", ofUnit, ["at note sensor unit"]],
])("a query gets %s", async (_, more, names) => {
  expect(await namesIn(more)).toEqual(names);
});

test("for a query of a local index the table is read for what the index has not, which costs a read of each item", async () => {
  const ReturnConsumedCapacity = "INDEXES";
  const all = await query({ IndexName: "byNote", Select: "ALL_ATTRIBUTES", ReturnConsumedCapacity });
  expect(all.Items.map(({ extra }) => extra?.S)).toEqual(["e3", "e2", "e1"]);
  expect(all.ConsumedCapacity).toMatchObject({
    Table: { CapacityUnits: 1.5 },
    LocalSecondaryIndexes: { byNote: { CapacityUnits: 0.5 } },
  });
  const named = { ProjectionExpression: "extra", Limit: 1 };
  expect((await query({ IndexName: "byNote", ...named })).Items).toEqual([{ extra: { S: "e3" } }]);
});

test("a global index gives nothing of the table, and says so", async () => {
  await expect(query({ ...ofDay, Select: "ALL_ATTRIBUTES" })).rejects.toThrow(
    "Select type ALL_ATTRIBUTES is not supported for global secondary index byDay because its projection type is not ALL",
  );
  await expect(query({ ...ofDay, ProjectionExpression: "extra" })).rejects.toThrow(
    "Global secondary index byDay does not project [extra]",
  );
});

test.each<[string, Record<string, unknown>, string]>([
  [
    "local indexes without a sort key of the table",
    { range_key: undefined },
    "Table KeySchema does not have a range key, which is required when specifying a LocalSecondaryIndex",
  ],
  [
    "an attribute that no key uses",
    { attribute: ["sensor", "at", "day", "value", "unit", "note", "more"].map((name) => ({ name, type: "S" })) },
    "Some AttributeDefinitions are not used",
  ],
  [
    "attributes of an index that projects keys alone",
    {
      local_secondary_index: [
        { name: "byValue", range_key: "value", projection_type: "KEYS_ONLY", non_key_attributes: ["unit"] },
      ],
    },
    "ProjectionType is KEYS_ONLY, but NonKeyAttributes is specified",
  ],
  [
    "more than 100 attributes that indexes project",
    {
      global_secondary_index: Array.from({ length: 6 }, (_, at) => ({
        ...{ name: `byDay${at}`, hash_key: "day", projection_type: "INCLUDE" },
        non_key_attributes: Array.from({ length: 17 }, (_, attribute) => `a${attribute}`),
      })),
    },
    "The NonKeyAttributes of all secondary indexes exceed the per-table limit of 100: 102",
  ],
])("a stack that declares %s does not start, as CreateTable would refuse it", async (_, change, message) => {
  const stack = emptyStack();
  new Table(stack, "readings", {
    ...{ name: TableName, partitionKey: "sensor", sortKey: "at", indexes: { byDay: { partitionKey: "day" } } },
    localIndexes: { byValue: { sortKey: "value" }, byUnit: { sortKey: "unit" }, byNote: { sortKey: "note" } },
  });
  const { aws_dynamodb_table } = synth(stack).json.resource as Record<string, object>;
  const [[id, table] = ["", {}]] = Object.entries(aws_dynamodb_table!);
  const tables = tablesOf(graphOf({ aws_dynamodb_table: { [id]: { ...table, ...change } } }));

  await expect(running.configure({ tables })).rejects.toThrow(
    `table readings: One or more parameter values were invalid: ${message}`,
  );
});
