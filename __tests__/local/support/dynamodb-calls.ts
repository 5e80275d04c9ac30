type Call = (operation: string, input?: object) => Promise<Readonly<Record<string, never>>>;

/** Members of a table with each kind of index. */
const indexedTable = {
  TableName: "indexed",
  AttributeDefinitions: ["p", "s", "g", "l"].map((AttributeName) => ({ AttributeName, AttributeType: "S" })),
  KeySchema: [
    { AttributeName: "p", KeyType: "HASH" },
    { AttributeName: "s", KeyType: "RANGE" },
  ],
  BillingMode: "PAY_PER_REQUEST",
  GlobalSecondaryIndexes: [
    {
      IndexName: "byG",
      KeySchema: [{ AttributeName: "g", KeyType: "HASH" }],
      Projection: { ProjectionType: "INCLUDE", NonKeyAttributes: ["a"] },
    },
  ],
  LocalSecondaryIndexes: [
    {
      IndexName: "byL",
      KeySchema: [
        { AttributeName: "p", KeyType: "HASH" },
        { AttributeName: "l", KeyType: "RANGE" },
      ],
      Projection: { ProjectionType: "INCLUDE", NonKeyAttributes: ["a"] },
    },
  ],
  StreamSpecification: { StreamEnabled: true, StreamViewType: "KEYS_ONLY" },
  SSESpecification: { Enabled: true, SSEType: "KMS" },
  TableClass: "STANDARD",
  Tags: [{ Key: "a", Value: "b" }],
};

/** Calls all operations in ways that bring about each member that an answer can have. */
export async function callDynamoDb(call: Call): Promise<void> {
  const TableName = "indexed";
  const ask = (operation: string, input: object = {}) => call(operation, { TableName, ...input });
  const all = { ReturnConsumedCapacity: "INDEXES", ReturnItemCollectionMetrics: "SIZE" };
  const Key = { p: { S: "p" }, s: { S: "s" } };
  const Item = { ...Key, g: { S: "g" }, l: { S: "l" } };
  const values = { ExpressionAttributeValues: { ":v": { S: "p" } } };
  const { TableDescription: made } = await ask("CreateTable", indexedTable);
  const { TableArn: ResourceArn } = made as unknown as { TableArn: string };
  await ask("DescribeTable");
  for (const operation of ["DescribeTimeToLive", "DescribeContinuousBackups"]) await ask(operation);
  const TimeToLiveSpecification = { Enabled: true, AttributeName: "ends" };
  await ask("UpdateTimeToLive", { TimeToLiveSpecification });
  await ask("DescribeTimeToLive");
  await call("ListTables", { Limit: 1 });
  await call("DescribeLimits");
  await call("TagResource", { ResourceArn, Tags: [{ Key: "c", Value: "d" }] });
  await call("ListTagsOfResource", { ResourceArn });
  await call("UntagResource", { ResourceArn, TagKeys: ["c"] });
  const items = ["s", "t", "u"].map((sort) => ({ ...Item, s: { S: sort } }));
  await call("BatchWriteItem", {
    ...all,
    RequestItems: { [TableName]: items.map((item) => ({ PutRequest: { Item: item } })) },
  });
  for (const [operation, more] of [
    ["PutItem", { Item: { ...Item, g: { S: "other" }, l: { S: "other" } }, ReturnValues: "ALL_OLD" }],
    ["UpdateItem", { Key, UpdateExpression: "SET g = :v, l = :v", ReturnValues: "ALL_NEW", ...values }],
    ["DeleteItem", { Key, ReturnValues: "ALL_OLD" }],
  ] as const)
    await ask(operation, { ...all, ...more });
  await ask("PutItem", { Item });
  await ask("GetItem", { Key, ReturnConsumedCapacity: "INDEXES" });
  const byP = { KeyConditionExpression: "p = :v", ...values };
  for (const IndexName of [undefined, "byG", "byL"]) {
    const limited = { IndexName, Limit: 1, ReturnConsumedCapacity: "INDEXES" };
    const query = IndexName === "byG" ? { KeyConditionExpression: "g = :v", ...values } : byP;
    await ask("Query", { ...limited, ...query });
    await ask("Scan", limited);
    const Statement = `SELECT * FROM "indexed"${IndexName === undefined ? "" : `."${IndexName}"`}`;
    await call("ExecuteStatement", { Statement, Limit: 1, ReturnConsumedCapacity: "INDEXES" });
  }
  await batchesAndTransactions(call, { Key, Item, TableName });
  await ask("UpdateTable", { DeletionProtectionEnabled: false });
  await ask("DeleteTable");
}

async function batchesAndTransactions(
  call: Call,
  { Key, Item, TableName }: { readonly Key: object; readonly Item: object; readonly TableName: string },
): Promise<void> {
  const ReturnConsumedCapacity = "INDEXES";
  const batch = (operation: string, input: object) => call(operation, { ReturnConsumedCapacity, ...input });
  // More than an answer takes, so some keys are left.
  const names = Array.from({ length: 45 }, (_, number) => ({ p: { S: "large" }, s: { S: String(number) } }));
  for (const key of names) {
    await call("PutItem", { TableName, Item: { ...key, a: { S: "x".repeat(390_000) } } });
  }
  const projected = { ProjectionExpression: "#a", ExpressionAttributeNames: { "#a": "a" } };
  const keys = { Keys: names, ConsistentRead: true };
  await batch("BatchGetItem", { RequestItems: { [TableName]: { ...keys, ...projected } } });
  await batch("BatchGetItem", { RequestItems: { [TableName]: { ...keys, AttributesToGet: ["a"] } } });
  await batch("TransactGetItems", { TransactItems: [{ Get: { TableName, Key } }] });
  const ReturnItemCollectionMetrics = "SIZE";
  await batch("TransactWriteItems", {
    ReturnItemCollectionMetrics,
    TransactItems: [{ Put: { TableName, Item: { ...Item, s: { S: "new" } } } }],
  });
  const select = `SELECT * FROM "indexed" WHERE p = 'p' AND s = 's'`;
  const update = `UPDATE "indexed" SET a = 'x' WHERE p = 'p' AND s = 's' AND g = 'other'`;
  const inserted = `INSERT INTO "indexed" VALUE {'p': 'p', 's': 'w', 'g': 'g', 'l': 'l'}`;
  const ReturnValuesOnConditionCheckFailure = "ALL_OLD";
  await batch("BatchExecuteStatement", { Statements: [{ Statement: select }] });
  await batch("BatchExecuteStatement", {
    Statements: [{ Statement: update, ReturnValuesOnConditionCheckFailure }, { Statement: inserted }],
  });
  await batch("ExecuteTransaction", { TransactStatements: [{ Statement: select }] });
  await batch("ExecuteTransaction", { TransactStatements: [{ Statement: inserted.replace("'w'", "'x'") }] });
}
