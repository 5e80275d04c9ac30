import {
  type AttributeValue,
  BatchGetItemCommand,
  BatchWriteItemCommand,
  DeleteItemCommand,
  GetItemCommand,
  PutItemCommand,
  type ReturnConsumedCapacity,
  ScanCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from "@aws-sdk/client-dynamodb";
import { type DynamoDb, indexed, simple, startDynamoDb } from "../../support/dynamodb";

const proto = { ...simple, TableName: "__proto__" };
const constructed = {
  TableName: "constructor",
  KeySchema: [{ AttributeName: "__proto__", KeyType: "HASH" as const }],
  AttributeDefinitions: [
    { AttributeName: "__proto__", AttributeType: "S" as const },
    { AttributeName: "constructor", AttributeType: "S" as const },
  ],
  GlobalSecondaryIndexes: [
    {
      IndexName: "__proto__",
      KeySchema: [{ AttributeName: "constructor", KeyType: "HASH" as const }],
      Projection: { ProjectionType: "ALL" as const },
    },
  ],
};

let database: DynamoDb;
beforeAll(async () => {
  database = await startDynamoDb([indexed, simple, proto, constructed]);
});
afterAll(() => database.stop());
afterEach(() => expect(database.problems).toEqual([]));

const Key = { id: { S: "x" } };
const TableName = "simple";
const remove = () => database.client.send(new DeleteItemCommand({ TableName, Key }));
const put = (attributes: Record<string, AttributeValue>) =>
  database.client.send(new PutItemCommand({ TableName, Item: { ...Key, ...attributes } }));

type Returned = NonNullable<UpdateItemCommandInput["ReturnValues"]>;
const whole = { ...Key, a: { N: "1" }, m: { M: { x: { N: "1" } } } };
/** The members of an answer's Attributes: `undefined` is no such member. */
const updates: readonly [string, boolean, Partial<Record<Returned, object>>][] = [
  ["REMOVE a", true, { UPDATED_OLD: { a: { N: "1" } } }],
  ["REMOVE b", true, {}],
  ["REMOVE m.x", true, { UPDATED_OLD: { m: { M: { x: { N: "1" } } } } }],
  ["SET b = a", true, { UPDATED_NEW: { b: { N: "1" } } }],
  ["SET m.y = a", true, { UPDATED_NEW: { m: { M: { y: { N: "1" } } } } }],
  ["SET b = a REMOVE a", true, { UPDATED_OLD: { a: { N: "1" } }, UPDATED_NEW: { b: { N: "1" } } }],
  ["REMOVE a", false, {}],
  ["", false, {}],
  ["", true, {}],
];

test.each(updates)(
  "UpdateItem `%s`, of an item that is there: %s, has no Attributes without any",
  async (expression, isThere, by) => {
    for (const ReturnValues of ["NONE", "ALL_OLD", "ALL_NEW", "UPDATED_OLD", "UPDATED_NEW"] as const) {
      await (isThere ? put(whole) : remove());
      const change = expression === "" ? {} : { UpdateExpression: expression };
      const answer = await database.client.send(new UpdateItemCommand({ TableName, Key, ...change, ReturnValues }));
      if (ReturnValues === "ALL_NEW")
        expect(answer.Attributes).toEqual((await database.client.send(new GetItemCommand({ TableName, Key }))).Item);
      else {
        const expected = ReturnValues === "ALL_OLD" && isThere ? whole : by[ReturnValues];
        expect({ ReturnValues, Attributes: answer.Attributes }).toEqual({ ReturnValues, Attributes: expected });
        expect("Attributes" in answer).toBe(expected !== undefined);
      }
    }
  },
);

test.each(["NONE", "ALL_OLD"] as const)(
  "PutItem and DeleteItem of what is not there have no Attributes: %s",
  async (ReturnValues) => {
    await remove();
    expect(await database.client.send(new DeleteItemCommand({ TableName, Key, ReturnValues }))).not.toHaveProperty(
      "Attributes",
    );
    const first = await database.client.send(new PutItemCommand({ TableName, Item: Key, ReturnValues }));
    expect(first).not.toHaveProperty("Attributes");
    const second = await database.client.send(new PutItemCommand({ TableName, Item: whole, ReturnValues }));
    expect(second.Attributes).toEqual(ReturnValues === "NONE" ? undefined : Key);
    const third = await database.client.send(new DeleteItemCommand({ TableName, Key, ReturnValues }));
    expect(third.Attributes).toEqual(ReturnValues === "NONE" ? undefined : whole);
  },
);

const refused = { ConditionExpression: "attribute_exists(nothing)" };
const set = { UpdateExpression: "SET b = :b", ExpressionAttributeValues: { ":b": { S: "b" } } };
describe.each([undefined, "NONE", "ALL_OLD"] as const)("ReturnValuesOnConditionCheckFailure %s", (mode) => {
  const more = { TableName, ...refused, ...(mode ? { ReturnValuesOnConditionCheckFailure: mode } : {}) };
  const commands = {
    put: new PutItemCommand({ ...more, Item: { ...Key, b: { S: "b" } } }),
    update: new UpdateItemCommand({ ...more, ...set, Key }),
    delete: new DeleteItemCommand({ ...more, Key }),
  };
  const actions = {
    Put: { ...more, Item: { ...Key, b: { S: "b" } } },
    Update: { ...more, ...set, Key },
    Delete: { ...more, Key },
    ConditionCheck: { ...more, Key },
  };

  test.each([true, false])("says what a refused write returns of an item, which is there: %s", async (isThere) => {
    await (isThere ? put({ a: { N: "1" } }) : remove());
    const Item = isThere && mode === "ALL_OLD" ? { ...Key, a: { N: "1" } } : undefined;
    for (const command of Object.values(commands)) {
      const error = await database.client.send(command as PutItemCommand).catch((thrown) => thrown);
      expect(error).toMatchObject({ name: "ConditionalCheckFailedException" });
      expect(error.Item).toEqual(Item);
    }
    for (const [kind, action] of Object.entries(actions)) {
      const TransactItems = [{ [kind]: action }, { Put: { TableName, Item: { id: { S: "other" } } } }];
      const error = await database.client
        .send(new TransactWriteItemsCommand({ TransactItems }))
        .catch((thrown) => thrown);
      expect(error.CancellationReasons).toEqual([
        { Code: "ConditionalCheckFailed", Message: "The conditional request failed", ...(Item ? { Item } : {}) },
        { Code: "None" },
      ]);
    }
    const other = new GetItemCommand({ TableName, Key: { id: { S: "other" } } });
    expect((await database.client.send(other)).Item).toBeUndefined();
  });
});

test.each([
  [5, 380 * 1024, 5],
  [60, 390 * 1024, 42],
])("BatchGetItem of %d items of %d bytes answers %d, and names those that it leaves", async (count, size, answered) => {
  const keys = Array.from({ length: count }, (_, at) => ({ id: { S: `large ${at}` } }));
  for (const key of keys)
    await database.client.send(new PutItemCommand({ TableName, Item: { ...key, a: { S: "x".repeat(size) } } }));
  const { Responses, UnprocessedKeys } = await database.client.send(
    new BatchGetItemCommand({ RequestItems: { simple: { Keys: keys, ConsistentRead: true } } }),
  );
  const found = Responses!["simple"]!.map(({ id }) => id!.S);
  expect(found).toHaveLength(answered);
  const left = UnprocessedKeys!["simple"];
  expect(left?.ConsistentRead).toBe(answered === count ? undefined : true);
  expect([...found, ...(left?.Keys ?? []).map(({ id }) => id!.S)].sort()).toEqual(keys.map(({ id }) => id.S).sort());
});

const row = (g: string | undefined, more: object = {}) => ({
  p: { S: "p" },
  s: { B: Uint8Array.of(1) },
  ...(g === undefined ? {} : { g: { S: g }, h: { S: "h" } }),
  ...more,
});
const rowKey = row(undefined);
/** Write capacity units: of the table, of the global index byG, of the local index byL. */
const writes: readonly [string, object | undefined, object | undefined, number, number, number][] = [
  ["a new item without an index key", undefined, row(undefined), 1, 0, 0],
  ["a new item with one", undefined, row("a"), 1, 1, 0],
  ["a new item with both", undefined, row("a", { l: { B: Uint8Array.of(1) } }), 1, 1, 1],
  [
    "a new item of 2.5 KB, of which an index has the keys",
    undefined,
    row("a", { x: { S: "x".repeat(2500) } }),
    3,
    1,
    0,
  ],
  ["a change of the index's key", row("a"), row("b"), 1, 2, 0],
  ["a change of what the index has not", row("a"), row("a", { x: { S: "x" } }), 1, 0, 0],
  ["the index's key is taken away", row("a"), row(undefined), 1, 1, 0],
  ["the item is taken away", row("a"), undefined, 1, 1, 0],
  ["nothing is taken away", undefined, undefined, 1, 0, 0],
];

describe.each(writes)("capacity of a write: %s", (_, before, after, table, global, local) => {
  const item = after as Record<string, AttributeValue> | undefined;
  const start = async () => {
    if (before) await database.client.send(new PutItemCommand({ TableName: "indexed", Item: before as typeof rowKey }));
    else await database.client.send(new DeleteItemCommand({ TableName: "indexed", Key: rowKey }));
  };
  const changes = () => {
    const { p: _p, s: _s, ...attributes } = item ?? {};
    const gone = ["g", "h", "l", "x"].filter((name) => !(name in attributes));
    const sets = Object.keys(attributes).map((name) => `${name} = :${name}`);
    return {
      UpdateExpression: `${sets.length > 0 ? `SET ${sets.join(", ")} ` : ""}${gone.length > 0 ? `REMOVE ${gone.join(", ")}` : ""}`,
      ...(sets.length > 0
        ? {
            ExpressionAttributeValues: Object.fromEntries(
              Object.entries(attributes).map(([name, value]) => [`:${name}`, value]),
            ),
          }
        : {}),
    };
  };
  const expected = (mode: ReturnConsumedCapacity, factor = 1) => {
    const units = (value: number) => ({
      ...(factor === 2 ? { WriteCapacityUnits: value * 2 } : {}),
      CapacityUnits: value * factor,
    });
    return {
      TableName: "indexed",
      ...units(table + global + local),
      ...(mode === "INDEXES"
        ? {
            Table: units(table),
            ...(global > 0 ? { GlobalSecondaryIndexes: { byG: units(global) } } : {}),
            ...(local > 0 ? { LocalSecondaryIndexes: { byL: units(local) } } : {}),
          }
        : {}),
    };
  };

  test.each(["TOTAL", "INDEXES"] as const)(
    "%s, alone, in a batch, in a transaction",
    async (ReturnConsumedCapacity) => {
      const common = { TableName: "indexed", ReturnConsumedCapacity };
      await start();
      const alone = item
        ? new PutItemCommand({ ...common, Item: item })
        : new DeleteItemCommand({ ...common, Key: rowKey });
      const { ConsumedCapacity } = await database.client.send(alone as PutItemCommand);
      expect(ConsumedCapacity).toEqual(expected(ReturnConsumedCapacity));

      await start();
      const request = item ? { PutRequest: { Item: item } } : { DeleteRequest: { Key: rowKey } };
      const batch = new BatchWriteItemCommand({ RequestItems: { indexed: [request] }, ReturnConsumedCapacity });
      expect((await database.client.send(batch)).ConsumedCapacity).toEqual([expected(ReturnConsumedCapacity)]);

      await start();
      const action = item
        ? { Put: { TableName: "indexed", Item: item } }
        : { Delete: { TableName: "indexed", Key: rowKey } };
      const transaction = new TransactWriteItemsCommand({ TransactItems: [action], ReturnConsumedCapacity });
      expect((await database.client.send(transaction)).ConsumedCapacity).toEqual([expected(ReturnConsumedCapacity, 2)]);
      if (!item) return;

      await start();
      const update = new UpdateItemCommand({ ...common, Key: rowKey, ...changes() });
      expect((await database.client.send(update)).ConsumedCapacity).toEqual(expected(ReturnConsumedCapacity));
    },
  );
});

describe("names that every object has", () => {
  const names = ["__proto__", "constructor", "toString", "hasOwnProperty"];
  // By JSON: of an object literal `__proto__` would be the prototype.
  const attributes = JSON.stringify(Object.fromEntries(names.map((name) => [name, { M: { x: { S: name } } }])));

  test("name attributes at any depth, which expressions set, read and remove", async () => {
    const deep = `{"id":{"S":"x"},"m":{"M":${attributes}},${attributes.slice(1)}`;
    expect((await database.raw("PutItem", `{"TableName":"simple","Item":${deep}}`)).status).toBe(200);
    const got = await database.raw("GetItem", { TableName, Key });
    expect(JSON.stringify(got.body["Item"])).toBe(JSON.stringify(JSON.parse(deep)));
    for (const name of names) {
      const ExpressionAttributeNames = { "#n": name };
      const read = { TableName, Key, ProjectionExpression: "#n.x, m.#n.x", ExpressionAttributeNames };
      const { Item } = (await database.raw("GetItem", read)).body as { Item: Record<string, { M: object }> };
      expect(JSON.stringify(Item)).toContain(`"x":{"S":"${name}"}`);
      expect(Object.keys(Item).sort()).toEqual([name, "m"].sort());
      const change = { UpdateExpression: "SET m.#n.y = m.#n.x REMOVE #n", ConditionExpression: "attribute_exists(#n)" };
      const update = await database.raw("UpdateItem", { TableName, Key, ...change, ExpressionAttributeNames });
      expect(update.status).toBe(200);
      const again = await database.raw("UpdateItem", { TableName, Key, ...change, ExpressionAttributeNames });
      expect(again.body["message"]).toBe("The conditional request failed");
    }
    const { Item } = (await database.raw("GetItem", { TableName, Key })).body as { Item: object };
    expect(Object.keys(Item)).toEqual(["id", "m"]);
  });

  test("are absent from what does not have them", async () => {
    await put({ m: { M: {} } });
    for (const name of names) {
      const more = { TableName, Key, ExpressionAttributeNames: { "#n": name } };
      const read = await database.client.send(new GetItemCommand({ ...more, ProjectionExpression: "#n, m.#n" }));
      expect(read.Item).toEqual({});
      const ConditionExpression = "attribute_exists(#n) OR attribute_exists(m.#n) OR size(m.#n) >= id";
      const update = database.client.send(new DeleteItemCommand({ ...more, ConditionExpression }));
      await expect(update).rejects.toThrow("The conditional request failed");
    }
  });

  test("name tables, keys and indexes", async () => {
    const item = '{"__proto__":{"S":"k"},"constructor":{"S":"g"}}';
    const written = await database.raw(
      "BatchWriteItem",
      `{"RequestItems":{"constructor":[{"PutRequest":{"Item":${item}}}],"__proto__":[{"PutRequest":{"Item":{"id":{"S":"a"}}}}]},"ReturnConsumedCapacity":"INDEXES"}`,
    );
    expect(written).toMatchObject({ status: 200, body: { UnprocessedItems: {} } });
    expect(JSON.stringify(written.body["ConsumedCapacity"])).toContain(
      '"GlobalSecondaryIndexes":{"__proto__":{"CapacityUnits":1}}',
    );
    const read = await database.raw(
      "BatchGetItem",
      `{"RequestItems":{"constructor":{"Keys":[{"__proto__":{"S":"k"}}]},"__proto__":{"Keys":[{"id":{"S":"a"}}]}}}`,
    );
    expect(JSON.stringify(read.body["Responses"])).toBe(`{"constructor":[${item}],"__proto__":[{"id":{"S":"a"}}]}`);
    const query = { TableName: "constructor", IndexName: "__proto__", KeyConditionExpression: "#c = :g" };
    const names = {
      ExpressionAttributeNames: { "#c": "constructor" },
      ExpressionAttributeValues: { ":g": { S: "g" } },
    };
    expect(JSON.stringify((await database.raw("Query", { ...query, ...names })).body["Items"])).toBe(`[${item}]`);
  });

  test.each(names)("name no operation, table, index, function or enumerated value: %s", async (name) => {
    const refusals: [string, object, RegExp][] = [
      [name, {}, /is not emulated|unknown operation/i],
      ["DescribeTable", { TableName: `${name}x` }, /Table: .*x not found/],
      [
        "Query",
        {
          TableName,
          IndexName: name,
          KeyConditionExpression: "id = :v",
          ExpressionAttributeValues: { ":v": { S: "" } },
        },
        /does not have the specified index|must have length/,
      ],
      ["PutItem", { TableName, Item: Key, ConditionExpression: `${name}(id)` }, /Invalid function name|Syntax error/],
      ["PutItem", { TableName, Item: Key, ReturnValues: name }, /enum value set/],
      ["PutItem", { TableName, Item: { id: JSON.parse(`{"${name}":"x"}`) } }, /Supplied AttributeValue is empty/],
      [
        "TransactWriteItems",
        { TransactItems: [JSON.parse(`{"${name}":{"TableName":"simple"}}`)] },
        /can only contain one of/,
      ],
      ["Scan", { TableName, ScanFilter: { a: { ComparisonOperator: name } } }, /enum value set/],
    ];
    for (const [operation, input, words] of refusals)
      expect([operation, (await database.raw(operation, input)).body["message"]]).toEqual([
        operation,
        expect.stringMatching(words),
      ]);
  });

  test("name members of a request that change nothing", async () => {
    const body = `{"__proto__":{"TableName":"other","Item":null},"constructor":null,"TableName":"simple","Item":{"id":{"S":"x"}}}`;
    expect(await database.raw("PutItem", body)).toEqual({ status: 200, body: {} });
  });
});

test("a table named twice in a batch, by its name and its ARN, loses no request: the batch is refused", async () => {
  const arn = "arn:aws:dynamodb:us-east-1:123456789012:table/simple";
  const batch = { RequestItems: { simple: [{ PutRequest: { Item: Key } }], [arn]: [{ PutRequest: { Item: Key } }] } };
  await expect(database.client.send(new BatchWriteItemCommand(batch))).rejects.toThrow("names the table simple twice");
});

test.each([true, false, undefined])(
  "a batch of reads, ConsistentRead %s, counts each key, found or not",
  async (ConsistentRead) => {
    await put({ long: { S: "x".repeat(5000) } });
    const read = (Keys: Record<string, AttributeValue>[]) => ({
      ...(ConsistentRead === undefined ? {} : { ConsistentRead }),
      Keys,
    });
    const RequestItems = { simple: read([Key, { id: { S: "not there" } }]) };
    const { ConsumedCapacity } = await database.client.send(
      new BatchGetItemCommand({ RequestItems, ReturnConsumedCapacity: "TOTAL" }),
    );
    expect(ConsumedCapacity).toEqual([{ TableName, CapacityUnits: ConsistentRead ? 3 : 1.5 }]);
  },
);

test.each([
  [0, 1, "taken"],
  [999_999, 1_000_000, "taken"],
  [0, 0, "1 validation error detected: Value '0' at 'totalSegments'"],
  [-1, 0, "2 validation errors detected: Value '-1' at 'segment'"],
  [1_000_000, 1_000_000, "segment"],
  [0, 1_000_001, "totalSegments"],
])(
  "a scan of the segment %d of %d is taken, or refused for what is out of bounds (%s)",
  async (Segment, TotalSegments, outcome) => {
    const scan = database.client.send(new ScanCommand({ TableName, Segment, TotalSegments }));
    if (outcome === "taken") expect((await scan).Count).toBeGreaterThanOrEqual(0);
    else await expect(scan).rejects.toThrow(outcome);
  },
);
