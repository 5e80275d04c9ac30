import type { Topic } from "../../../local/read/topic-definition";
import { unwantedAttributes, unwantedBody } from "../../../local/services/sns/filter-policy";
import { arnOf, queueNamed, type Running, startServices, topicMaySend } from "../support/services";
import { ask, sqs } from "../support/signed";

/**
 * Messages that SNS accepts, and their subscribers. (SNS API reference, Publish; developer guide, "message attributes",
 * "message filtering")
 */

let running: Running;
let made = 0;
let topic: Topic;
let [raw, wrapped] = [queueNamed("raw"), queueNamed("wrapped")];
beforeAll(async () => {
  running = await startServices({});
});
afterAll(() => running.stop());

type Filter = NonNullable<Topic["subscriptions"][number]["filter"]>;

/** A topic with two queues, one of which gets messages raw. */
async function configure(more: Partial<Topic> = {}, filter?: Filter): Promise<void> {
  made += 1;
  const suffix = more.fifo ? ".fifo" : "";
  const queue = (name: string) => ({
    ...queueNamed(`${name}-${made}${suffix}`),
    ...(more.fifo ? { fifo: { contentBasedDeduplication: false } } : {}),
  });
  [raw, wrapped] = [queue("raw"), queue("wrapped")];
  const arn = arnOf("sns", `news-${made}${suffix}`);
  const to = (endpoint: string, isRaw: boolean) => ({
    ...{ arn: `${arn}:${isRaw}`, protocol: "sqs", endpoint, raw: isRaw },
    ...(filter ? { filter } : {}),
  });
  topic = { arn, subscriptions: [to(raw.arn, true), to(wrapped.arn, false)], ...more };
  const policies = [raw, wrapped].map((each) => topicMaySend(each.arn, arn));
  await running.configure({ queues: [raw, wrapped], topics: [topic], policies });
}
beforeEach(() => configure());

const call = async (Action: string, form: Record<string, string>) => {
  const said = await ask(running.url, "sns", {
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams({ Action, TopicArn: topic.arn, ...form }).toString(),
  });
  const part = (name: string) => new RegExp(`<${name}>([^<]*)</${name}>`).exec(said.text)?.[1];
  return { ...said, part };
};
const publish = (form: Record<string, string>) => call("Publish", { Message: "m", ...form });
const attribute = (name: string, DataType: string, value: Record<string, string>, at = 1) =>
  Object.fromEntries(
    Object.entries({ Name: name, "Value.DataType": DataType, ...value }).map(([key, text]) => [
      `MessageAttributes.entry.${at}.${key}`,
      text,
    ]),
  );
const text = (value: string) => ({ "Value.StringValue": value });
const received = async ({ name }: typeof raw) => {
  const QueueUrl = `https://sqs.us-east-1.amazonaws.com/000000000000/${name}`;
  const asked = { QueueUrl, MaxNumberOfMessages: 10, MessageAttributeNames: ["All"], AttributeNames: ["All"] };
  return (await sqs(running.url, "ReceiveMessage", asked)).body.Messages ?? [];
};
const bodies = async (queue: typeof raw) => (await received(queue)).map(({ Body }: { Body: string }) => Body);

test.each([
  ["another type", attribute("a", "Nope", text("x")), "invalid message attribute type"],
  ["a type that begins like one", attribute("a", "Stringy", text("x")), "invalid message attribute type"],
  ["no type", attribute("a", "", text("x")), "invalid message attribute type"],
  ["an empty value", attribute("a", "String", text("")), "must contain non-empty message attribute value"],
  ["no value", attribute("a", "String", {}), "must contain non-empty message attribute value"],
  ["a value of the other kind", attribute("a", "Binary", text("x")), "must contain non-empty message attribute value"],
  [
    "a number that is none",
    attribute("a", "Number", text("v")),
    "Could not cast message attribute &apos;a&apos; value to number",
  ],
  ["an empty name", attribute("", "String", text("x")), "must not be empty"],
  ["a name with a blank", attribute("a b", "String", text("x")), "non-alphanumeric character &apos;#x20&apos;"],
  ["a name that begins with a period", attribute(".a", "String", text("x")), "starting with character"],
  ["a name that ends with one", attribute("a.", "String", text("x")), "ending with character"],
  ["a name with two in succession", attribute("a..b", "String", text("x")), "successive"],
  ["a name of AWS", attribute("aws.x", "String", text("x")), "can not begin with"],
  ["a long name", attribute("a".repeat(257), "String", text("x")), "less than 256 bytes"],
])("a message attribute with %s is refused", async (_, form, words) => {
  const said = await publish(form);
  expect([said.status, said.part("Code")]).toEqual([400, "ParameterValueInvalid"]);
  expect(said.part("Message")?.replaceAll("'", "&apos;")).toContain(words);
  expect(await received(raw)).toEqual([]);
});

