import { request } from "node:http";
import { connect } from "node:net";
import { GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { eventually } from "../../support/eventually";
import { arnOf, logs, queueNamed, type Running, startServices, things } from "../support/services";
import { ask, sqs } from "../support/signed";

const QueueUrl = "https://sqs.us-east-1.amazonaws.com/000000000000/work";
const configuration = { tables: [things], buckets: [logs], queues: [queueNamed("work")] };

let running: Running;
beforeAll(async () => {
  running = await startServices(configuration, { hosts: ["tunnel.test"] });
});
afterEach(async () => {
  // Whatever was asked, the next request is answered, by the same thread.
  expect((await sqs(running.url, "GetQueueAttributes", { QueueUrl })).status).toBe(200);
  expect(
    running.events.filter(({ event }) => event === "problem").map((event) => JSON.stringify(event)),
  ).not.toContainEqual(expect.stringContaining("thread died"));
});
afterAll(() => running.stop());

/** By Node's plain client, which sends the request as it is. */
const get = (path: string, headers: Record<string, string | string[]> = {}) =>
  new Promise<{ status: number; text: string }>((resolve, reject) => {
    const sent = request(`${running.url}${path}`, { headers }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk: string) => {
        text += chunk;
      });
      response.on("end", () => resolve({ status: response.statusCode ?? 0, text }));
    });
    sent.on("error", reject).end();
  });

const prototypes = ["constructor", "__proto__", "toString", "hasOwnProperty", "valueOf"];

test.each(prototypes)("a service called %s is none", async (name) => {
  const scope = `x%2F20260101%2Fus-east-1%2F${name}%2Faws4_request`;
  const query = `X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=${scope}&X-Amz-SignedHeaders=host&X-Amz-Signature=aa`;
  const { status, text } = await get(`/?${query}`);
  expect([status, JSON.parse(text)]).toEqual([
    501,
    expect.objectContaining({ __type: "UnknownOperationException", message: `${name} is not emulated` }),
  ]);
});

test.each(prototypes)("a signature over a header called %s is forged", async (name) => {
  const authorization = `AWS4-HMAC-SHA256 Credential=ASIATEST/20260101/us-east-1/s3/aws4_request, SignedHeaders=host;${name}, Signature=aa`;
  const { status, text } = await get("/logs/a", { authorization });
  expect([status, text]).toEqual([403, expect.stringContaining("SignatureDoesNotMatch")]);
});

test.each(prototypes)("operations and attributes called %s are refused by name", async (name) => {
  expect((await sqs(running.url, name, { QueueUrl })).status).toBe(501);
  expect((await sqs(running.url, "GetQueueAttributes", { QueueUrl, AttributeNames: [name] })).error).toBe(
    "InvalidAttributeName;Sender",
  );
});

test.each([
  ["Entries that are a text", "SendMessageBatch", { Entries: "a" }],
  ["Entries that are an object", "SendMessageBatch", { Entries: { length: 1 } }],
  ["an entry that is nothing", "SendMessageBatch", { Entries: [null] }],
  ["an attribute that is nothing", "SendMessage", { MessageBody: "a", MessageAttributes: { a: null } }],
  ["attributes that are a list", "SendMessage", { MessageBody: "a", MessageAttributes: [1] }],
  ["names that are a text", "GetQueueAttributes", { AttributeNames: "All" }],
  ["names that are numbers", "ReceiveMessage", { MessageAttributeNames: [1] }],
  ["a body that is a number", "SendMessage", { MessageBody: 5 }],
  ["a queue that is a list", "SendMessage", { QueueUrl: ["a"], MessageBody: "a" }],
])("SQS refuses %s as what can't be read", async (_, operation, input) => {
  const { status, body } = await sqs(running.url, operation, { QueueUrl, ...input });
  expect([status, body.__type]).toEqual([400, "com.amazonaws.sqs#SerializationException"]);
});

const dynamodb = async (operation: string, input: object) => {
  const headers = { "content-type": "application/x-amz-json-1.0", "x-amz-target": `DynamoDB_20120810.${operation}` };
  const { status, text } = await ask(running.url, "dynamodb", { headers, body: JSON.stringify(input) });
  return { status, type: JSON.parse(text).__type };
};

test.each([
  ["DeleteItem", { TableName: "things", Key: { id: null } }],
  ["BatchGetItem", { RequestItems: { things: null } }],
  ["BatchGetItem", { RequestItems: null }],
  ["BatchWriteItem", { RequestItems: { things: "a" } }],
  ["PutItem", { TableName: "things", Item: { id: { S: "a" }, b: null } }],
])("DynamoDB refuses %s of %j", async (operation, input) => {
  expect(await dynamodb(operation, input)).toMatchObject({ status: 400 });
});

