import { join } from "node:path";
import { Database } from "../../../../local/services/dynamodb/database";
import { execute } from "../../../../local/services/dynamodb/operations";
import { temporaryFolder } from "../../support/stack-file";

/** A database of its own, which may be opened again from its log. */
function opened(path?: string, clock?: () => number) {
  const database = new Database({ ...(path === undefined ? {} : { path }), ...(clock ? { clock } : {}) });
  if (path !== undefined) database.open();
  const call = (operation: string, input: object) =>
    JSON.parse(execute(database, operation, input as Record<string, unknown>));
  return { database, call };
}

type Call = ReturnType<typeof opened>["call"];

const TableName = "things";
const table = (changes: object = {}) => ({
  TableName,
  KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
  AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
  BillingMode: "PAY_PER_REQUEST",
  ...changes,
});
const streamed = (name: string) =>
  table({ TableName: name, StreamSpecification: { StreamEnabled: true, StreamViewType: "KEYS_ONLY" } });

describe("the list of streams", () => {
  // In an ARN a slash follows the name, and a hyphen comes before that.
  const names = ["aaa-a", "aaa", "bbb", "ccc"];
  let call: Call;
  beforeAll(() => {
    call = opened().call;
    for (const name of [...names].reverse()) call("CreateTable", streamed(name));
    call("CreateTable", table({ TableName: "none" }));
  });
  const list = (input: object) => {
    const { Streams, LastEvaluatedStreamArn: last } = call("ListStreams", input);
    return { tables: Streams.map((stream: { TableName: string }) => stream.TableName), arns: Streams, last };
  };

  test("has those of all tables in the order of their ARNs, or one table's", () => {
    expect(list({})).toMatchObject({ tables: names, last: undefined });
    expect(list({ TableName: "bbb" })).toMatchObject({ tables: ["bbb"], last: undefined });
    expect(list({ TableName: "none" })).toMatchObject({ tables: [], last: undefined });
  });

  test("comes page by page, each after the last of the one before, and says when there are no more", () => {
    const first = list({ Limit: 2 });
    expect([first.tables, first.last]).toEqual([["aaa-a", "aaa"], first.arns[1].StreamArn]);
    const second = list({ Limit: 2, ExclusiveStartStreamArn: first.last });
    expect([second.tables, second.last]).toEqual([["bbb", "ccc"], undefined]);
    expect(list({ ExclusiveStartStreamArn: first.last, TableName: "aaa" }).tables).toEqual([]);
    expect(list({ Limit: 4 }).last).toBeUndefined();
    expect(list({ Limit: 3 }).last).toBe(list({}).arns[2].StreamArn);
  });
});

describe("the time to live of a table", () => {
  let call: Call;
  const update = (Enabled: boolean, AttributeName = "ends") =>
    call("UpdateTimeToLive", { TableName, TimeToLiveSpecification: { Enabled, AttributeName } });
  const described = () => call("DescribeTimeToLive", { TableName }).TimeToLiveDescription;
  beforeEach(() => {
    call = opened().call;
    call("CreateTable", table());
  });

  test("is what was enabled, until it is disabled", () => {
    expect(described()).toEqual({ TimeToLiveStatus: "DISABLED" });
    update(true);
    expect(described()).toEqual({ TimeToLiveStatus: "ENABLED", AttributeName: "ends" });
    update(false);
    expect(described()).toEqual({ TimeToLiveStatus: "DISABLED" });
  });

  test("is not enabled twice, not disabled twice, and not disabled by another attribute", () => {
    expect(() => update(false)).toThrow("TimeToLive is already disabled");
    update(true);
    expect(() => update(true)).toThrow("TimeToLive is already enabled");
    expect(() => update(true, "other")).toThrow("TimeToLive is already enabled");
    expect(() => update(false, "other")).toThrow(
      "TimeToLive is active on a different AttributeName: current AttributeName is ends",
    );
    expect(described()).toMatchObject({ AttributeName: "ends" });
  });
});

describe("the tags of a table", () => {
  let call: Call;
  let ResourceArn: string;
  beforeEach(() => {
    call = opened().call;
    ResourceArn = call("CreateTable", table({ Tags: [{ Key: "a", Value: "1" }] })).TableDescription.TableArn;
  });
  const tags = () => call("ListTagsOfResource", { ResourceArn }).Tags;

  test("are those that it was made with, added, changed and taken away", () => {
    call("TagResource", { ResourceArn, Tags: [{ Key: "b", Value: "2" }] });
    call("TagResource", { ResourceArn, Tags: [{ Key: "a", Value: "3" }] });
    expect(tags()).toEqual([
      { Key: "a", Value: "3" },
      { Key: "b", Value: "2" },
    ]);
    call("UntagResource", { ResourceArn, TagKeys: ["a", "none"] });
    expect(tags()).toEqual([{ Key: "b", Value: "2" }]);
  });

  test("are 50 at most, and no call is about none", () => {
    const more = (count: number) => Array.from({ length: count }, (_, at) => ({ Key: `more${at}`, Value: "" }));
    expect(() => call("TagResource", { ResourceArn, Tags: more(50) })).toThrow("Too many tags: more than 50");
    call("TagResource", { ResourceArn, Tags: more(49) });
    expect(tags()).toHaveLength(50);
    expect(() => call("TagResource", { ResourceArn, Tags: [] })).toThrow("Atleast one Tag needs to be provided");
    expect(() => call("UntagResource", { ResourceArn, TagKeys: [] })).toThrow("Atleast one Tag Key needs to be");
  });
});