test.each([
  [{ MessageStructure: "json" }, "Invalid parameter: Message Structure - JSON message body failed to parse"],
  [
    { MessageStructure: "json", Message: "[]" },
    "Invalid parameter: Message Structure - JSON message body failed to parse",
  ],
  [
    { MessageStructure: "json", Message: "{}" },
    "Invalid parameter: Message Structure - No default entry in JSON message body",
  ],
  [
    { MessageStructure: "json", Message: '{"default":1}' },
    "Invalid parameter: Message Structure - No default entry in JSON",
  ],
  [{ MessageStructure: "xml" }, "Invalid parameter: MessageStructure"],
  [{ MessageDeduplicationId: "a" }, "that is not valid for this topic type"],
  [{ MessageGroupId: "a b" }, "can only include alphanumeric and punctuation characters"],
])("publishing %j is refused", async (form, words) => {
  const said = await publish(form);
  expect([said.status, said.part("Code")]).toEqual([400, "InvalidParameter"]);
  expect(said.part("Message")).toContain(words);
});

test("each protocol gets its own message", async () => {
  await publish({
    MessageStructure: "json",
    Message: JSON.stringify({ default: "all", sqs: "queues", constructor: 1 }),
  });
  expect(await bodies(raw)).toEqual(["queues"]);
  expect(JSON.parse((await bodies(wrapped))[0])).toMatchObject({ Message: "queues" });
  await publish({ MessageStructure: "json", Message: JSON.stringify({ default: "all", lambda: "functions" }) });
  expect(await bodies(raw)).toEqual(["all"]);
});

test("a group of a standard topic comes to its queues, and a telephone gets nothing", async () => {
  await publish({ MessageGroupId: "tenant" });
  expect((await received(raw))[0].Attributes.MessageGroupId).toBe("tenant");
  expect((await publish({ PhoneNumber: "+1" })).text).toContain("SNS PhoneNumber of Publish is not emulated");
});

test("what has more attributes than a queue takes comes wrapped, and not raw", async () => {
  await publish(
    Object.assign({}, ...Array.from({ length: 11 }, (_, at) => attribute(`a${at}`, "String", text("x"), at + 1))),
  );
  expect(await bodies(raw)).toEqual([]);
  expect(Object.keys(JSON.parse((await bodies(wrapped))[0]).MessageAttributes)).toHaveLength(11);
});

const entry = (at: number, members: Record<string, string>) =>
  Object.fromEntries(
    Object.entries(members).map(([name, value]) => [`PublishBatchRequestEntries.member.${at}.${name}`, value]),
  );

test("of a batch each message is accepted, or refused with a reason", async () => {
  const said = await call("PublishBatch", {
    ...entry(1, { Id: "a", Message: "one", ...attribute("x", "String", text("y")) }),
    ...entry(2, { Id: "b", Message: "" }),
    ...entry(3, { Id: "c", Message: "three" }),
  });
  expect(said.status).toBe(200);
  expect(said.text.match(/<Id>.<\/Id>/g)).toEqual(["<Id>a</Id>", "<Id>c</Id>", "<Id>b</Id>"]);
  expect(said.text).toMatch(/<Failed><member><Id>b<\/Id><Code>InvalidParameter<\/Code>/);
  const [one, three] = await received(raw);
  expect([one.Body, one.MessageAttributes, three.Body]).toEqual([
    "one",
    { x: { DataType: "String", StringValue: "y" } },
    "three",
  ]);
});

