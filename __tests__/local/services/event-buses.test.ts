import type { EventRule } from "../../../local/read/event-bus-definition";
import {
  account,
  allow,
  arnOf,
  everything,
  policyOf,
  principal,
  queueNamed,
  type Running,
  region,
  startServices,
} from "../support/services";
import { ask, sqs } from "../support/signed";

const bus = { name: "shop", arn: arnOf("events", "event-bus/shop") };
const [work, dead] = [queueNamed("work"), queueNamed("dead")];
const functionArn = arnOf("lambda", "function:count");
const rule: EventRule = {
  name: "paid",
  arn: arnOf("events", "rule/shop/paid"),
  busName: "shop",
  enabled: true,
  pattern: { source: ["shop"], detail: { amount: [{ numeric: [">", 100] }] } },
  targets: [{ id: "work", arn: work.arn, deadLetterArn: dead.arn }],
};
const toFunction: EventRule = { ...rule, targets: [{ id: "count", arn: functionArn, deadLetterArn: dead.arn }] };

const admits = (kind: "queue" | "function", arn: string, action: string, source = rule.arn) =>
  policyOf(kind, arn, {
    ...allow(action, arn),
    Principal: { Service: "events.amazonaws.com" },
    Condition: { ArnEquals: { "aws:SourceArn": source } },
  });
const queueAdmits = admits("queue", work.arn, "sqs:SendMessage");
const deadAdmits = admits("queue", dead.arn, "sqs:SendMessage");

let running: Running;
const calls: { arn: string; event: ReturnType<typeof JSON.parse> }[] = [];

beforeAll(async () => {
  const invoke = async (arn: string, payload: string) => {
    calls.push({ arn, event: JSON.parse(payload) });
    return { payload: "" };
  };
  running = await startServices({}, { invoke });
});
afterAll(() => running.stop());

const configure = (
  rules: readonly EventRule[],
  policies = [queueAdmits, deadAdmits],
  statements: object[] = [everything],
) =>
  running.configure({
    queues: [work, dead],
    events: { buses: [bus], rules },
    policies,
    principals: [principal(...statements)],
  });

async function events(operation: string, input: object) {
  const headers = { "content-type": "application/x-amz-json-1.1", "x-amz-target": `AWSEvents.${operation}` };
  const { status, text } = await ask(running.url, "events", { headers, body: JSON.stringify(input) });
  return { status, body: JSON.parse(text) };
}

const entry = { EventBusName: "shop", Source: "shop", DetailType: "OrderPaid", Detail: '{"amount":101}' };
const put = (...Entries: object[]) => events("PutEvents", { Entries });

async function received(queue: string) {
  const asked = { QueueUrl: `x/${queue}`, MaxNumberOfMessages: 10, MessageAttributeNames: ["All"] };
  const { Messages = [] } = (await sqs(running.url, "ReceiveMessage", asked)).body;
  for (const { ReceiptHandle } of Messages)
    await sqs(running.url, "DeleteMessage", { QueueUrl: `x/${queue}`, ReceiptHandle });
  return Messages;
}

test("an event that fits is in the queue as EventBridge sends it, and another is not", async () => {
  await configure([rule]);
  const { status, body } = await put(
    { ...entry, Time: 1_900_000_000, Resources: ["a"] },
    { ...entry, Detail: '{"amount":100}' },
  );
  expect([status, body.FailedEntryCount, body.Entries.length]).toEqual([200, 0, 2]);

  const [message, ...others] = await received("work");
  expect(others).toEqual([]);
  expect(JSON.parse(message.Body)).toEqual({
    ...{ version: "0", id: body.Entries[0].EventId, "detail-type": "OrderPaid", source: "shop", account },
    ...{ time: "2030-03-17T17:46:40Z", region, resources: ["a"], detail: { amount: 101 } },
  });
});

test("a function is called for an event, by a bus's ARN, too", async () => {
  await configure([toFunction], [admits("function", functionArn, "lambda:InvokeFunction")]);
  await put({ ...entry, EventBusName: bus.arn });
  expect(calls.splice(0)).toMatchObject([{ arn: functionArn, event: { detail: { amount: 101 } } }]);
});

test("what a target's policy does not let in is a dead letter that says why", async () => {
  await configure([toFunction], [deadAdmits]);
  expect((await put(entry)).body.FailedEntryCount).toBe(0);

  const [message] = await received("dead");
  expect(JSON.parse(message.Body)).toMatchObject({ detail: { amount: 101 } });
  expect(message.MessageAttributes).toMatchObject({
    RULE_ARN: { StringValue: rule.arn },
    TARGET_ARN: { StringValue: functionArn },
    ERROR_CODE: { StringValue: "NO_PERMISSIONS" },
    RETRY_ATTEMPTS: { StringValue: "0" },
  });
  expect(calls).toEqual([]);
});

test.each([
  [{ Source: undefined }, "InvalidArgument", "Parameter Source is not valid. Reason: Source is a required argument."],
  [
    { DetailType: "" },
    "InvalidArgument",
    "Parameter DetailType is not valid. Reason: DetailType is a required argument.",
  ],
  [{ Detail: "[]" }, "MalformedDetail", "Detail is malformed."],
  [{ Detail: "{" }, "MalformedDetail", "Detail is malformed."],
  [{ Source: "aws.s3" }, "NotAuthorizedForSourceException", "Not authorized for the source."],
])("an entry with %j fails alone: %s", async (change, ErrorCode, ErrorMessage) => {
  await configure([rule]);
  const { body } = await put({ ...entry, ...change }, entry);
  expect(body).toEqual({
    FailedEntryCount: 1,
    Entries: [{ ErrorCode, ErrorMessage }, { EventId: expect.any(String) }],
  });
  expect(await received("work")).toHaveLength(1);
});