test.each<[what: string, projection: object, message: string | undefined]>([
  [
    "attributes beside keys alone",
    { ProjectionType: "KEYS_ONLY", NonKeyAttributes: ["a"] },
    "ProjectionType is KEYS_ONLY, but NonKeyAttributes is specified",
  ],
  [
    "attributes beside everything",
    { ProjectionType: "ALL", NonKeyAttributes: ["a"] },
    "ProjectionType is ALL, but NonKeyAttributes is specified",
  ],
  [
    "some attributes, and not which",
    { ProjectionType: "INCLUDE" },
    "ProjectionType is INCLUDE, but NonKeyAttributes is not specified",
  ],
  ["some attributes", { ProjectionType: "INCLUDE", NonKeyAttributes: ["a"] }, undefined],
  ["everything", { ProjectionType: "ALL" }, undefined],
  ["keys alone", { ProjectionType: "KEYS_ONLY" }, undefined],
])("an index that projects %s is made or refused", (_, Projection, message) => {
  const GlobalSecondaryIndexes = [
    { IndexName: "byId", KeySchema: [{ AttributeName: "id", KeyType: "HASH" }], Projection },
  ];
  const made = () => opened().call("CreateTable", table({ GlobalSecondaryIndexes }));
  if (message === undefined) expect(made).not.toThrow();
  else expect(made).toThrow(message);
});

test.each<[what: string, actions: readonly object[]]>([
  ["nothing", [{}]],
  ["something of no kind", [{ Get: { TableName, Key: { id: { S: "a" } } } }]],
  [
    "two things at once",
    [
      {
        Put: { TableName, Item: { id: { S: "a" } } },
        Delete: { TableName, Key: { id: { S: "b" } } },
      },
    ],
  ],
])("a transaction of which an action says %s is refused, and does nothing", (_, TransactItems) => {
  const { call } = opened();
  call("CreateTable", table());
  const put = { Put: { TableName, Item: { id: { S: "first" } } } };
  expect(() => call("TransactWriteItems", { TransactItems: [put, ...TransactItems] })).toThrow();
  expect(call("Scan", { TableName }).Items).toEqual([]);
  call("TransactWriteItems", { TransactItems: [put] });
  expect(call("Scan", { TableName }).Items).toEqual([{ id: { S: "first" } }]);
});

test("what a stream says of a change outlives the process: when it was, and whether the time to live removed it", () => {
  const path = join(temporaryFolder(), "dynamodb.log");
  let now = Date.UTC(2026, 0, 1);
  const first = opened(path, () => now);
  const { LatestStreamArn: StreamArn } = first.call("CreateTable", streamed(TableName)).TableDescription;
  first.call("UpdateTimeToLive", { TableName, TimeToLiveSpecification: { Enabled: true, AttributeName: "ends" } });
  for (const id of ["expires", "deleted"]) {
    now += 60_000;
    first.call("PutItem", { TableName, Item: { id: { S: id }, ends: { N: String(now / 1000 + 600) } } });
  }
  first.call("DeleteItem", { TableName, Key: { id: { S: "deleted" } } });
  now += 3_600_000;
  first.database.sweep();
  const records = ({ call }: { readonly call: Call }) => {
    const [{ ShardId }] = call("DescribeStream", { StreamArn }).StreamDescription.Shards;
    const asked = { StreamArn, ShardId, ShardIteratorType: "TRIM_HORIZON" };
    return call("GetRecords", { ShardIterator: call("GetShardIterator", asked).ShardIterator }).Records;
  };
  const before = records(first);
  expect(
    before.map(
      (record: { eventName: string; userIdentity?: object; dynamodb: { ApproximateCreationDateTime: number } }) => [
        record.eventName,
        record.userIdentity !== undefined,
        record.dynamodb.ApproximateCreationDateTime,
      ],
    ),
  ).toEqual([
    ["INSERT", false, Date.UTC(2026, 0, 1, 0, 1) / 1000],
    ["INSERT", false, Date.UTC(2026, 0, 1, 0, 2) / 1000],
    ["REMOVE", false, Date.UTC(2026, 0, 1, 0, 2) / 1000],
    ["REMOVE", true, Date.UTC(2026, 0, 1, 1, 2) / 1000],
  ]);
  expect(records(opened(path, () => now))).toEqual(before);
});
