import {
  type AttributeValue,
  DeleteItemCommand,
  PutItemCommand,
  ScanCommand,
  TransactWriteItemsCommand,
} from "@aws-sdk/client-dynamodb";
import { type DynamoDb, simple, startDynamoDb } from "../../support/dynamodb";

let database: DynamoDb;
beforeAll(async () => {
  database = await startDynamoDb([simple]);
});
afterAll(() => database.stop());

const TableName = "simple";
const bytes = (...values: number[]) => Uint8Array.from(values);
const put = (a: AttributeValue, more: object = {}) =>
  database.client.send(new PutItemCommand({ TableName, Item: { id: { S: "x" }, a }, ...more }));
const passes = async (condition: string, values: Record<string, AttributeValue>): Promise<boolean> => {
  const more = { ConditionExpression: condition, ExpressionAttributeValues: values };
  const check = { TableName, Key: { id: { S: "x" } }, ...more };
  const done = database.client.send(new TransactWriteItemsCommand({ TransactItems: [{ ConditionCheck: check }] }));
  return done.then(
    () => true,
    (error) => {
      expect(error.name).toBe("TransactionCanceledException");
      return false;
    },
  );
};
const finds = async (more: object) =>
  (await database.client.send(new ScanCommand({ TableName, ...more }))).Items!.length === 1;

const deep = (n: string, order: "ab" | "ba"): AttributeValue => ({
  M: Object.fromEntries(
    (order === "ab" ? ["a", "b"] : ["b", "a"]).map((name) => [
      name,
      name === "a" ? { L: [{ N: n }, { M: { set: { NS: ["1", n] } } }] } : { BS: [bytes(1), bytes(2, 3)] },
    ]),
  ),
});

/** Values that are equal though they are written otherwise, by what differs. */
const equals: readonly [string, AttributeValue, AttributeValue][] = [
  ["strings", { S: "é" }, { S: "é" }],
  ["numbers of other spelling", { N: "100" }, { N: "1.00E+2" }],
  ["zeros", { N: "0" }, { N: "-0.000" }],
  ["binaries", { B: bytes(0, 255) }, { B: bytes(0, 255) }],
  ["booleans", { BOOL: false }, { BOOL: false }],
  ["nulls", { NULL: true }, { NULL: true }],
  ["string sets in another order", { SS: ["a", "b"] }, { SS: ["b", "a"] }],
  ["number sets in another order and spelling", { NS: ["1", "2.50"] }, { NS: ["25e-1", "+1.0"] }],
  ["binary sets in another order", { BS: [bytes(1), bytes(2)] }, { BS: [bytes(2), bytes(1)] }],
  ["empty lists", { L: [] }, { L: [] }],
  ["lists", { L: [{ N: "1" }, { S: "a" }] }, { L: [{ N: "1.0" }, { S: "a" }] }],
  ["empty maps", { M: {} }, { M: {} }],
  ["maps in another order, with lists, sets and numbers in them", deep("2", "ab"), deep("2.0", "ba")],
  ["maps of peculiar names", JSON.parse('{"M":{"__proto__":{"S":"a"}}}'), JSON.parse('{"M":{"__proto__":{"S":"a"}}}')],
];

/** Values that are not equal. */
const differs: readonly [string, AttributeValue, AttributeValue][] = [
  ["a number and its text", { N: "1" }, { S: "1" }],
  ["texts of one appearance", { S: "é" }, { S: "e\u0301" }],
  ["null and false", { NULL: true }, { BOOL: false }],
  ["an empty list and an empty map", { L: [] }, { M: {} }],
  ["lists in another order", { L: [{ N: "1" }, { N: "2" }] }, { L: [{ N: "2" }, { N: "1" }] }],
  ["a list and its beginning", { L: [{ N: "1" }, { N: "2" }] }, { L: [{ N: "1" }] }],
  ["a set and a part of it", { SS: ["a", "b"] }, { SS: ["a"] }],
  ["a set of texts and one of numbers", { SS: ["1"] }, { NS: ["1"] }],
  ["maps of other names", { M: { a: { S: "x" } } }, { M: { b: { S: "x" } } }],
  ["a map without what every object has", { M: { a: { S: "x" } } }, { M: { constructor: { S: "x" } } }],
  ["maps that differ far below", deep("2", "ab"), deep("3", "ab")],
];