test.each([
  ["no entries", {}, "EmptyBatchRequest"],
  [
    "eleven",
    Object.assign({}, ...Array.from({ length: 11 }, (_, at) => entry(at + 1, { Id: `i${at}`, Message: "m" }))),
    "TooManyEntriesInBatchRequest",
  ],
  ["an id with a blank", entry(1, { Id: "a b", Message: "m" }), "InvalidBatchEntryId"],
  [
    "an id twice",
    { ...entry(1, { Id: "a", Message: "m" }), ...entry(2, { Id: "a", Message: "m" }) },
    "BatchEntryIdsNotDistinct",
  ],
  [
    "too much in all",
    { ...entry(1, { Id: "a", Message: "m".repeat(200_000) }), ...entry(2, { Id: "b", Message: "m".repeat(200_000) }) },
    "BatchRequestTooLong",
  ],
])("a batch with %s is refused", async (_, form, code) => {
  const said = await call("PublishBatch", form);
  expect([said.status, said.part("Code")]).toEqual([400, code]);
});

describe("topics with an order", () => {
  beforeEach(() => configure({ fifo: { contentBasedDeduplication: false } }));

  test("groups, ids and order come to the queues", async () => {
    for (const Message of ["1", "2"]) await publish({ Message, MessageGroupId: "g", MessageDeduplicationId: Message });
    const messages = await received(raw);
    expect(messages).toMatchObject([
      { Body: "1", Attributes: { MessageGroupId: "g", MessageDeduplicationId: "1" } },
      { Body: "2", Attributes: { MessageGroupId: "g", MessageDeduplicationId: "2" } },
    ]);
    expect(JSON.parse((await received(wrapped))[0].Body).SequenceNumber).toMatch(/^\d{20}$/);
  });

  test("the same message is published once, and answered as the first time", async () => {
    const once = { MessageGroupId: "g", MessageDeduplicationId: "1" };
    const [first, again] = [await publish(once), await publish({ ...once, Message: "other" })];
    expect(again.part("MessageId")).toBe(first.part("MessageId"));
    expect(again.part("SequenceNumber")).toBe(first.part("SequenceNumber"));
    expect(await bodies(raw)).toEqual(["m"]);
  });

  test.each([
    [{ MessageDeduplicationId: "a" }, "The MessageGroupId parameter is required for FIFO topics"],
    [
      { MessageGroupId: "g" },
      "should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided",
    ],
  ])("publishing %j is refused", async (form, words) => {
    expect((await publish(form)).part("Message")).toContain(words);
  });
});

test("a subscription's filter decides what its queue gets", async () => {
  await configure({}, { policy: { colour: ["red"] }, scope: "MessageAttributes" });
  await publish({ Message: "red", ...attribute("colour", "String", text("red")) });
  await publish({ Message: "blue", ...attribute("colour", "String", text("blue")) });
  await publish({ Message: "none" });
  expect(await bodies(raw)).toEqual(["red"]);
  await configure({}, { policy: { colour: ["red"] }, scope: "MessageBody" });
  for (const colour of ["red", "blue"]) await publish({ Message: JSON.stringify({ colour }) });
  await publish({ Message: "no JSON" });
  expect(await bodies(raw)).toEqual(['{"colour":"red"}']);
});

const string = (StringValue: string) => ({ DataType: "String", StringValue });
const number = (StringValue: string) => ({ DataType: "Number", StringValue });
const array = (value: unknown) => ({ DataType: "String.Array", StringValue: JSON.stringify(value) });