test("what a URL asks for that no header can carry is refused by S3, and Latin-1 is sent as it is", async () => {
  await running.s3.send(new PutObjectCommand({ Bucket: "logs", Key: "a", Body: "text" }));
  const asked = (name: string) =>
    running.s3.send(
      new GetObjectCommand({ Bucket: "logs", Key: "a", ResponseContentDisposition: `attachment; filename="${name}"` }),
    );
  expect((await asked("é.png")).ContentDisposition).toBe('attachment; filename="é.png"');
  for (const name of ["€.png", "a\nb", "\u0000"]) {
    await expect(asked(name)).rejects.toMatchObject({
      name: "InvalidArgument",
      ArgumentName: "response-content-disposition",
      $metadata: { httpStatusCode: 400 },
    });
  }
});

test("what was stored with words that no header can carry is read, with them as mail writes them", async () => {
  const put = { method: "PUT", path: "/logs/b", query: { "x-amz-meta-name": "€uro" }, body: "text" };
  expect((await ask(running.url, "s3", put)).status).toBe(200);
  const { status, headers } = await ask(running.url, "s3", { method: "GET", path: "/logs/b", body: "" });
  expect([status, headers.get("x-amz-meta-name")]).toEqual([200, "=?UTF-8?B?4oKsdXJv?="]);
  const bad = { ...put, query: { "x-amz-meta-a{b": "x" } };
  expect((await ask(running.url, "s3", bad)).text).toContain("<Code>InvalidArgument</Code>");
});

test("only those who name this machine, or a host that is allowed, are answered", async () => {
  const port = new URL(running.url).port;
  const statusOf = async (host: string) => (await get("/", { host })).text;
  for (const host of [`localhost:${port}`, "127.0.0.1", `[::1]:${port}`, "LOCALHOST", "Tunnel.test:80"]) {
    expect([host, await statusOf(host)]).toEqual([host, "not signed"]);
  }
  for (const host of ["rebound.example", "localhost.example", "127.0.0.1.example:80"]) {
    expect([host, await statusOf(host)]).toEqual([host, "unknown host"]);
  }
  const reported = running.events.filter((event) => event.event === "problem" && event.message.includes("rebound"));
  expect(reported).toEqual([
    expect.objectContaining({
      message: 'a request for the host "rebound.example" was refused; --allow-host rebound.example lets such in',
    }),
  ]);
});

/** Sends bytes, and waits until the server ends the connection. */
const bytes = (text: string, { url } = running): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(url).port), "127.0.0.1", () => socket.write(text));
    let got = "";
    socket.setEncoding("utf8").on("data", (chunk: string) => {
      got += chunk;
    });
    socket.on("error", reject).on("close", () => resolve(got));
  });

test("two hosts are one too many", async () => {
  expect(await bytes("GET / HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n")).toMatch(/^HTTP\/1\.1 400 /);
});

const signed =
  "Authorization: AWS4-HMAC-SHA256 Credential=a/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=aa";

test.each([
  ["in its headers", "GET / HTTP/1.1\r\nHost: loc"],
  ["in its body", `PUT /logs/a HTTP/1.1\r\nHost: localhost\r\n${signed}\r\nContent-Length: 10\r\n\r\nabc`],
  ["in a chunk", `PUT /logs/a HTTP/1.1\r\nHost: localhost\r\n${signed}\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab`],
])("a request that stops %s is ended", async (_, text) => {
  // Limits that a busy machine would not let whole requests keep.
  const impatient = await startServices(configuration, { limits: { headersMs: 100, requestMs: 200, checkMs: 20 } });
  try {
    expect(await bytes(text, impatient)).toMatch(/^HTTP\/1\.1 408 /);
  } finally {
    await impatient.stop();
  }
});

test("a function that is not in the stacks may not do what Lambda does for functions", async () => {
  const call = { kind: "receive", queueArn: arnOf("sqs", "work"), most: 1, waitMs: 0 } as const;
  const unknown = arnOf("lambda", "function:unknown");
  await expect(running.services.call(unknown, call)).rejects.toThrow(`${unknown} is no function of the stacks`);
  const known = arnOf("lambda", "function:get-thing");
  await expect(running.services.call(known, call)).resolves.toEqual({ messages: [] });
  const absent = { ...call, queueArn: arnOf("sqs", "absent") };
  await expect(running.services.call(known, absent)).rejects.toThrow(`${absent.queueArn} is not in the stacks`);
});

test("Lambda's failure to take an event is not an unknown function", async () => {
  const failing = await startServices(configuration, { invoke: () => Promise.reject(new Error("the disk is full")) });
  const event = { path: "/2015-03-31/functions/get-thing/invocations", headers: { "x-amz-invocation-type": "Event" } };
  const { status, text } = await ask(failing.url, "lambda", { ...event, body: "{}" });
  expect([status, JSON.parse(text).__type]).toEqual([500, "ServiceException"]);
  await eventually(() => failing.events.find((e) => e.event === "problem" && e.message.includes("the disk is full")));
  await failing.stop();
});
