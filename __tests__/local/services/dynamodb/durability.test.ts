import { appendFileSync, readFileSync, statSync, truncateSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { TableDefinition } from "../../../../local/read/table-definition";
import { Database, type DatabaseOptions } from "../../../../local/services/dynamodb/database";
import { execute } from "../../../../local/services/dynamodb/operations";
import { unnoticedChanges } from "../../support/flipped-bytes";
import { temporaryFolder } from "../../support/stack-file";

const things = {
  TableName: "things",
  KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
  AttributeDefinitions: [
    { AttributeName: "id", AttributeType: "S" },
    { AttributeName: "group", AttributeType: "S" },
  ],
  BillingMode: "PAY_PER_REQUEST",
  GlobalSecondaryIndexes: [
    {
      IndexName: "byGroup",
      KeySchema: [{ AttributeName: "group", KeyType: "HASH" }],
      Projection: { ProjectionType: "ALL" },
    },
  ],
  StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_AND_OLD_IMAGES" },
};

const newPath = (): string => join(temporaryFolder(), "dynamodb.log");

function opened(path: string, more: DatabaseOptions = {}) {
  const database = new Database({ path, ...more });
  database.open();
  const call = (operation: string, input: object) =>
    JSON.parse(execute(database, operation, input as Record<string, unknown>));
  return { database, call };
}

type Call = ReturnType<typeof opened>["call"];

const put = (call: Call, id: string, more: object = {}) =>
  call("PutItem", { TableName: "things", Item: { id: { S: id }, ...more } });
const all = (call: Call, more: object = {}) => call("Scan", { TableName: "things", ...more }).Items;

/** All that a client can see. */
const visible = (call: Call, streamArn: string) => {
  const { Shards } = call("DescribeStream", { StreamArn: streamArn }).StreamDescription;
  const { ShardIterator } = call("GetShardIterator", {
    StreamArn: streamArn,
    ShardId: Shards[0].ShardId,
    ShardIteratorType: "TRIM_HORIZON",
  });
  return {
    table: call("DescribeTable", { TableName: "things" }),
    items: all(call),
    index: all(call, { IndexName: "byGroup" }),
    records: call("GetRecords", { ShardIterator }).Records,
  };
};

function filled(path: string) {
  const { database, call } = opened(path);
  const { TableDescription: table } = call("CreateTable", things);
  put(call, "a", { group: { S: "g" } });
  put(call, "b", { group: { S: "g" }, n: { N: "1.0" } });
  put(call, "é\u{1F600}", { group: { S: "\u0000" }, b: { B: "AAECAw==" } });
  call("UpdateItem", {
    TableName: "things",
    Key: { id: { S: "b" } },
    UpdateExpression: "SET #g = :g ADD n :n",
    ExpressionAttributeNames: { "#g": "group" },
    ExpressionAttributeValues: { ":g": { S: "h" }, ":n": { N: "2" } },
  });
  call("DeleteItem", { TableName: "things", Key: { id: { S: "a" } } });
  return { database, call, streamArn: String(table.LatestStreamArn) };
}

test("a database that is read again is what it was: tables, items, index rows and stream", () => {
  const path = newPath();
  const { call, streamArn } = filled(path);
  const before = visible(call, streamArn);
  expect(before.records).toHaveLength(5);
  expect(visible(opened(path).call, streamArn)).toEqual(before);
  // And once more after the log has been written anew.
  const compacted = opened(path);
  compacted.database.provision([]);
  expect(visible(opened(path).call, streamArn)).toEqual(before);
});

test("of a transaction whose line was cut off nothing is there, wherever it was cut", () => {
  const path = newPath();
  const { call } = filled(path);
  const before = all(call);
  const { size } = statSync(path);
  call("TransactWriteItems", {
    TransactItems: ["x", "y", "z"].map((id) => ({ Put: { TableName: "things", Item: { id: { S: id } } } })),
  });
  const whole = readFileSync(path);
  for (let cut = whole.length - 1; cut >= size; cut -= 13) {
    writeFileSync(path, whole);
    truncateSync(path, cut);
    expect(all(opened(path).call)).toEqual(before);
  }
  writeFileSync(path, whole);
  expect(all(opened(path).call)).toHaveLength(before.length + 3);
});

test("what the disk does not take has not happened, and what comes after it has", () => {
  const path = newPath();
  filled(path);
  let full = false;
  const { call } = opened(path, {
    write: (file, bytes, offset, length) => {
      if (!full) return writeSync(file, bytes, offset, length);
      // As a full disk does: a part, and then no more.
      writeSync(file, bytes, offset, Math.min(5, length));
      throw Object.assign(new Error("no space left on device"), { code: "ENOSPC" });
    },
  });
  const before = [all(call), all(call, { IndexName: "byGroup" })];
  full = true;
  expect(() => put(call, "lost", { group: { S: "g" } })).toThrow("no space left on device");
  expect(() => call("DeleteItem", { TableName: "things", Key: { id: { S: "b" } } })).toThrow("no space left");
  expect(() => call("DeleteTable", { TableName: "things" })).toThrow("no space left");
  expect([all(call), all(call, { IndexName: "byGroup" })]).toEqual(before);
  full = false;
  put(call, "kept");
  expect(all(opened(path).call)).toEqual(all(call));
});

test("a log is written anew once most of it is dead", () => {
  const path = newPath();
  const { call } = opened(path);
  call("CreateTable", { ...things, StreamSpecification: undefined });
  const text = "x".repeat(100_000);
  for (let count = 0; count < 150; count += 1) put(call, "same", { text: { S: text }, count: { N: String(count) } });
  expect(statSync(path).size).toBeLessThan(6_000_000);
  expect(all(opened(path).call)).toEqual(all(call));
});

test("a log is written anew a piece at a time: no act writes more than a part of it, and none is lost wherever it ends", () => {
  const path = newPath();
  let written = 0;
  const { call } = opened(path, {
    write: (file, bytes, offset, length) => {
      written += length;
      return writeSync(file, bytes, offset, length);
    },
  });
  call("CreateTable", { ...things, StreamSpecification: undefined });
  const text = { S: "x".repeat(10_000) };
  for (let id = 0; id < 600; id += 1) put(call, `item-${id}`, { text, group: { S: "g" } });
  const sizes: number[] = [];
  for (let act = 0; act < 2000; act += 1) {
    written = 0;
    const id = `item-${(act * 7) % 600}`;
    if (act % 3 === 0) call("DeleteItem", { TableName: "things", Key: { id: { S: id } } });
    else put(call, id, { text, act: { N: String(act) }, group: { S: "h" } });
    expect(written).toBeLessThan(500_000);
    sizes.push(statSync(path).size);
    if (act % 97 === 0 || (sizes.at(-2) ?? 0) > (sizes.at(-1) ?? 0)) {
      const copy = newPath();
      writeFileSync(copy, readFileSync(path));
      const again = opened(copy).call;
      expect(all(again)).toEqual(all(call));
      expect(all(again, { IndexName: "byGroup" })).toEqual(all(call, { IndexName: "byGroup" }));
    }
  }
  expect(sizes.some((size, at) => size < (sizes[at - 1] ?? 0) / 1.5)).toBe(true);
});

test("a disk that is too full for a new log harms nothing, and the log is written anew when there is room", () => {
  const path = newPath();
  let room = Number.POSITIVE_INFINITY;
  const { call } = opened(path, {
    write: (file, bytes, offset, length) => {
      if (length > room) throw Object.assign(new Error("no space left on device"), { code: "ENOSPC" });
      return writeSync(file, bytes, offset, length);
    },
  });
  call("CreateTable", { ...things, StreamSpecification: undefined });
  const overwrite = (count: number) => {
    for (let at = 0; at < count; at += 1)
      put(call, "same", { text: { S: "x".repeat(100_000) }, at: { N: String(at) } });
  };
  for (let id = 0; id < 20; id += 1) put(call, `other-${id}`, { text: { S: "x".repeat(50_000) } });
  room = 110_000;
  overwrite(150);
  expect(statSync(path).size).toBeGreaterThan(15_000_000);
  expect(all(opened(path).call)).toEqual(all(call));
  room = Number.POSITIVE_INFINITY;
  overwrite(300);
  expect(statSync(path).size).toBeLessThan(16_000_000);
  expect(all(opened(path).call)).toEqual(all(call));
});

test("a client's token outlives the process, for ten minutes", () => {
  const path = newPath();
  let now = 1_000_000;
  const clock = () => now;
  const write = (text: string) => ({
    ClientRequestToken: "token",
    TransactItems: [{ Put: { TableName: "things", Item: { id: { S: text } } } }],
  });
  const first = opened(path, { clock });
  first.call("CreateTable", things);
  first.call("TransactWriteItems", write("a"));
  first.call("DeleteItem", { TableName: "things", Key: { id: { S: "a" } } });
  const again = opened(path, { clock });
  again.call("TransactWriteItems", write("a"));
  expect(all(again.call)).toEqual([]);
  expect(() => again.call("TransactWriteItems", write("b"))).toThrow("same client token");
  now += 10 * 60 * 1000;
  again.call("TransactWriteItems", write("b"));
  expect(all(again.call)).toEqual([{ id: { S: "b" } }]);
});

const declared = (TableName: string, key = "id"): TableDefinition => ({
  name: TableName,
  arn: `arn:aws:dynamodb:us-east-1:000000000000:table/${TableName}`,
  timeToLiveAttribute: undefined,
  create: {
    TableName,
    KeySchema: [{ AttributeName: key, KeyType: "HASH" }],
    AttributeDefinitions: [{ AttributeName: key, AttributeType: "S" }],
    BillingMode: "PAY_PER_REQUEST",
  },
});

const olderLog = [
  ["things", "ab/61/", { id: { S: "a" }, n: { N: "1" } }],
  ["things", "cd/62/", { id: { S: "b" } }],
  ["others", "cd/63/", { id: { S: "c" } }],
  ["things", "ab/61/", { id: { S: "a" }, n: { N: "2" } }],
  ["things", "cd/62/", null],
]
  .map((entry) => `${JSON.stringify(entry)}\n`)
  .join("");

test("a log of the form that came before is read, also of tables that are declared later", () => {
  const path = newPath();
  writeFileSync(path, olderLog);
  const first = opened(path);
  first.database.provision([declared("things")]);
  expect(all(first.call)).toEqual([{ id: { S: "a" }, n: { N: "2" } }]);
  put(first.call, "d");
  const second = opened(path);
  second.database.provision([declared("things"), declared("others")]);
  expect(all(second.call)).toHaveLength(2);
  expect(all(second.call, { TableName: "others" })).toEqual([{ id: { S: "c" } }]);
  expect(all(second.call)).toEqual(all(first.call));
});

test("a table that no stack declares is not there, and its items come back with it", () => {
  const path = newPath();
  const { database, call } = opened(path);
  database.provision([declared("things"), declared("others")]);
  put(call, "a");
  database.provision([declared("others")]);
  expect(() => all(call)).toThrow("Requested resource not found");
  expect(call("ListTables", {})).toEqual({ TableNames: ["others"] });
  const again = opened(path);
  again.database.provision([declared("things")]);
  expect(all(again.call)).toEqual([{ id: { S: "a" } }]);
});

test("items that do not fit a table's new keys are no reason to lose them", () => {
  const path = newPath();
  const { database, call } = opened(path);
  database.provision([declared("things")]);
  put(call, "a", { name: { S: "n" } });
  put(call, "b");
  expect(() => database.provision([declared("things", "name")])).toThrow(
    "table things: stored items do not fit its keys (One or more parameter values were invalid: Missing the key name in the item); --fresh starts without stored data",
  );
  expect(all(call)).toHaveLength(2);
  call("DeleteItem", { TableName: "things", Key: { id: { S: "b" } } });
  database.provision([declared("things", "name")]);
  const again = opened(path);
  again.database.provision([declared("things", "name")]);
  expect(again.call("GetItem", { TableName: "things", Key: { name: { S: "n" } } }).Item).toEqual({
    id: { S: "a" },
    name: { S: "n" },
  });
});

test.each([
  "{}",
  "[1,2]",
  '["things"]',
  '{"table":"nowhere","put":{"id":{"S":"a"}}}',
  "[",
  '{"table":"things","put":{',
])("a damaged line (%s) is named, and how to go on without it", (line) => {
  const path = newPath();
  filled(path);
  const lines = readFileSync(path, "utf8").trimEnd().split("\n").length;
  appendFileSync(path, `${line}\n`);
  expect(() => opened(path)).toThrow(`${path}: line ${lines + 1} is damaged`);
});

test("whatever byte is changed of a log, the line is named, and the log can be read without it", () => {
  const path = newPath();
  const { database, call } = opened(path);
  database.provision([declared("things")]);
  put(call, "a", { text: { S: "é" } });
  call("DeleteItem", { TableName: "things", Key: { id: { S: "a" } } });
  expect(unnoticedChanges({ path, read: (changed) => opened(changed).database.close(), sparse: true })).toEqual([]);
});
