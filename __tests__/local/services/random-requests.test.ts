import fc from "fast-check";
import { arnOf, logs, policyOf, queueNamed, type Running, startServices, things } from "../support/services";
import { ask } from "../support/signed";

const work = queueNamed("work");
const parameter = { name: "/a/b", arn: arnOf("ssm", "parameter/a/b"), type: "String", value: "x", version: 1 };
const topic = {
  arn: arnOf("sns", "news"),
  subscriptions: [{ arn: `${arnOf("sns", "news")}:1`, protocol: "sqs", endpoint: work.arn, raw: true }],
};

let running: Running;
beforeAll(async () => {
  running = await startServices(
    {
      tables: [things],
      buckets: [logs],
      queues: [work],
      parameters: [parameter],
      topics: [topic],
      policies: [policyOf("queue", work.arn, { Effect: "Allow", Principal: "*", Action: "*", Resource: "*" })],
    },
    { invoke: async () => ({ payload: "null" }) },
  );
});
afterAll(() => running.stop());

const names = ["constructor", "__proto__", "toString", "hasOwnProperty", "things", "work", "/a/b", "id", "S", "N", "a"];
const text = fc.oneof(fc.constantFrom(...names), fc.string({ unit: "binary", maxLength: 20 }));
const number = fc.oneof(fc.integer(), fc.double(), fc.constantFrom(1e308, -1e308, 2 ** 53, -0, 1e21));
const leaf = fc.oneof(text, number, fc.boolean(), fc.constant(null));
/** Anything that JSON can say, with names that objects have of themselves. */
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    leaf,
    fc.array(tie("value"), { maxLength: 4 }),
    fc.array(fc.tuple(text, tie("value")), { maxLength: 4 }).map((entries) => Object.fromEntries(entries)),
  ),
}));

/** The members that an operation has, some of them as they should be, and others. */
const inputOf = (members: Readonly<Record<string, unknown>>) =>
  fc
    .record(
      Object.fromEntries(
        Object.entries(members).map(([name, good]) => [
          name,
          fc.oneof({ arbitrary: fc.constant(good), weight: 2 }, value),
        ]),
      ),
      { requiredKeys: [] },
    )
    .chain((known) =>
      fc.oneof(
        { arbitrary: fc.constant(JSON.stringify(known)), weight: 6 },
        { arbitrary: value.map((other) => JSON.stringify(other) ?? ""), weight: 1 },
        { arbitrary: fc.string({ unit: "binary", maxLength: 30 }), weight: 1 },
      ),
    );

const Key = { id: { S: "a" } };
const QueueUrl = "https://sqs.us-east-1.amazonaws.com/000000000000/work";
const attributes = { MessageAttributes: { a: { DataType: "String", StringValue: "b" } } };
const receipt = { ReceiptHandle: "00000000-0000-0000-0000-000000000000#00000000-0000-0000-0000-000000000000" };
const entries = (more: object) => ({ QueueUrl, Entries: [{ Id: "a", ...more }] });

const json: Readonly<Record<string, readonly [prefix: string, operations: Readonly<Record<string, object>>]>> = {
  dynamodb: [
    "DynamoDB_20120810",
    {
      GetItem: { TableName: "things", Key, ProjectionExpression: "a", ExpressionAttributeNames: { "#a": "a" } },
      PutItem: { TableName: "things", Item: { ...Key, a: { L: [{ N: "1" }] } }, ConditionExpression: "a = :a" },
      UpdateItem: {
        TableName: "things",
        Key,
        UpdateExpression: "SET a = :a",
        ExpressionAttributeValues: { ":a": { N: "1" } },
      },
      DeleteItem: { TableName: "things", Key, ReturnValues: "ALL_OLD" },
      Query: {
        TableName: "things",
        KeyConditionExpression: "id = :a",
        ExpressionAttributeValues: { ":a": { S: "a" } },
      },
      Scan: { TableName: "things", Limit: 5, ExclusiveStartKey: Key },
      DescribeTable: { TableName: "things" },
      BatchGetItem: { RequestItems: { things: { Keys: [Key] } } },
      BatchWriteItem: { RequestItems: { things: [{ PutRequest: { Item: Key } }] } },
      constructor: { TableName: "things" },
    },
  ],
  sqs: [
    "AmazonSQS",
    {
      SendMessage: { QueueUrl, MessageBody: "a", DelaySeconds: 0, ...attributes },
      SendMessageBatch: entries({ MessageBody: "a", ...attributes }),
      ReceiveMessage: {
        QueueUrl,
        MaxNumberOfMessages: 1,
        VisibilityTimeout: 0,
        AttributeNames: ["All"],
        MessageAttributeNames: ["All"],
      },
      DeleteMessage: { QueueUrl, ...receipt },
      DeleteMessageBatch: entries(receipt),
      ChangeMessageVisibility: { QueueUrl, ...receipt, VisibilityTimeout: 0 },
      ChangeMessageVisibilityBatch: entries({ ...receipt, VisibilityTimeout: 0 }),
      GetQueueAttributes: { QueueUrl, AttributeNames: ["All"] },
      GetQueueUrl: { QueueName: "work" },
      __proto__: { QueueUrl },
    },
  ],
  ssm: ["AmazonSSM", { GetParameter: { Name: "/a/b", WithDecryption: true }, GetParameters: { Names: ["/a/b"] } }],
};

