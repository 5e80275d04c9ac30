import {
  type CreateTableCommandInput,
  GetItemCommand,
  PutItemCommand,
  ScanCommand,
  type TransactGetItem,
  TransactGetItemsCommand,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from "@aws-sdk/client-dynamodb";
import { type DynamoDb, simple, startDynamoDb } from "../../support/dynamodb";

/** A table whose key is a number. */
const numbered: CreateTableCommandInput = {
  TableName: "numbered",
  KeySchema: [{ AttributeName: "n", KeyType: "HASH" }],
  AttributeDefinitions: [{ AttributeName: "n", AttributeType: "N" }],
};
let database: DynamoDb;
beforeEach(async () => {
  database = await startDynamoDb([simple, numbered]);
});
afterEach(async () => {
  expect(database.problems).toEqual([]);
  await database.stop();
});

const TableName = "simple";
const key = (id: string) => ({ id: { S: id } });
const put = (id: string, more: object = {}): TransactWriteItem => ({
  Put: { TableName, Item: { ...key(id), ...more } },
});
const write = (TransactItems: TransactWriteItem[], ClientRequestToken?: string) =>
  database.client.send(new TransactWriteItemsCommand({ TransactItems, ClientRequestToken }));
const read = (TransactItems: TransactGetItem[]) => database.client.send(new TransactGetItemsCommand({ TransactItems }));
const ids = async (table = TableName) =>
  (await database.client.send(new ScanCommand({ TableName: table }))).Items!.map(({ id }) => id?.S).sort();
const reasons = async (items: TransactWriteItem[]) => {
  const error = await write(items).catch((thrown) => thrown);
  expect(error.name).toBe("TransactionCanceledException");
  return [error.message, error.CancellationReasons.map(({ Code }: { Code: string }) => Code)];
};
const many = <T>(count: number, of: (id: string) => T) => Array.from({ length: count }, (_, at) => of(String(at)));

test("100 items are changed in one transaction, and read in one, but not 101", async () => {
  await write(many(100, put));
  expect(await ids()).toHaveLength(100);
  const got = await read(many(100, (id) => ({ Get: { TableName, Key: key(id) } })));
  expect(got.Responses?.filter(({ Item }) => Item)).toHaveLength(100);
  const words = "Member must have length less than or equal to 100";
  await expect(write(many(101, (id) => put(`more ${id}`)))).rejects.toThrow(words);
  await expect(read(many(101, (id) => ({ Get: { TableName, Key: key(id) } })))).rejects.toThrow(words);
  expect(await ids()).toHaveLength(100);
});

const actions: Record<string, TransactWriteItem> = {
  Put: { Put: { TableName, Item: key("a") } },
  Update: { Update: { TableName, Key: key("a"), UpdateExpression: "SET b = id" } },
  Delete: { Delete: { TableName, Key: key("a") } },
  ConditionCheck: { ConditionCheck: { TableName, Key: key("a"), ConditionExpression: "attribute_not_exists(id)" } },
};
const pairs = Object.keys(actions).flatMap((one) => Object.keys(actions).map((other) => [one, other] as const));

test.each(pairs)("%s and %s of one item are refused in one transaction", async (one, other) => {
  await expect(write([actions[one]!, put("b"), actions[other]!])).rejects.toMatchObject({
    name: "ValidationException",
    message: "Transaction request cannot include multiple operations on one item",
  });
  expect(await ids()).toEqual([]);
});

test("a number that is written in two ways is one key, and one item of another table is another", async () => {
  const n = (N: string): TransactWriteItem => ({ Put: { TableName: "numbered", Item: { n: { N } } } });
  await expect(write([n("1"), n("1.0")])).rejects.toThrow("multiple operations on one item");
  const get = (N: string): TransactGetItem => ({ Get: { TableName: "numbered", Key: { n: { N } } } });
  await expect(read([get("1e2"), get("100")])).rejects.toThrow("multiple operations on one item");
  await write([n("1"), n("2"), put("1")]);
  expect((await read([get("1.00"), { Get: { TableName, Key: key("1") } }])).Responses).toEqual([
    { Item: { n: { N: "1" } } },
    { Item: key("1") },
  ]);
});

test("items of more than 4 MB together are neither written nor read", async () => {
  const large = (id: string) => put(id, { text: { S: "x".repeat(380 * 1024) } });
  await expect(write(many(12, large))).rejects.toThrow("Transaction request cannot be larger than 4 MB");
  expect(await ids()).toEqual([]);
  await write(many(10, large));
  for (const id of ["10", "11"]) {
    const Item = { ...key(id), text: { S: "x".repeat(380 * 1024) } };
    await database.client.send(new PutItemCommand({ TableName, Item }));
  }
  await expect(read(many(12, (id) => ({ Get: { TableName, Key: key(id) } })))).rejects.toThrow("larger than 4 MB");
});

test("what is refused says why for each of its parts, in their order, and nothing of it is done", async () => {
  await write([put("there")]);
  const absent = "attribute_not_exists(id)";
  const items: TransactWriteItem[] = [
    put("new"),
    { Put: { TableName, Item: key("there"), ConditionExpression: absent } },
    {
      Update: {
        TableName,
        Key: key("x"),
        UpdateExpression: "SET a = b + :n",
        ExpressionAttributeValues: { ":n": { N: "1" } },
      },
    },
    { ConditionCheck: { TableName, Key: key("y"), ConditionExpression: absent } },
    { Put: { TableName: "numbered", Item: { n: { N: "1" } } } },
  ];
  expect(await reasons(items)).toEqual([
    "Transaction cancelled, please refer cancellation reasons for specific reasons [None, ConditionalCheckFailed, ValidationError, None, None]",
    ["None", "ConditionalCheckFailed", "ValidationError", "None", "None"],
  ]);
  expect(await ids()).toEqual(["there"]);
  expect(await ids("numbered")).toEqual([]);
});

test.each([
  ["none", {}],
  ["two", { ...actions["Put"], ...actions["Delete"] }],
])("a part that does %s of the four things is refused", async (_, part) => {
  await expect(write([part])).rejects.toThrow("can only contain one of Check, Put, Update or Delete");
});

describe("a client's token", () => {
  const add = (by: string, id = "counter"): TransactWriteItem => ({
    Update: { TableName, Key: key(id), UpdateExpression: "ADD c :n", ExpressionAttributeValues: { ":n": { N: by } } },
  });
  const count = async () =>
    (await database.client.send(new GetItemCommand({ TableName, Key: key("counter") }))).Item?.["c"]?.N;

  test("has the same request done once, however often it comes", async () => {
    for (let at = 0; at < 3; at += 1) await write([add("2"), put("a")], "token");
    expect(await count()).toBe("2");
    await write([add("2")], "another");
    expect(await count()).toBe("4");
  });

  test("is refused for another request, of which nothing is done", async () => {
    await write([add("2")], "token");
    await expect(write([add("3")], "token")).rejects.toMatchObject({ name: "IdempotentParameterMismatchException" });
    await expect(write([add("2"), put("a")], "token")).rejects.toMatchObject({
      name: "IdempotentParameterMismatchException",
    });
    expect([await count(), await ids()]).toEqual(["2", ["counter"]]);
  });

  test("is not used up by a request that was refused", async () => {
    const items: TransactWriteItem[] = [
      add("2"),
      { ConditionCheck: { TableName, Key: key("gate"), ConditionExpression: "attribute_exists(id)" } },
    ];
    await expect(write(items, "token")).rejects.toMatchObject({ name: "TransactionCanceledException" });
    await write([put("gate")]);
    await write(items, "token");
    await write(items, "token");
    expect(await count()).toBe("2");
  });

  test("may be long, to a bound", async () => {
    await write([put("a")], "t".repeat(36));
    await expect(write([put("a")], "t".repeat(37))).rejects.toThrow("Member must have length less than or equal to 36");
  });
});

test("a transaction that reads finds nothing of what is not there, and projects what is asked for", async () => {
  await write([put("a", { x: { S: "1" }, y: { S: "2" } })]);
  const { Responses } = await read([
    { Get: { TableName, Key: key("a"), ProjectionExpression: "y" } },
    { Get: { TableName, Key: key("nobody") } },
  ]);
  expect(Responses).toEqual([{ Item: { y: { S: "2" } } }, {}]);
});
