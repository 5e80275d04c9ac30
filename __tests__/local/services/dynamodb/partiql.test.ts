import {
  type AttributeValue,
  BatchExecuteStatementCommand,
  ExecuteStatementCommand,
  ExecuteTransactionCommand,
  PutItemCommand,
} from "@aws-sdk/client-dynamodb";
import { type DynamoDb, startDynamoDb } from "../../support/dynamodb";

/** Statements of PartiQL. (Developer guide: "PartiQL - a SQL-compatible query language for Amazon DynamoDB") */

const table = {
  TableName: "pairs",
  KeySchema: [
    { AttributeName: "p", KeyType: "HASH" as const },
    { AttributeName: "s", KeyType: "RANGE" as const },
  ],
  AttributeDefinitions: [
    { AttributeName: "p", AttributeType: "S" as const },
    { AttributeName: "s", AttributeType: "N" as const },
    { AttributeName: "g", AttributeType: "S" as const },
  ],
  GlobalSecondaryIndexes: [
    {
      IndexName: "byG",
      KeySchema: [{ AttributeName: "g", KeyType: "HASH" as const }],
      Projection: { ProjectionType: "KEYS_ONLY" as const },
    },
  ],
};

let database: DynamoDb;
beforeAll(async () => {
  database = await startDynamoDb([table]);
});
afterAll(() => database.stop());
afterEach(() => expect(database.problems).toEqual([]));

const put = (s: number, more: Record<string, AttributeValue>, p = "x") =>
  database.client.send(new PutItemCommand({ TableName: "pairs", Item: { p: { S: p }, s: { N: String(s) }, ...more } }));
beforeEach(async () => {
  await put(1, { name: { S: "it's" }, n: { N: "5" }, m: { M: { a: { L: [{ S: "0" }, { S: "1" }] } } }, g: { S: "g" } });
  await put(2, { name: { S: "two" }, t: { SS: ["a", "b"] }, nothing: { NULL: true } });
  await put(3, { name: { S: "three" }, "select me": { BOOL: true } }, "y");
});

const run = (Statement: string, more: object = {}) =>
  database.client.send(new ExecuteStatementCommand({ Statement, ...more }));
const sorts = async (statement: string, more: object = {}) =>
  ((await run(statement, more)).Items ?? []).map(({ s }) => Number(s?.N)).sort();
const itemAt = async (s: number, p = "x") =>
  (await run("SELECT * FROM pairs WHERE p = ? AND s = ?", { Parameters: [{ S: p }, { N: String(s) }] })).Items?.[0];
const refusal = (statement: string, more: object = {}) =>
  run(statement, more).then(
    () => "nothing was refused",
    (error) => `${error.name}: ${error.message}`,
  );

test.each([
  ["p = 'x'", [1, 2]],
  ["p = 'x' AND s = 2", [2]],
  ["p = 'x' AND s >= 2", [2]],
  ["p = 'x' AND s BETWEEN 1 AND 1.5", [1]],
  ["p = 'x' AND s BETWEEN 0 AND 9 AND name = 'two'", [2]],
  [`"p" = 'x' and "name" = 'it''s'`, [1]],
  ["p IN ['x', 'y']", [1, 2, 3]],
  ["p IN ('y')", [3]],
  ["s > 1", [2, 3]],
  ["p = 'x' OR s = 3", [1, 2, 3]],
  ["p = 'x' AND (n = 5 OR s = 2)", [1, 2]],
  ["p = 'x' AND NOT n = 5", [2]],
  ["p = 'x' AND n <> 5", [2]],
  ["p = 'x' AND n != 5", [2]],
  ["p = 'x' AND n IS MISSING", [2]],
  ["p = 'x' AND n IS NOT MISSING", [1]],
  ["nothing IS NULL", [2]],
  ["p = 'x' AND nothing IS NOT NULL", [1]],
  ["p = 'x' AND begins_with(name, 't')", [2]],
  ["contains(t, 'a')", [2]],
  ["attribute_type(n, 'N')", [1]],
  ["size(name) = 4", [1]],
  ["m.a[1] = '1'", [1]],
  ["m.a = ['0', '1']", [1]],
  ["m = {'a': ['0', '1']}", [1]],
  ["t = <<'b', 'a'>>", [2]],
  [`"select me" = true`, [3]],
])("SELECT * FROM pairs WHERE %s", async (condition, found) => {
  expect(await sorts(`SELECT * FROM "pairs" WHERE ${condition}`)).toEqual(found);
  expect(await sorts(`select * from pairs where ${condition};`)).toEqual(found);
});