test("no entries, more than ten, and more than a megabyte are refused as a whole", async () => {
  await configure([rule]);
  const tooLarge = { ...entry, Detail: JSON.stringify({ amount: 101, text: "x".repeat(1024 * 1024) }) };
  for (const entries of [[], Array.from({ length: 11 }, () => entry), [tooLarge]]) {
    expect(await put(...entries)).toMatchObject({ status: 400, body: { __type: "ValidationException" } });
  }
  expect(await received("work")).toEqual([]);
});

test("putting takes the right to that bus", async () => {
  await configure([rule], [queueAdmits], [allow("events:PutEvents", arnOf("events", "event-bus/other"))]);
  expect(await put(entry)).toMatchObject({ status: 400, body: { __type: "AccessDeniedException" } });
  expect(await events("PutRule", { Name: "x" })).toMatchObject({ status: 501 });
  expect(await events("PutEvents", { Entries: [entry], EndpointId: "x" })).toMatchObject({ status: 501 });
});

const event = {
  source: "shop",
  detail: {
    text: "Größe",
    ip: "10.0.0.5",
    list: ["a", "b"],
    count: 5,
    none: null,
    empty: "",
    deep: { a: [{ b: 1 }, { b: 2 }] },
  },
};

test.each<[object, boolean]>([
  [{ source: ["shop", "other"] }, true],
  [{ source: ["Shop"] }, false],
  [{ detail: { text: [{ prefix: "Gr" }] } }, true],
  [{ detail: { text: [{ prefix: { "equals-ignore-case": "gR" } }] } }, true],
  [{ detail: { text: [{ suffix: "ße" }] } }, true],
  [{ detail: { text: [{ suffix: { "equals-ignore-case": "SSE" } }] } }, false],
  [{ detail: { text: [{ "equals-ignore-case": "GRÖße" }] } }, true],
  [{ detail: { text: [{ wildcard: "G*ß*" }] } }, true],
  [{ detail: { text: [{ wildcard: "G\\*e" }] } }, false],
  [{ detail: { text: [{ "anything-but": ["a", "Größe"] }] } }, false],
  [{ detail: { text: [{ "anything-but": "a" }] } }, true],
  [{ detail: { text: [{ "anything-but": { prefix: ["X", "Gr"] } }] } }, false],
  [{ detail: { text: [{ "anything-but": { suffix: "x" } }] } }, true],
  [{ detail: { text: [{ "anything-but": { wildcard: "*ö*" } }] } }, false],
  [{ detail: { text: [{ "anything-but": { "equals-ignore-case": ["GRÖßE"] } }] } }, false],
  [{ detail: { absent: [{ "anything-but": "a" }] } }, false],
  [{ detail: { ip: [{ cidr: "10.0.0.0/24" }] } }, true],
  [{ detail: { ip: [{ cidr: "10.0.1.0/24" }] } }, false],
  [{ detail: { list: ["b"] } }, true],
  [{ detail: { list: [{ "anything-but": ["b"] }] } }, true],
  [{ detail: { count: [{ numeric: [">", 4, "<=", 5] }] } }, true],
  [{ detail: { count: [{ numeric: ["=", 4] }] } }, false],
  [{ detail: { count: ["5"] } }, false],
  [{ detail: { none: [null] } }, true],
  [{ detail: { empty: [""] } }, true],
  [{ detail: { empty: [null] } }, false],
  [{ detail: { absent: [{ exists: false }] } }, true],
  [{ detail: { count: [{ exists: true }] } }, true],
  [{ detail: { deep: [{ exists: true }] } }, false],
  [{ detail: { deep: { a: { b: [2] } } } }, true],
  [{ constructor: [{ exists: true }] }, false],
  [{ detail: { $or: [{ count: [1] }, { text: ["Größe"] }] } }, true],
  [{ $or: [{ source: ["other"] }, { detail: { count: [1] } }] }, false],
])("the pattern %j fits: %s", async (pattern, Result) => {
  await configure([]);
  const asked = { EventPattern: JSON.stringify(pattern), Event: JSON.stringify(event) };
  expect((await events("TestEventPattern", asked)).body).toEqual({ Result });
});

test.each([
  ["{}", "pattern must have properties, got {}"],
  ['{"source":"shop"}', 'pattern.source must be a list of values, got "shop"'],
  ['{"source":[]}', "pattern.source must be a list of values, got []"],
  ['{"a":[{"constructor":1}]}', "pattern.a must have one of prefix, suffix,"],
  ['{"a":[{"prefix":"x","suffix":"y"}]}', "pattern.a must have one of prefix, suffix,"],
  ['{"a":[{"numeric":["~",1]}]}', "pattern.a: numeric must have what it compares with"],
  ['{"a":[{"numeric":[">"]}]}', "pattern.a: numeric must have what it compares with"],
  ['{"a":[{"exists":"yes"}]}', "pattern.a: exists must have what it compares with"],
  ['{"a":[{"wildcard":"a**b"}]}', "pattern.a: wildcard must have what it compares with"],
  ['{"a":[{"cidr":"here"}]}', "pattern.a: cidr must have what it compares with"],
  ['{"a":[{"anything-but":{"numeric":[1]}}]}', "pattern.a: anything-but must have what it compares with"],
  ["nothing", "pattern must have properties, got nothing"],
])("the pattern %s is refused", async (EventPattern, reason) => {
  await configure([]);
  const { status, body } = await events("TestEventPattern", { EventPattern, Event: "{}" });
  expect([status, body.__type, body.message]).toEqual([
    400,
    "InvalidEventPatternException",
    expect.stringContaining(`Event pattern is not valid. Reason: ${reason}`),
  ]);
});
