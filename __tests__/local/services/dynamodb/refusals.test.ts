import {
  type AttributeValue,
  BatchWriteItemCommand,
  type Condition,
  DeleteItemCommand,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { type DynamoDb, indexed, simple, startDynamoDb } from "../../support/dynamodb";

let database: DynamoDb;
beforeAll(async () => {
  database = await startDynamoDb([indexed, simple]);
});
afterAll(() => database.stop());
afterEach(() => expect(database.problems).toEqual([]));

const TableName = "indexed";
const none = Uint8Array.of();
const item = (more: Record<string, AttributeValue> = {}) => ({ p: { S: "p" }, s: { B: Uint8Array.of(1) }, ...more });
const Key = item();
/** Any command: the client's type has no word for one of several. */
type Command = object;
/** How a command is refused; of a transaction the only reason. */
const refusal = async (command: Command) => {
  const error = await database.client.send(command as GetItemCommand).then(
    () => ({ name: "nothing was refused", message: "" }),
    (thrown) => thrown,
  );
  const [reason] = error.CancellationReasons ?? [];
  return reason ? `${reason.Code}: ${reason.Message}` : `${error.name}: ${error.message}`;
};

const empty: readonly [string, Record<string, AttributeValue>, RegExp][] = [
  ["the partition key", { p: { S: "" } }, /empty string value\. Key: p$/],
  ["the sort key", { s: { B: none } }, /empty binary value\. Key: s$/],
  ["a global index's partition key", { g: { S: "" } }, /empty string value\. IndexName: byG, IndexKey: g$/],
  ["a global index's sort key", { h: { S: "" } }, /empty string value\. IndexName: byG, IndexKey: h$/],
  ["a local index's sort key", { l: { B: none } }, /empty binary value\. IndexName: byL, IndexKey: l$/],
];

describe.each(empty)("an empty value for %s is refused", (_, attributes, words) => {
  const [[name, value]] = Object.entries(attributes) as [[string, AttributeValue]];
  const isKey = name === "p" || name === "s";

  test("by a put, alone, in a batch and in a transaction", async () => {
    const put = { Item: item(attributes) };
    const batch = { RequestItems: { indexed: [{ PutRequest: put }] } };
    expect(await refusal(new PutItemCommand({ TableName, ...put }))).toMatch(words);
    expect(await refusal(new BatchWriteItemCommand(batch))).toMatch(words);
    const transaction = { TransactItems: [{ Put: { TableName, ...put } }] };
    expect(await refusal(new TransactWriteItemsCommand(transaction))).toMatch(words);
  });

  test("by an update, alone, in a transaction and by the older member", async () => {
    const update = isKey
      ? { Key: item(attributes), UpdateExpression: "SET x = p" }
      : {
          Key,
          UpdateExpression: `SET #n = :v`,
          ExpressionAttributeNames: { "#n": name },
          ExpressionAttributeValues: { ":v": value },
        };
    expect(await refusal(new UpdateItemCommand({ TableName, ...update }))).toMatch(isKey ? /^Validation/ : words);
    const transaction = { TransactItems: [{ Update: { TableName, ...update } }] };
    expect(await refusal(new TransactWriteItemsCommand(transaction))).toMatch(isKey ? /^Validation/ : words);
    if (isKey) return;
    const older = { TableName, Key, AttributeUpdates: { [name]: { Value: value } } };
    expect(await refusal(new UpdateItemCommand(older))).toMatch(words);
  });

  test("by reads and deletions of a key", async () => {
    if (!isKey) return;
    for (const command of [
      new GetItemCommand({ TableName, Key: item(attributes) }),
      new DeleteItemCommand({ TableName, Key: item(attributes) }),
      new BatchWriteItemCommand({ RequestItems: { indexed: [{ DeleteRequest: { Key: item(attributes) } }] } }),
      new TransactWriteItemsCommand({ TransactItems: [{ Delete: { TableName, Key: item(attributes) } }] }),
    ])
      expect(await refusal(command)).toMatch(words);
  });

  test.each(["=", "<", ">=", "begins_with"])("by a query that asks %s", async (operator) => {
    const index = name === "g" || name === "h" ? "byG" : name === "l" ? "byL" : undefined;
    const partition = index === "byG" ? "g" : "p";
    if (name === partition && operator !== "=") return;
    const condition = operator === "begins_with" ? `begins_with(${name}, :v)` : `${name} ${operator} :v`;
    const query = {
      TableName,
      ...(index ? { IndexName: index } : {}),
      KeyConditionExpression: name === partition ? condition : `${partition} = :p AND ${condition}`,
      ExpressionAttributeValues: { ":v": value, ...(name === partition ? {} : { ":p": { S: "p" } }) },
    };
    expect(await refusal(new QueryCommand(query))).toMatch(words);
  });
});

const many = (count: number) => Array.from({ length: count }, (_, at) => `:v${at}`);
const values = (count: number) => Object.fromEntries(many(count).map((name, at) => [name, { N: String(at) }]));
const longCondition = (length: number) => `a = :v0${" ".repeat(length - 7)}`;

test.each([
  ["IN takes 100 values", `a IN (${many(100)})`, values(100), undefined],
  ["and no more", `a IN (${many(101)})`, values(101), /^ValidationException: .*IN/],
  ["< of a boolean", "a < :v", { ":v": { BOOL: true } }, /operator or function: <, operand type: BOOL/],
  [">= of null", "a >= :v", { ":v": { NULL: true } }, /operator or function: >=, operand type: NULL/],
  ["> of a map", "a > :v", { ":v": { M: {} } }, /operator or function: >, operand type: M/],
  ["<= of a list", ":v <= a", { ":v": { L: [] } }, /operator or function: <=, operand type: L/],
  ["< of a set", "a < :v", { ":v": { SS: ["a"] } }, /operator or function: <, operand type: SS/],
  ["BETWEEN booleans", "a BETWEEN :v AND :v", { ":v": { BOOL: true } }, /operator or function: BETWEEN, operand type/],
  ["begins_with of a number", "begins_with(a, :v)", { ":v": { N: "1" } }, /function: begins_with, operand type: N/],
  ["an expression of 4 KB is read", longCondition(4096), values(1), undefined],
  ["one of a byte more is not", longCondition(4097), values(1), /Expression size has exceeded/],
  ["nor one whose characters are fewer than its bytes", `${"é".repeat(2049)}`, {}, /Expression size has exceeded/],
])("conditions and filters: %s", async (_, expression, given, words) => {
  const more =
    Object.keys(given).length > 0 ? { ExpressionAttributeValues: given as Record<string, AttributeValue> } : {};
  const put = new PutItemCommand({ TableName, Item: item(), ConditionExpression: expression, ...more });
  const scan = new ScanCommand({ TableName, FilterExpression: expression, ...more });
  expect(await refusal(put)).toMatch(words ?? /^ConditionalCheckFailed/);
  expect(await refusal(scan)).toMatch(words ?? /^nothing was refused/);
});

test.each([
  ["UpdateExpression", `SET a = :v0${" ".repeat(4096)}`],
  ["ProjectionExpression", `a${" ".repeat(4096)}`],
])("the size of an %s has the same bound", async (member, expression) => {
  const command =
    member === "UpdateExpression"
      ? new UpdateItemCommand({ TableName, Key, UpdateExpression: expression, ExpressionAttributeValues: values(1) })
      : new GetItemCommand({ TableName, Key, ProjectionExpression: expression });
  expect(await refusal(command)).toMatch(/Expression size has exceeded/);
});

const members: readonly [string, object][] = [
  ["GetItem", { TableName, Key: { p: { S: "p" }, s: { B: "AQ==" } } }],
  ["PutItem", { TableName, Item: { p: { S: "p" }, s: { B: "AQ==" } } }],
  [
    "UpdateItem",
    { TableName, Key: { p: { S: "p" }, s: { B: "AQ==" } }, AttributeUpdates: { a: { Value: { S: "x" } } } },
  ],
  ["DeleteItem", { TableName, Key: { p: { S: "p" }, s: { B: "AQ==" } }, Expected: { a: { Exists: false } } }],
  ["Query", { TableName, KeyConditionExpression: "p = :p", ExpressionAttributeValues: { ":p": { S: "p" } } }],
  ["Query", { TableName, KeyConditions: { p: { ComparisonOperator: "EQ", AttributeValueList: [{ S: "p" }] } } }],
  ["Scan", { TableName, ScanFilter: { a: { ComparisonOperator: "IN", AttributeValueList: [{ S: "p" }] } } }],
  ["BatchGetItem", { RequestItems: { simple: { Keys: [{ id: { S: "a" } }], ProjectionExpression: "id" } } }],
  ["BatchWriteItem", { RequestItems: { simple: [{ PutRequest: { Item: { id: { S: "a" } } } }] } }],
  ["TransactGetItems", { TransactItems: [{ Get: { TableName: "simple", Key: { id: { S: "a" } } } }] }],
  ["TransactWriteItems", { TransactItems: [{ Put: { TableName: "simple", Item: { id: { S: "a" } } } }] }],
  ["CreateTable", { ...simple, TableName: "new", BillingMode: "PAY_PER_REQUEST", Tags: [{ Key: "a", Value: "b" }] }],
  ["UpdateTable", { TableName, StreamSpecification: { StreamEnabled: true, StreamViewType: "KEYS_ONLY" } }],
  ["UpdateTimeToLive", { TableName, TimeToLiveSpecification: { Enabled: true, AttributeName: "t" } }],
];

/** Every request that has `made` in place of one value, however deep. */
function* variants(value: unknown, made: readonly unknown[], place = ""): Generator<[string, unknown]> {
  for (const each of made) yield [`${place} = ${JSON.stringify(each)}`, each];
  if (typeof value !== "object" || value === null) return;
  for (const [name, member] of Object.entries(value)) {
    for (const [where, changed] of variants(member, made, `${place}.${name}`)) {
      yield [where, Array.isArray(value) ? value.with(Number(name), changed) : { ...value, [name]: changed }];
    }
  }
}

test.each(members)(
  "%s with anything in place of any of its members is answered, and never by an accident",
  async (operation, input) => {
    for (const [where, body] of variants(input, [
      null,
      "x",
      5,
      true,
      [],
      {},
      [null],
      JSON.parse('{"__proto__":null}'),
    ])) {
      const { status, body: answer } = await database.raw(operation, body as object);
      const isFine = status === 200 || (status === 400 && typeof answer.message === "string");
      expect({ where, status, answer: isFine ? "fine" : answer }).toEqual({ where, status, answer: "fine" });
    }
  },
);

describe("what an index does not have", () => {
  const byG = { TableName: "indexed", IndexName: "byG" };
  const query = {
    ...byG,
    KeyConditionExpression: "g = :g",
    ExpressionAttributeValues: { ":g": { S: "g" } } as Record<string, AttributeValue>,
  };
  const projects = /^ValidationException: .*Global secondary index byG does not project \[x, y\]/;

  test("is not given of it, by whatever member it is asked for", async () => {
    const condition: Condition = { ComparisonOperator: "EQ", AttributeValueList: [{ S: "g" }] };
    const older = { ...byG, KeyConditions: { g: condition }, AttributesToGet: ["x", "y"] };
    const ProjectionExpression = "p, x, y.z, h";
    expect(await refusal(new QueryCommand({ ...query, ProjectionExpression }))).toMatch(projects);
    expect(await refusal(new ScanCommand({ ...byG, ProjectionExpression }))).toMatch(projects);
    expect(await refusal(new QueryCommand(older))).toMatch(projects);
    expect(await refusal(new ScanCommand({ ...byG, AttributesToGet: ["x", "y"] }))).toMatch(projects);
  });

  test("is no part of a query's filter", async () => {
    const filtered = { ...query, FilterExpression: "x = :g AND p <> :g OR attribute_exists(y.z)" };
    expect(await refusal(new QueryCommand(filtered))).toMatch(
      /^ValidationException: .*Secondary index byG does not project one or more filter attributes: \[x, y\]/,
    );
  });
});

test.each([
  ["BOOL", true],
  ["NULL", true],
  ["SS", ["a"]],
  ["L", []],
  ["M", {}],
])("the older IN takes no %s", async (type, value) => {
  const operand = { [type]: value } as unknown as AttributeValue;
  const condition: Condition = { ComparisonOperator: "IN", AttributeValueList: [operand] };
  const words = new RegExp(`ComparisonOperator IN is not valid for ${type} AttributeValue type`);
  expect(await refusal(new ScanCommand({ TableName: "simple", ScanFilter: { a: condition } }))).toMatch(words);
  const write = { TableName: "simple", Key: { id: { S: "x" } }, Expected: { a: condition } };
  expect(await refusal(new DeleteItemCommand(write))).toMatch(words);
});

test.each(["SET x = p[0]", "SET x = if_not_exists(p.a, :v)", "SET x = list_append(:v, p[0])", "SET x = :v - p.a"])(
  "a path into a key is none in an update's operands: %s",
  async (UpdateExpression) => {
    const values = UpdateExpression.includes(":v") ? { ExpressionAttributeValues: { ":v": { N: "1" } } } : {};
    const key = { p: { S: "p" }, s: { B: Buffer.from("s") } };
    const list = UpdateExpression.startsWith("SET x = list") ? { ExpressionAttributeValues: { ":v": { L: [] } } } : {};
    const command = new UpdateItemCommand({ TableName: "indexed", Key: key, UpdateExpression, ...values, ...list });
    expect(await refusal(command)).toMatch(/^ValidationException: Key attributes must be scalars.* Key: p$/);
  },
);

const query = (KeyConditionExpression: string, names: Record<string, string> = {}) =>
  new QueryCommand({
    TableName: "simple",
    KeyConditionExpression,
    ExpressionAttributeValues: { ":v": { S: "v" } },
    ...(Object.keys(names).length > 0 ? { ExpressionAttributeNames: names } : {}),
  });

test.each([
  ["size(id) = :v", /cannot contain nested operations$/],
  ["id = size(:v)", /(cannot contain nested operations|operand type)/],
  ["((id = :v))", /redundant parentheses/],
  ["(((id = :v)))", /redundant parentheses/],
  ["(id = :v)", /^nothing was refused/],
])("the key condition %s is answered by %s", async (expression, words) => {
  expect(await refusal(query(expression))).toMatch(words);
});

test.each([
  ["((a = :v) AND (b = :v))", /^nothing was refused/],
  ["((a = :v) AND (b = :v)) OR ((a = :v))", /redundant parentheses/],
  ["(((a = :v)) AND b = :v)", /redundant parentheses/],
  ["NOT ((a = :v) OR (b = :v))", /^nothing was refused/],
])("the filter %s is answered by %s", async (FilterExpression, words) => {
  const ExpressionAttributeValues = { ":v": { S: "v" } };
  expect(await refusal(new ScanCommand({ TableName: "simple", FilterExpression, ExpressionAttributeValues }))).toMatch(
    words,
  );
});

const nestings: readonly [string, (inside: AttributeValue) => AttributeValue][] = [
  ["lists", (inside) => ({ L: [inside] })],
  ["maps", (inside) => ({ M: { m: inside } })],
];

test.each(nestings)("%s nest 32 levels deep, and no deeper", async (_, nest) => {
  const nested = (depth: number): AttributeValue => (depth === 0 ? { S: "x" } : nest(nested(depth - 1)));
  const put = (depth: number) =>
    new PutItemCommand({ TableName: "simple", Item: { id: { S: "x" }, a: nested(depth) } });
  expect(await refusal(put(31))).toMatch(/^nothing was refused/);
  expect(await refusal(put(33))).toMatch(/Nesting Levels have exceeded/);
});

test.each([
  [true, 2],
  [false, 1],
])("a read of 5 KB, ConsistentRead %s, takes %d units", async (ConsistentRead, units) => {
  const Item = { id: { S: "long" }, a: { S: "x".repeat(5000) } };
  await database.client.send(new PutItemCommand({ TableName: "simple", Item }));
  const get = {
    TableName: "simple",
    Key: { id: { S: "long" } },
    ConsistentRead,
    ReturnConsumedCapacity: "TOTAL" as const,
  };
  const { ConsumedCapacity } = await database.client.send(new GetItemCommand(get));
  expect(ConsumedCapacity).toEqual({ TableName: "simple", CapacityUnits: units });
});

test("a number of as many digits as a request can have keeps nobody waiting, wherever its zeros are", async () => {
  const zeros = "0".repeat(2_000_000);
  const put = (n: string) => database.client.send(new PutItemCommand({ TableName, Item: item({ n: { N: n } }) }));
  await expect(put(`1.${zeros}10`)).rejects.toThrow("more than 38 significant digits");
  await put(`${zeros}1.${zeros}`);
  const { Item } = await database.client.send(new GetItemCommand({ TableName, Key }));
  expect(Item?.["n"]).toEqual({ N: "1" });
});