test("attributes are named by the last part of their paths", async () => {
  const { Items } = await run("SELECT name, m.a, m.a[1], missing FROM pairs WHERE p = 'x' AND s = 1");
  expect(Items).toEqual([{ name: { S: "it's" }, a: { L: [{ S: "0" }, { S: "1" }] }, _3: { S: "1" } }]);
});

test("an index is a part of its table", async () => {
  expect(await sorts(`SELECT * FROM "pairs"."byG" WHERE g = 'g'`)).toEqual([1]);
  expect(await refusal(`SELECT * FROM pairs.byG WHERE g = 'g' AND name = 'x'`)).toMatch(/does not project.*\[name\]/);
  expect(await refusal(`SELECT * FROM pairs.none`)).toMatch(/^ValidationException: .*index: none/);
});

test("pages, order and consistent reads", async () => {
  const order = async (words: string) =>
    (await run(`SELECT s FROM pairs WHERE p = 'x' ORDER BY s ${words}`)).Items?.map(({ s }) => s?.N);
  expect([await order("DESC"), await order("ASC"), await order("")]).toEqual([
    ["2", "1"],
    ["1", "2"],
    ["1", "2"],
  ]);
  const first = await run("SELECT * FROM pairs WHERE p = 'x'", { Limit: 1, ConsistentRead: true });
  expect(await sorts("SELECT * FROM pairs WHERE p = 'x'", { NextToken: first.NextToken })).toEqual([2]);
});

test("an item is inserted once", async () => {
  const statement = "INSERT INTO pairs VALUE {'p': ?, 's': 9, 'l': [1, {'a': <<2, 3>>}], 'n': NULL, 'b': FALSE}";
  const Parameters = [{ S: "inserted" }];
  await run(statement, { Parameters });
  expect(await itemAt(9, "inserted")).toEqual({
    ...{ p: { S: "inserted" }, s: { N: "9" }, n: { NULL: true }, b: { BOOL: false } },
    l: { L: [{ N: "1" }, { M: { a: { NS: ["2", "3"] } } }] },
  });
  expect(await refusal(statement, { Parameters })).toMatch(/^DuplicateItemException/);
});

test("an item is updated, if it is there and is as asked", async () => {
  const { Items } = await run(
    `UPDATE pairs SET name = 'new' SET n = n + 1, m.a = list_append(m.a, ['2']) REMOVE g
     WHERE p = 'x' AND s = 1 AND n = 5 RETURNING MODIFIED NEW *`,
  );
  const a = { L: [{ S: "0" }, { S: "1" }, { S: "2" }] };
  expect(Items).toEqual([{ name: { S: "new" }, n: { N: "6" }, m: { M: { a } } }]);
  await run("UPDATE pairs SET t = set_add(t, <<'c'>>) WHERE p = 'x' AND s = 2");
  await run("UPDATE pairs SET t = set_delete(t, <<'a'>>) WHERE p = 'x' AND s = 2");
  expect((await itemAt(2))?.["t"]).toEqual({ SS: ["b", "c"] });
  for (const condition of ["p = 'x' AND s = 1 AND n = 5", "p = 'x' AND s = 77"])
    expect(await refusal(`UPDATE pairs SET name = 'no' WHERE ${condition}`)).toMatch(
      /^ConditionalCheckFailedException/,
    );
});

test("an item is deleted, if it is as asked", async () => {
  expect(await refusal("DELETE FROM pairs WHERE p = 'x' AND s = 2 AND name = 'one'")).toMatch(/^ConditionalCheck/);
  const { Items } = await run("DELETE FROM pairs WHERE p = 'x' AND s = 2 RETURNING ALL OLD *");
  expect(Items?.[0]?.["name"]).toEqual({ S: "two" });
  expect((await run("DELETE FROM pairs WHERE p = 'x' AND s = 2")).Items).toEqual([]);
});