const jsonRequests = Object.entries(json).flatMap(([service, [prefix, operations]]) =>
  Object.entries(operations).map(([operation, members]) =>
    inputOf(members as Record<string, unknown>).map((body) => ({
      service,
      body,
      headers: { "content-type": "application/x-amz-json-1.0", "x-amz-target": `${prefix}.${operation}` },
    })),
  ),
);

const form = fc
  .dictionary(
    fc.oneof(
      fc.constantFrom("TopicArn", "Message", "Subject", "TargetArn", "PhoneNumber"),
      fc
        .constantFrom(".Name", ".Value.DataType", ".Value.StringValue", ".Value.BinaryValue")
        .map((end) => `MessageAttributes.entry.1${end}`),
      text,
    ),
    fc.oneof(fc.constantFrom(topic.arn, "Publish", "String", "a:b:c"), text),
  )
  .map((members) => ({
    service: "sns",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams({ Action: "Publish", TopicArn: topic.arn, Message: "a", ...members }).toString(),
  }));

const path = fc.oneof(fc.constantFrom("logs/a", "logs/", "logs", "constructor/a", "logs/../a", "logs/%00"), text);
const header = fc.constantFrom(
  ...["range", "if-match", "if-none-match", "if-modified-since", "content-md5", "x-amz-checksum-crc32", "x-amz-acl"],
  ...["x-amz-content-sha256", "x-amz-decoded-content-length", "content-type", "content-disposition", "x-amz-meta-a"],
  ...["x-amz-storage-class", "x-amz-expected-bucket-owner", "x-amz-checksum-toString", "expires", "origin"],
);
const headerValue = fc.oneof(
  fc.constantFrom(
    "*",
    "bytes=0-1",
    "bytes=5-",
    "bytes=-9999999999999999999",
    "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
    "-1",
    "NaN",
  ),
  fc.string({ maxLength: 20 }).map((raw) => raw.trim()),
);
const parameterName = fc.oneof(
  fc.constantFrom(
    "list-type",
    "prefix",
    "max-keys",
    "continuation-token",
    "response-content-type",
    "x-amz-meta-a",
    "x-amz-acl",
  ),
  fc.constantFrom("__proto__", "uploads", "versionId", "X-Amz-Expires"),
);

const s3 = fc.record({
  service: fc.constant("s3"),
  method: fc.constantFrom("GET", "PUT", "DELETE", "HEAD", "POST"),
  path: path.map(
    (raw) =>
      `/${raw
        .split("/")
        .map((part) => encodeURIComponent(part.toWellFormed()))
        .join("/")}`,
  ),
  query: fc.dictionary(parameterName, fc.oneof(fc.constantFrom("2", "0", "-1", "1e99"), text)),
  headers: fc.dictionary(header, headerValue),
  body: fc.string({ maxLength: 20 }),
});

const invocation = fc.record({
  service: fc.constant("lambda"),
  path: fc
    .oneof(fc.constantFrom("get-thing", "constructor", "arn:aws:lambda", "get-thing:$LATEST"), text)
    .map((name) => `/2015-03-31/functions/${encodeURIComponent(name.toWellFormed())}/invocations`),
  query: fc.dictionary(fc.constantFrom("Qualifier", "__proto__"), text),
  headers: fc.dictionary(fc.constantFrom("x-amz-invocation-type", "x-amz-log-type"), headerValue),
  body: fc.oneof(
    value.map((input) => JSON.stringify(input) ?? ""),
    fc.string({ unit: "binary", maxLength: 20 }),
  ),
});

const anyRequest = fc.oneof(...jsonRequests, form, s3, s3, s3, invocation);

test("no request, however strange, is answered by a failure of a service, or ends the thread of all of them", async () => {
  await fc.assert(
    fc.asyncProperty(anyRequest, async (request) => {
      const query = "query" in request ? request.query : {};
      const wellFormed = Object.entries(query).map(([name, value]) => [name, value.toWellFormed()]);
      const method = "method" in request ? request.method : "POST";
      const body = method === "GET" || method === "HEAD" ? "" : request.body.toWellFormed();
      const { status } = await ask(running.url, request.service, {
        ...request,
        method,
        body,
        query: Object.fromEntries(wellFormed),
      });
      // 501 is what is not emulated, and says so.
      if (status !== 501) expect(status).toBeLessThan(500);
    }),
    { numRuns: 600 },
  );
  const problems = running.events.filter((event) => event.event === "problem");
  expect(problems.filter(({ message }) => !/is not (emulated|implemented)/.test(message))).toEqual([]);
});
