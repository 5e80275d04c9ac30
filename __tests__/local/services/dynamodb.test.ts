import {
  BatchExecuteStatementCommand,
  BatchGetItemCommand,
  BatchWriteItemCommand,
  DeleteItemCommand,
  ExecuteStatementCommand,
  ExecuteTransactionCommand,
  GetItemCommand,
  ListBackupsCommand,
  PutItemCommand,
  QueryCommand,
  TransactGetItemsCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { eventually, until } from "../../support/eventually";
import { allow, everything, principal, type Running, startServices, tableArn, things } from "../support/services";

let running: Running;
beforeAll(async () => {
  running = await startServices({ tables: [things] });
});
afterAll(() => running.stop());
afterEach(() => running.configure({ tables: [things] }));

const put = (id: string, more: object = {}) =>
  running.dynamodb.send(new PutItemCommand({ TableName: "things", Item: { id: { S: id }, ...more } }));
const get = async (id: string) =>
  (await running.dynamodb.send(new GetItemCommand({ TableName: "things", Key: { id: { S: id } } }))).Item;
const group = async (name: string) =>
  (
    await running.dynamodb.send(
      new QueryCommand({
        TableName: "things",
        IndexName: "byGroup",
        KeyConditionExpression: "#g = :g",
        ExpressionAttributeNames: { "#g": "group" },
        ExpressionAttributeValues: { ":g": { S: name } },
      }),
    )
  ).Items!.map(({ id }) => id!.S);

test("items are put, read, found by index, changed and deleted", async () => {
  await put("a", { group: { S: "g" }, rank: { S: "1" } });
  await put("b", { group: { S: "g" }, rank: { S: "0" } });
  expect(await get("a")).toEqual({ id: { S: "a" }, group: { S: "g" }, rank: { S: "1" } });
  expect(await group("g")).toEqual(["b", "a"]);
  const Key = { id: { S: "a" } };
  const change = { UpdateExpression: "SET #r = :r", ExpressionAttributeNames: { "#r": "rank" } };
  await running.dynamodb.send(
    new UpdateItemCommand({ TableName: "things", Key, ...change, ExpressionAttributeValues: { ":r": { S: "-" } } }),
  );
  expect(await group("g")).toEqual(["a", "b"]);
  await running.dynamodb.send(new DeleteItemCommand({ TableName: "things", Key }));
  expect([await get("a"), await group("g")]).toEqual([undefined, ["b"]]);
});

test("a condition that fails is the error that AWS gives", async () => {
  await put("c");
  const again = new PutItemCommand({
    TableName: "things",
    Item: { id: { S: "c" } },
    ConditionExpression: "attribute_not_exists(id)",
  });
  await expect(running.dynamodb.send(again)).rejects.toMatchObject({
    name: "ConditionalCheckFailedException",
    message: "The conditional request failed",
  });
});

test("what the role does not allow is AWS's refusal, and the missing grant is reported", async () => {
  await running.configure({ tables: [things], principals: [principal(allow("dynamodb:GetItem", tableArn))] });
  await expect(put("d")).rejects.toMatchObject({
    name: "AccessDeniedException",
    message: `User: arn:aws:sts::000000000000:assumed-role/get-thing/get-thing is not authorized to perform: dynamodb:PutItem on resource: ${tableArn} because no identity-based policy allows the dynamodb:PutItem action`,
  });
  expect(await get("d")).toBeUndefined();
  expect(await eventually(() => running.events.find(({ event }) => event === "denial"))).toEqual({
    event: "denial",
    function: "get-thing",
    action: "dynamodb:PutItem",
    resource: tableArn,
    explicit: false,
    grant: 'things.grant(getThing, "PutItem");',
  });
});

test("a grant on an index does not open the table, nor the other way round", async () => {
  await running.configure({
    tables: [things],
    principals: [principal(allow("dynamodb:Query", `${tableArn}/index/byGroup`))],
  });
  await expect(group("nobody")).resolves.toEqual([]);
  await expect(get("x")).rejects.toMatchObject({ name: "AccessDeniedException" });
  await running.configure({ tables: [things], principals: [principal(allow("dynamodb:Query", tableArn))] });
  await expect(group("nobody")).rejects.toMatchObject({ name: "AccessDeniedException" });
});

test("an explicit deny wins and is reported as such", async () => {
  const deny = { ...allow("dynamodb:GetItem", tableArn), Effect: "Deny" };
  await running.configure({ tables: [things], principals: [principal(everything, deny)] });
  await expect(get("x")).rejects.toThrow("with an explicit deny in an identity-based policy");
});

test("a batch needs the right on each of its tables", async () => {
  await running.configure({ tables: [things], principals: [principal(allow("dynamodb:BatchWriteItem", tableArn))] });
  const write = [{ PutRequest: { Item: { id: { S: "e" } } } }];
  const batch = (RequestItems: Record<string, typeof write>) =>
    running.dynamodb.send(new BatchWriteItemCommand({ RequestItems }));
  await expect(batch({ things: write })).resolves.toMatchObject({ UnprocessedItems: {} });
  await expect(batch({ things: write, others: write })).rejects.toThrow("table/others");
});

test("operations that are not emulated say so", async () => {
  await expect(running.dynamodb.send(new ListBackupsCommand())).rejects.toThrow("DynamoDB ListBackups is not emulated");
});

test("granted permissions that were needed are reported once", async () => {
  await running.configure({ tables: [things], principals: [principal(allow(["dynamodb:Get*"], tableArn))] });
  await get("x");
  await get("y");
  const used = () => running.events.filter((event) => event.event === "permission" && event.action === "dynamodb:Get*");
  await eventually(() => used()[0]);
  expect(used()).toEqual([{ event: "permission", function: "get-thing", action: "dynamodb:Get*", resource: tableArn }]);
});

test("items past their time to live go, index rows with them", async () => {
  const seconds = Math.floor(Date.now() / 1000);
  await put("over", { group: { S: "ttl" }, rank: { S: "1" }, expiresAt: { N: String(seconds - 10) } });
  await put("later", { group: { S: "ttl" }, rank: { S: "2" }, expiresAt: { N: String(seconds + 1000) } });
  await put("ancient", { group: { S: "ttl" }, rank: { S: "3" }, expiresAt: { N: "1" } });
  const left = await until(
    () => group("ttl"),
    (ids) => !ids.includes("over"),
  );
  expect(left).toEqual(["later", "ancient"]);
});

test("a refused condition brings the item along, if it was asked for", async () => {
  await put("kept", { group: { S: "g" } });
  const again = new PutItemCommand({
    TableName: "things",
    Item: { id: { S: "kept" } },
    ConditionExpression: "attribute_not_exists(id)",
    ReturnValuesOnConditionCheckFailure: "ALL_OLD",
  });
  await expect(running.dynamodb.send(again)).rejects.toMatchObject({
    name: "ConditionalCheckFailedException",
    Item: { id: { S: "kept" }, group: { S: "g" } },
  });
});

test("a transaction needs the right to each of its actions, as if it stood alone", async () => {
  const write = new TransactWriteItemsCommand({
    TransactItems: [
      { Put: { TableName: "things", Item: { id: { S: "t" } } } },
      {
        ConditionCheck: {
          TableName: "things",
          Key: { id: { S: "u" } },
          ConditionExpression: "attribute_not_exists(id)",
        },
      },
    ],
  });
  const allowed = (...actions: string[]) =>
    running.configure({ tables: [things], principals: [principal(allow(actions, tableArn))] });
  await allowed("dynamodb:PutItem");
  await expect(running.dynamodb.send(write)).rejects.toThrow("perform: dynamodb:ConditionCheckItem on");
  await allowed("dynamodb:ConditionCheckItem");
  await expect(running.dynamodb.send(write)).rejects.toThrow("perform: dynamodb:PutItem on");
  await allowed("dynamodb:PutItem", "dynamodb:ConditionCheckItem", "dynamodb:GetItem");
  await running.dynamodb.send(write);
  expect(await get("t")).toEqual({ id: { S: "t" } });
});

test.each([
  ["TransactWriteItems", "PutItem"],
  ["TransactGetItems", "GetItem"],
])("what is allowed in %s is not allowed alone, nor the other way round", async (operation, action) => {
  const condition = { "ForAnyValue:StringEquals": { "dynamodb:EnclosingOperation": [operation] } };
  const alone = () => (action === "PutItem" ? put("v") : get("v"));
  const TransactItems = [
    action === "PutItem"
      ? { Put: { TableName: "things", Item: { id: { S: "v" } } } }
      : { Get: { TableName: "things", Key: { id: { S: "v" } } } },
  ] as never[];
  const inTransaction = () =>
    action === "PutItem"
      ? running.dynamodb.send(new TransactWriteItemsCommand({ TransactItems }))
      : running.dynamodb.send(new TransactGetItemsCommand({ TransactItems }));
  const statement = allow(`dynamodb:${action}`, tableArn);
  await running.configure({ tables: [things], principals: [principal({ ...statement, Condition: condition })] });
  await inTransaction();
  await expect(alone()).rejects.toThrow(`perform: dynamodb:${action} on`);
  const deny = { ...statement, Effect: "Deny", Condition: condition };
  await running.configure({ tables: [things], principals: [principal(statement, deny)] });
  await alone();
  await expect(inTransaction()).rejects.toThrow("with an explicit deny");
});

test("a transaction that is refused names the grant that opens it, and nothing more", async () => {
  await running.configure({ tables: [things], principals: [principal(allow("dynamodb:GetItem", tableArn))] });
  const check = { TableName: "things", Key: { id: { S: "w" } }, ConditionExpression: "attribute_exists(id)" };
  const checking = new TransactWriteItemsCommand({ TransactItems: [{ ConditionCheck: check }] });
  await expect(running.dynamodb.send(checking)).rejects.toMatchObject({ name: "AccessDeniedException" });
  const denials = () => running.events.flatMap((event) => (event.event === "denial" ? [event.grant] : []));
  await eventually(() => denials().find((grant) => grant === 'things.grantTransaction(getThing, "ConditionCheck");'));
});

test("batches and unknown tables are answered as AWS was recorded to answer", async () => {
  const batch = (items: object[]) => new BatchWriteItemCommand({ RequestItems: { things: items as never[] } });
  const wrongKey = running.dynamodb.send(batch([{ PutRequest: { Item: { other: { S: "x" } } } }]));
  await expect(wrongKey).rejects.toMatchObject({
    name: "ValidationException",
    message: "The provided key element does not match the schema",
  });
  const absent = new BatchGetItemCommand({ RequestItems: { things: { Keys: [{ id: { S: "nobody" } }] } } });
  expect(await running.dynamodb.send(absent)).toMatchObject({ Responses: { things: [] }, UnprocessedKeys: {} });
  const elsewhere = new GetItemCommand({ TableName: "elsewhere", Key: { id: { S: "x" } } });
  await expect(running.dynamodb.send(elsewhere)).rejects.toMatchObject({
    name: "ResourceNotFoundException",
    message: "Requested resource not found",
  });
});

test("each statement of PartiQL takes the right to its kind, on its table or index", async () => {
  const run = (Statement: string) => running.dynamodb.send(new ExecuteStatementCommand({ Statement }));
  const select = "SELECT * FROM things WHERE id = 'a'";
  const bySelect = `SELECT * FROM things."byGroup" WHERE "group" = 'g'`;
  const insert = "INSERT INTO things VALUE {'id': 'p'}";
  const denied = (action: string) => ({ name: "AccessDeniedException", message: expect.stringContaining(action) });
  await running.configure({ tables: [things], principals: [principal(allow("dynamodb:PartiQLSelect", tableArn))] });
  expect((await run(select)).Items).toBeDefined();
  await expect(run(bySelect)).rejects.toMatchObject(denied("dynamodb:PartiQLSelect"));
  await expect(run(insert)).rejects.toMatchObject(denied("dynamodb:PartiQLInsert"));
  await expect(run("DELETE FROM things WHERE id = 'p'")).rejects.toMatchObject(denied("dynamodb:PartiQLDelete"));
  const statements = [{ Statement: select }, { Statement: insert }];
  const batch = new BatchExecuteStatementCommand({ Statements: statements });
  await expect(running.dynamodb.send(batch)).rejects.toMatchObject(denied("dynamodb:PartiQLInsert"));
  const transaction = new ExecuteTransactionCommand({ TransactStatements: statements });
  await expect(running.dynamodb.send(transaction)).rejects.toMatchObject(denied("dynamodb:PartiQLInsert"));
  const both = allow(["dynamodb:PartiQLSelect", "dynamodb:PartiQLInsert"], tableArn, `${tableArn}/index/byGroup`);
  await running.configure({ tables: [things], principals: [principal(both)] });
  expect((await run(bySelect)).Items).toBeDefined();
  expect((await run(insert)).Items).toEqual([]);
});