test.each([
  ["SELECTT * FROM pairs", /not well formed|wasn't well formed/],
  ["SELECT * FROM pairs WHERE", /^ValidationException/],
  ["SELECT * FROM pairs WHERE p = ", /^ValidationException/],
  ["SELECT * FROM pairs WHERE p = 'x", /^ValidationException/],
  ["SELECT * FROM pairs WHERE p = 'x')", /^ValidationException/],
  ["SELECT * FROM pairs GROUP BY p", /^ValidationException/],
  ["SELECT * FROM nowhere", /^ResourceNotFoundException/],
  ["SELECT * FROM pairs WHERE p = ?", /Number of parameters/],
  ["SELECT * FROM pairs ORDER BY s", /WHERE clause/],
  ["UPDATE pairs SET name = 'x' WHERE p = 'x'", /mandatory equality on all key attributes/],
  ["UPDATE pairs WHERE p = 'x' AND s = 1", /^ValidationException/],
  ["UPDATE pairs SET s = 2 WHERE p = 'x' AND s = 1", /part of the key/],
  ["DELETE FROM pairs WHERE p = 'x' OR s = 1", /mandatory equality on all key attributes/],
  ["INSERT INTO pairs VALUE 5", /^ValidationException/],
  ["INSERT INTO pairs VALUE {'p': 'x'}", /Missing the key s/],
  ["EXISTS(SELECT * FROM pairs WHERE p = 'x')", /DynamoDB EXISTS of PartiQL is not emulated/],
  ["constructor", /^ValidationException/],
])("%s is refused", async (statement, words) => {
  expect(await refusal(statement)).toMatch(words);
});

test("a parameter that no statement asks for is refused", async () => {
  expect(await refusal("SELECT * FROM pairs", { Parameters: [{ S: "x" }] })).toMatch(/Number of parameters/);
});

test("of a batch each statement is done by itself", async () => {
  const batch = (...Statements: string[]) =>
    database.client.send(
      new BatchExecuteStatementCommand({ Statements: Statements.map((Statement) => ({ Statement })) }),
    );
  const { Responses } = await batch(
    "SELECT name FROM pairs WHERE p = 'x' AND s = 1",
    "SELECT * FROM pairs WHERE p = 'x'",
    "SELECT * FROM nowhere WHERE p = 'x'",
    "SELEC",
  );
  expect(Responses).toMatchObject([
    { TableName: "pairs", Item: { name: { S: "it's" } } },
    { Error: { Code: "ValidationError" } },
    { Error: { Code: "ResourceNotFound" } },
    { Error: { Code: "ValidationError" } },
  ]);
  const mixed = batch("SELECT * FROM pairs WHERE p = 'x' AND s = 1", "DELETE FROM pairs WHERE p = 'x' AND s = 1");
  await expect(mixed).rejects.toThrow("either all read or all write");
});

test("a transaction is done whole or not at all", async () => {
  const transact = (...statements: string[]) =>
    database.client.send(
      new ExecuteTransactionCommand({ TransactStatements: statements.map((Statement) => ({ Statement })) }),
    );
  const insert = "INSERT INTO pairs VALUE {'p': 'x', 's': 50}";
  await transact(
    insert,
    "UPDATE pairs SET name = 'both' WHERE p = 'x' AND s = 1",
    "DELETE FROM pairs WHERE p = 'x' AND s = 2",
  );
  expect([await itemAt(50), (await itemAt(1))?.["name"], await itemAt(2)]).toEqual([
    { p: { S: "x" }, s: { N: "50" } },
    { S: "both" },
    undefined,
  ]);
  const repeated = transact("DELETE FROM pairs WHERE p = 'x' AND s = 1", insert);
  await expect(repeated).rejects.toMatchObject({ CancellationReasons: [{ Code: "None" }, { Code: "DuplicateItem" }] });
  expect(await itemAt(1)).toBeDefined();
  const read = await transact(
    "SELECT * FROM pairs WHERE p = 'x' AND s = 50",
    "SELECT * FROM pairs WHERE p = 'x' AND s = 51",
  );
  expect(read.Responses).toEqual([{ Item: { p: { S: "x" }, s: { N: "50" } } }, {}]);
});