const other: AttributeValue = { S: "something else" };
/** Each way to ask whether the attribute is the value. */
const questions: readonly [string, (value: AttributeValue) => Promise<boolean>][] = [
  ["=", (value) => passes("a = :v", { ":v": value })],
  ["= from the other side", (value) => passes(":v = a", { ":v": value })],
  ["not <>", async (value) => !(await passes("a <> :v", { ":v": value }))],
  ["IN", (value) => passes("a IN (:o, :v)", { ":o": other, ":v": value })],
  ["a filter", (value) => finds({ FilterExpression: "a = :v", ExpressionAttributeValues: { ":v": value } })],
  [
    "a filter with IN",
    (value) => finds({ FilterExpression: "a IN (:o, :v)", ExpressionAttributeValues: { ":o": other, ":v": value } }),
  ],
  ["ScanFilter", (value) => finds({ ScanFilter: { a: { ComparisonOperator: "EQ", AttributeValueList: [value] } } })],
  [
    "Expected",
    async (value) => {
      const Key = { id: { S: "x" } };
      const done = database.client.send(new DeleteItemCommand({ TableName, Key, Expected: { a: { Value: value } } }));
      return done.then(
        () => true,
        (error) => {
          expect(error.name).toBe("ConditionalCheckFailedException");
          return false;
        },
      );
    },
  ],
];

describe.each(questions)("asked by %s", (_, ask) => {
  test.each(equals)("%s are equal", async (_, one, another) => {
    await put(one);
    expect(await ask(another)).toBe(true);
  });

  test.each(differs)("%s are not", async (_, one, another) => {
    await put(one);
    expect(await ask(another)).toBe(false);
  });
});

test.each([...equals.map((each) => [...each, true] as const), ...differs.map((each) => [...each, false] as const)])(
  "a list contains an element by its content: %s",
  async (_, one, another, isThere) => {
    await put({ L: [other, one] });
    expect(await passes("contains(a, :v)", { ":v": another })).toBe(isThere);
    const filter = { FilterExpression: "contains(a, :v)", ExpressionAttributeValues: { ":v": another } };
    expect(await finds(filter)).toBe(isThere);
  },
);

test.each<[string, AttributeValue, AttributeValue]>([
  ["a number set, by value", { NS: ["1", "250"] }, { N: "2.5E2" }],
  ["a binary set", { BS: [bytes(1), bytes(255, 0)] }, { B: bytes(255, 0) }],
  ["binary, a part of it", { B: bytes(1, 255, 0, 2) }, { B: bytes(255, 0) }],
  ["a string, a part of it", { S: "a\u{1F600}b" }, { S: "\u{1F600}" }],
])("contains finds an element by its content, and a part: %s", async (_, value, element) => {
  await put(value);
  expect(await passes("contains(a, :v)", { ":v": element })).toBe(true);
});

test.each<[string, AttributeValue, AttributeValue, AttributeValue, boolean]>([
  ["numbers by value, not as text", { N: "10" }, { N: "9" }, { N: "1.1E1" }, true],
  ["bounds belong to it", { N: "1E1" }, { N: "10.0" }, { N: "10" }, true],
  ["negative numbers", { N: "-10" }, { N: "-11" }, { N: "-9" }, true],
  ["strings by their bytes in UTF-8", { S: "\u{1F600}" }, { S: "\uffee" }, { S: "\u{1F601}" }, true],
  ["binary as unsigned bytes", { B: bytes(200) }, { B: bytes(127) }, { B: bytes(255) }, true],
  ["outside", { N: "12" }, { N: "9" }, { N: "11" }, false],
  ["another type", { S: "10" }, { N: "9" }, { N: "11" }, false],
])("BETWEEN compares as values are ordered: %s", async (_, value, low, high, isBetween) => {
  await put(value);
  expect(await passes("a BETWEEN :l AND :h", { ":l": low, ":h": high })).toBe(isBetween);
});

test("an attribute that is not there is equal to nothing, nor is it in anything, and differs from all", async () => {
  await put({ S: "" });
  expect(await passes("b = :v", { ":v": { M: {} } })).toBe(false);
  expect(await passes("b IN (:v)", { ":v": { L: [] } })).toBe(false);
  expect(await passes("b <> :v", { ":v": { M: {} } })).toBe(true);
  expect(await finds({ FilterExpression: "a = #c", ExpressionAttributeNames: { "#c": "constructor" } })).toBe(false);
});