test.each([
  [{ a: ["x", "y"] }, { a: string("y") }, true],
  [{ a: "x" }, { a: string("x") }, true],
  [{ a: ["x"] }, { a: string("X") }, false],
  [{ a: ["x"], b: ["y"] }, { a: string("x") }, false],
  [{ a: ["x"], b: ["y"] }, { a: string("x"), b: string("y") }, true],
  [{ a: ["x"] }, {}, false],
  [{ constructor: ["x"] }, {}, false],
  [{ a: [{ exists: true }] }, { a: string("") }, true],
  [{ a: [{ exists: false }] }, { a: string("") }, false],
  [{ a: [{ exists: false }] }, {}, true],
  [{ a: [{ "anything-but": ["x", "y"] }] }, { a: string("z") }, true],
  [{ a: [{ "anything-but": ["x", "y"] }] }, { a: string("y") }, false],
  [{ a: [{ "anything-but": "x" }] }, {}, false],
  [{ a: [{ "anything-but": 100 }] }, { a: number("100.0") }, false],
  [{ a: [{ "anything-but": { prefix: "x" } }] }, { a: string("xyz") }, false],
  [{ a: [{ "anything-but": { prefix: ["x", "z"] } }] }, { a: string("y") }, true],
  [{ a: [{ "anything-but": { suffix: "z" } }] }, { a: string("xyz") }, false],
  [{ a: [{ prefix: "x" }] }, { a: string("xyz") }, true],
  [{ a: [{ suffix: "yz" }] }, { a: string("xyz") }, true],
  [{ a: [{ suffix: "x" }] }, { a: string("xyz") }, false],
  [{ a: [{ wildcard: "x*z" }] }, { a: string("x.y.z") }, true],
  [{ a: [{ wildcard: "x.z" }] }, { a: string("xyz") }, false],
  [{ a: [{ "equals-ignore-case": "XYZ" }] }, { a: string("xyz") }, true],
  [{ a: [{ cidr: "10.0.0.0/24" }] }, { a: string("10.0.0.255") }, true],
  [{ a: [{ cidr: "10.0.0.0/24" }] }, { a: string("10.0.1.0") }, false],
  [{ a: [{ cidr: "10.0.0.0/24" }] }, { a: string("no address") }, false],
  [{ a: [{ cidr: "2001:db8::/32" }] }, { a: string("2001:db8::1") }, true],
  [{ a: [100] }, { a: number("1e2") }, true],
  [{ a: [100] }, { a: string("100") }, false],
  [{ a: ["100"] }, { a: number("100") }, false],
  [{ a: [{ numeric: [">", 0, "<=", 100] }] }, { a: number("100") }, true],
  [{ a: [{ numeric: [">", 0, "<", 100] }] }, { a: number("100") }, false],
  [{ a: [{ numeric: ["=", 1.5] }] }, { a: number("1.50") }, true],
  [{ a: [{ numeric: [">", 0] }] }, { a: string("1") }, false],
  [{ a: ["x"] }, { a: array(["w", "x"]) }, true],
  [{ a: [1] }, { a: array(["w", 1]) }, true],
  [{ a: [null] }, { a: array([null]) }, true],
  [{ a: [true] }, { a: array([false]) }, false],
  [{ a: [{ "anything-but": "x" }] }, { a: array(["x", "y"]) }, true],
  [{ a: ["x"] }, { a: { DataType: "Binary", BinaryValue: "eA==" } }, false],
  [{ $or: [{ a: ["x"] }, { b: ["y"] }] }, { b: string("y") }, true],
  [{ $or: [{ a: ["x"] }, { b: ["y"] }] }, { a: string("y") }, false],
  [{ c: ["z"], $or: [{ a: ["x"] }, { b: ["y"] }] }, { b: string("y") }, false],
])("a filter policy %j takes a message with the attributes %j: %s", (policy, attributes, wanted) => {
  expect(unwantedAttributes(policy, attributes) === undefined).toBe(wanted);
});

test.each([
  [{ a: { b: ["x"] } }, { a: { b: "x" } }, true],
  [{ a: { b: ["x"] } }, { a: { b: ["w", "x"] } }, true],
  [{ a: { b: ["x"] } }, { a: [{ b: "w" }, { b: "x" }] }, true],
  [{ a: { b: ["x"] } }, { "a.b": "x" }, false],
  [{ a: { b: ["x"], c: ["y"] } }, { a: { b: "x" } }, false],
  [{ a: [null] }, { a: null }, true],
  [{ a: [true] }, { a: true }, true],
  [{ a: [1] }, { a: 1.0 }, true],
  [{ a: { b: [{ exists: false }] } }, { a: {} }, true],
  [{ a: { b: [{ exists: true }] } }, { a: { b: {} } }, false],
  [{ a: { $or: [{ b: ["x"] }, { c: ["y"] }] } }, { a: { c: "y" } }, true],
  [{ a: [{ numeric: [">=", 1] }] }, { a: "1" }, false],
])("a filter policy %j takes a message with the body %j: %s", (policy, body, wanted) => {
  expect(unwantedBody(policy, JSON.stringify(body)) === undefined).toBe(wanted);
});

test.each(["", "5", "[]", "no JSON"])("a body %j is none that a filter wants", (body) => {
  expect(unwantedBody({ a: [{ exists: false }] }, body)).toMatch(/no JSON object/);
});
