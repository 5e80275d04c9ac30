import { arnOf, logs, queueNamed, type Running, startServices } from "../support/services";
import { ask, sqs } from "../support/signed";

const work = queueNamed("work");
const news = { arn: arnOf("sns", "news"), subscriptions: [] };
const bus = { name: "shop", arn: arnOf("events", "event-bus/shop") };
const names = Array.from({ length: 11 }, (_, at) => `/p/${at}`);

let running: Running;
beforeAll(async () => {
  const invoke = async () => ({ payload: "{}" });
  running = await startServices({}, { invoke });
  await running.configure({
    ...{ queues: [work], topics: [news], buckets: [logs], events: { buses: [bus], rules: [] } },
    functions: [{ name: "count", arn: arnOf("lambda", "function:count"), versions: [], aliases: [] }] as never,
  });
});
afterAll(() => running.stop());

const QueueUrl = `x/${work.name}`;
const send = async (input: object) =>
  (await sqs(running.url, "SendMessage", { QueueUrl, MessageBody: "x", ...input })).status;
const receive = async (input: object) => (await sqs(running.url, "ReceiveMessage", { QueueUrl, ...input })).status;
const entries = (count: number, of: object): object[] =>
  Array.from({ length: count }, (_, at) => ({ Id: `${at}`, ...of }));
const sendBatch = async (Entries: object[]) =>
  (await sqs(running.url, "SendMessageBatch", { QueueUrl, Entries })).status;
const target = (service: string, name: string) => ({
  "content-type": "application/x-amz-json-1.1",
  "x-amz-target": `${service}.${name}`,
});
const text = (StringValue: string) => ({ DataType: "String", StringValue });

const topic = async (form: Record<string, string>) => {
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  const body = new URLSearchParams({ TopicArn: news.arn, ...form }).toString();
  return (await ask(running.url, "sns", { headers, body })).status;
};
const publish = (form: object) => topic({ Action: "Publish", Message: "m", ...form });
const publishBatch = (messages: readonly string[]) => {
  const members = messages.flatMap((message, at) => [
    [`PublishBatchRequestEntries.member.${at + 1}.Id`, `${at}`],
    [`PublishBatchRequestEntries.member.${at + 1}.Message`, message],
  ]);
  return topic({ Action: "PublishBatch", ...Object.fromEntries(members) });
};
const putEvents = async (Entries: object[]) =>
  (await ask(running.url, "events", { headers: target("AWSEvents", "PutEvents"), body: JSON.stringify({ Entries }) }))
    .status;
const event = { EventBusName: "shop", Source: "s", DetailType: "t" };
const object = async (key: string, headers: Record<string, string> = {}, body = "x") =>
  (await ask(running.url, "s3", { method: "PUT", path: `/logs/${key}`, headers, body })).status;
const deleteObjects = async (count: number) => {
  const { createHash } = await import("node:crypto");
  const body = `<Delete>${"<Object><Key>a</Key></Object>".repeat(count)}</Delete>`;
  const headers = { "content-md5": createHash("md5").update(body).digest("base64") };
  return (await ask(running.url, "s3", { path: "/logs", query: { delete: "" }, headers, body })).status;
};

type Limit = [what: string, most: number, ask: (size: number) => Promise<number>, refused?: number];

// Numbers of AWS's manuals, which aws/limits.ts names.
test.each<Limit>([
  ["bytes in a queue's message", 1_048_576, (size) => send({ MessageBody: "x".repeat(size) })],
  [
    "bytes in a batch for a queue",
    1_048_576,
    (size) => sendBatch([...entries(1, { MessageBody: "x" }), { Id: "b", MessageBody: "x".repeat(size - 1) }]),
  ],
  ["messages in a batch for a queue", 10, (count) => sendBatch(entries(count, { MessageBody: "x" }))],
  [
    "attributes of a queue's message",
    10,
    (count) =>
      send({ MessageAttributes: Object.fromEntries(names.slice(0, count).map((_, at) => [`a${at}`, text("x")])) }),
  ],
  ["seconds of a message's delay", 900, (DelaySeconds) => send({ DelaySeconds })],
  ["messages in a receive", 10, (MaxNumberOfMessages) => receive({ MaxNumberOfMessages })],
  ["seconds for which messages are hidden", 43_200, (VisibilityTimeout) => receive({ VisibilityTimeout })],
  ["bytes in a topic's message", 262_144, (size) => publish({ Message: "x".repeat(size) })],
  ["characters of a message's subject", 100, (size) => publish({ Subject: "x".repeat(size) })],
  ["bytes in a batch for a topic", 262_144, (size) => publishBatch(["x", "x".repeat(size - 1)])],
  ["messages in a batch for a topic", 10, (count) => publishBatch(Array.from({ length: count }, () => "x"))],
  ["events in a call", 10, (count) => putEvents(Array.from({ length: count }, () => ({ ...event, Detail: "{}" })))],
  [
    "bytes of a call's events, source and type among them",
    1_048_576,
    (size) => putEvents([{ ...event, Detail: `{"a":"${"x".repeat(size - "st".length - '{"a":""}'.length)}"}` }]),
  ],
  ["bytes in an object's key", 1024, (size) => object(encodeURIComponent("é".repeat(10)) + "k".repeat(size - 20))],
  ["bytes of an object's own metadata", 2048, (size) => object("a", { "x-amz-meta-name": "x".repeat(size - 4) })],
  ["objects in a deletion", 1000, deleteObjects],
  [
    "parameters in a call",
    10,
    async (count) =>
      (
        await ask(running.url, "ssm", {
          headers: target("AmazonSSM", "GetParameters"),
          body: JSON.stringify({ Names: names.slice(0, count) }),
        })
      ).status,
  ],
  [
    "bytes in an event for a function",
    1_048_576,
    async (size) => {
      const path = "/2015-03-31/functions/count/invocations";
      const headers = { "x-amz-invocation-type": "Event" };
      return (await ask(running.url, "lambda", { path, headers, body: `"${"x".repeat(size - 2)}"` })).status;
    },
    413,
  ],
])("there may be so many %s: %i, and no more", async (_, most, call, refused = 400) => {
  const [full, over] = [await call(most), await call(most + 1)];
  expect([full < 300, over]).toEqual([true, refused]);
});

test.each<[what: string, least: number, call: (value: number) => Promise<number>]>([
  ["messages in a receive", 1, (MaxNumberOfMessages) => receive({ MaxNumberOfMessages })],
  ["seconds of a message's delay", 0, (DelaySeconds) => send({ DelaySeconds })],
  ["seconds that a receive waits", 0, (WaitTimeSeconds) => receive({ WaitTimeSeconds })],
  ["seconds for which messages are hidden", 0, (VisibilityTimeout) => receive({ VisibilityTimeout })],
  ["events in a call", 1, (count) => putEvents(Array.from({ length: count }, () => ({ ...event, Detail: "{}" })))],
])("there may be so few %s: %i, and no fewer", async (_, least, call) => {
  expect([await call(least), await call(least - 1)]).toEqual([200, 400]);
});

test("an object may have 64 MB here, and no more", async () => {
  const body = "x".repeat(64 * 1024 * 1024);
  expect([await object("large", {}, body), await object("large", {}, `${body}x`)]).toEqual([200, 400]);
});

test("a receive that waits for 20 seconds is one, and one that waits longer is none", async () => {
  await send({});
  expect([await receive({ WaitTimeSeconds: 20 }), await receive({ WaitTimeSeconds: 21 })]).toEqual([200, 400]);
});
