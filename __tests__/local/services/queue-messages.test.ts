import { eventually } from "../../support/eventually";
import { arnOf, queueNamed, type Running, startServices } from "../support/services";
import { sqs } from "../support/signed";

/**
 * Messages that SQS accepts, and their attributes. (SQS API reference; developer guide, "Amazon SQS message metadata")
 */

let made = 0;
let running: Running;
beforeAll(async () => {
  running = await startServices({});
});
afterAll(() => running.stop());

/** Queues of each test's own. */
const named = (name: string) => queueNamed(name.replace(/(?=\.fifo$)|(?<!\.fifo)$/, `-${made}`));
const queues = () => {
  const dead = named("dead");
  return {
    dead,
    work: { ...named("work"), redrive: { deadLetterArn: dead.arn, maxReceiveCount: 1 } },
    orphan: { ...named("orphan"), redrive: { deadLetterArn: arnOf("sqs", "nowhere"), maxReceiveCount: 1 } },
    fifo: { ...named("orders.fifo"), fifo: { contentBasedDeduplication: false } },
    content: { ...named("content.fifo"), fifo: { contentBasedDeduplication: true } },
  };
};
let { dead, work, orphan, content } = queues();
beforeEach(async () => {
  made += 1;
  const all = queues();
  ({ dead, work, orphan, content } = all);
  await running.configure({ queues: Object.values(all) });
});

const ask = (operation: string, name: string, input: object = {}) =>
  sqs(running.url, operation, {
    QueueUrl: `https://sqs.us-east-1.amazonaws.com/000000000000/${named(name).name}`,
    ...input,
  });
const send = (name: string, input: object) => ask("SendMessage", name, { MessageBody: "x", ...input });
const receive = async (name: string, input: object = {}) =>
  (await ask("ReceiveMessage", name, { MaxNumberOfMessages: 10, AttributeNames: ["All"], ...input })).body.Messages ??
  [];
const bodies = async (name: string, input: object = {}) =>
  (await receive(name, input)).map(({ Body }: { Body: string }) => Body);

const text = (StringValue: string, DataType = "String") => ({ DataType, StringValue });

test.each([
  ["an empty text", { a: text("") }, /must contain a non-empty value of type 'String'/],
  ["no value", { a: { DataType: "String" } }, /must contain a non-empty value of type 'String'/],
  ["an empty number", { a: text("", "Number") }, /must contain a non-empty value of type 'Number'/],
  [
    "an empty binary",
    { a: { DataType: "Binary", BinaryValue: "" } },
    /must contain a non-empty value of type 'Binary'/,
  ],
  ["a value of the other kind", { a: { DataType: "Binary", StringValue: "x" } }, /must contain a non-empty value of/],
  ["two values", { a: { ...text("x"), BinaryValue: "eA==" } }, /has more than one value/],
  ["a number that is none", { a: text("abc", "Number") }, /Can't cast the value of message \(user\) attribute 'a'/],
  ["a number with blanks", { a: text(" 1", "Number") }, /Can't cast/],
  ["a number of its own kind that is none", { a: text("x", "Number.int") }, /Can't cast/],
  ["39 digits", { a: text("1".repeat(39), "Number") }, /Can't cast/],
  ["a number of many digits, most of them zeros", { a: text(`1.${"0".repeat(1_000_000)}10`, "Number") }, /Can't cast/],
  ["10^127", { a: text("1e127", "Number") }, /Can't cast/],
  ["no type", { a: { DataType: "", StringValue: "x" } }, /must contain a non-empty message attribute type/],
  ["another type", { a: text("x", "Text") }, /'a' is invalid/],
  ["a type that begins like one", { a: text("x", "Stringy") }, /'a' is invalid/],
  ["a long type", { a: text("x", `String.${"x".repeat(250)}`) }, /types must be shorter than 256 Bytes/],
  ["a name with a blank", { "a b": text("x") }, /name can only contain/],
  ["a name beyond ASCII", { é: text("x") }, /name can only contain/],
  ["an empty name", { "": text("x") }, /name can only contain/],
  ["a name of AWS", { "aws.x": text("x") }, /beginning with 'AWS\.' or 'Amazon\.'/],
  ["a name of Amazon", { "AMAZON.x": text("x") }, /beginning with 'AWS\.' or 'Amazon\.'/],
  ["a name that begins with a period", { ".x": text("x") }, /cannot start or end with '\.'/],
  ["a name that ends with one", { "x.": text("x") }, /cannot start or end with '\.'/],
  ["a name with two in succession", { "x..y": text("x") }, /cannot start or end with '\.'/],
  ["a long name", { ["x".repeat(257)]: text("x") }, /names must be shorter than 256 Bytes/],
  ["a character without a form in XML", { a: text("\u0001") }, /invalid characters/],
])("a message attribute with %s is refused", async (_, MessageAttributes, words) => {
  const { status, error, body } = await send("work", { MessageAttributes });
  expect([status, error]).toEqual([400, "InvalidParameterValue;Sender"]);
  expect(body.message).toMatch(words);
  const batch = await ask("SendMessageBatch", "work", {
    Entries: [
      { Id: "wrong", MessageBody: "x", MessageAttributes },
      { Id: "right", MessageBody: "x" },
    ],
  });
  expect(batch.body).toMatchObject({ Failed: [{ Id: "wrong", SenderFault: true }], Successful: [{ Id: "right" }] });
});

test("attributes that are right are given back as they were sent", async () => {
  const MessageAttributes = {
    "AWSome-1.x_y": text("é"),
    n: text("-1.50e+3", "Number"),
    big: text("9".repeat(38), "Number.float"),
    b: { DataType: "Binary.png", BinaryValue: "AAECAw==" },
  };
  const sent = await send("work", { MessageAttributes });
  expect(sent.status).toBe(200);
  const [message] = await receive("work", { MessageAttributeNames: ["All"] });
  expect(message.MessageAttributes).toEqual(MessageAttributes);
  expect(message.MD5OfMessageAttributes).toBe(sent.body.MD5OfMessageAttributes);
});

test("lists of values are reserved", async () => {
  const { error, body } = await send("work", {
    MessageAttributes: { a: { DataType: "String", StringListValues: ["x"] } },
  });
  expect([error, body.message]).toEqual([
    "AWS.SimpleQueueService.UnsupportedOperation;Sender",
    "Message attribute list values in SendMessage operation are not supported.",
  ]);
});

test("a trace's header is given back, and no other system attribute is taken", async () => {
  const AWSTraceHeader = text("Root=1-2-3");
  const sent = await send("work", { MessageSystemAttributes: { AWSTraceHeader } });
  expect(sent.body.MD5OfMessageSystemAttributes).toMatch(/^[0-9a-f]{32}$/);
  const [{ Attributes }] = await receive("work");
  expect(Attributes.AWSTraceHeader).toBe("Root=1-2-3");
  const { status, error } = await send("work", { MessageSystemAttributes: { Other: AWSTraceHeader } });
  expect([status, error]).toEqual([400, "InvalidParameterValue;Sender"]);
});

test.each([
  [
    "MessageDeduplicationId of a standard queue",
    "work",
    { MessageDeduplicationId: "a" },
    /not valid for this queue type/,
  ],
  [
    "a delay of its own in a queue with order",
    "orders.fifo",
    { MessageGroupId: "g", MessageDeduplicationId: "a", DelaySeconds: 1 },
    /not valid for this queue type/,
  ],
  [
    "no deduplication id without one by content",
    "orders.fifo",
    { MessageGroupId: "g" },
    /should either have ContentBasedDeduplication/,
  ],
  [
    "a group with a blank",
    "work",
    { MessageGroupId: "a b" },
    /can only include alphanumeric and punctuation characters/,
  ],
  [
    "a long deduplication id",
    "orders.fifo",
    { MessageGroupId: "g", MessageDeduplicationId: "x".repeat(129) },
    /1 to 128/,
  ],
])("%s is refused", async (_, name, input, words) => {
  const { status, error, body } = await send(name, input);
  expect([status, error]).toEqual([400, "InvalidParameterValue;Sender"]);
  expect(body.message).toMatch(words);
});

test("a queue with order wants a group", async () => {
  const { error, body } = await send("content.fifo", {});
  expect([error, body.message]).toEqual([
    "MissingParameter;Sender",
    "The request must contain the parameter MessageGroupId.",
  ]);
});

test.each([["Colour"], ["constructor"]])("an unknown system attribute is refused: %s", async (name) => {
  for (const member of ["AttributeNames", "MessageSystemAttributeNames"]) {
    const { error, body } = await ask("ReceiveMessage", "work", { [member]: [name] });
    expect([error, body.message]).toEqual(["InvalidAttributeName;Sender", `Unknown Attribute ${name}.`]);
  }
});

test("what is not emulated is refused by its name", async () => {
  const { status, body } = await ask("ReceiveMessage", "content.fifo", { ReceiveRequestAttemptId: "a" });
  expect([status, body.message]).toEqual([501, "SQS ReceiveRequestAttemptId of ReceiveMessage is not emulated"]);
});

test("a message that moves to its dead-letter queue keeps id, time and count, and names its source", async () => {
  const sent = await send("work", { MessageAttributes: { a: text("x") } });
  const [first] = await receive("work", { VisibilityTimeout: 0 });
  expect(first.Attributes.DeadLetterQueueSourceArn).toBeUndefined();
  expect(await receive("work")).toEqual([]);
  const [moved] = await receive("dead", { MessageAttributeNames: ["All"] });
  expect(moved).toMatchObject({
    MessageId: sent.body.MessageId,
    MessageAttributes: { a: text("x") },
    Attributes: {
      SentTimestamp: first.Attributes.SentTimestamp,
      ApproximateReceiveCount: "2",
      DeadLetterQueueSourceArn: work.arn,
    },
  });
});

test("a message whose dead-letter queue is not there stays where it is", async () => {
  await send("orphan", { MessageBody: "kept" });
  for (let time = 0; time < 3; time += 1) expect(await bodies("orphan", { VisibilityTimeout: 0 })).toEqual(["kept"]);
});

const sendInOrder = (...entries: string[]) =>
  Promise.all([
    ask("SendMessageBatch", "content.fifo", {
      Entries: entries.map((body) => ({ Id: body, MessageBody: body, MessageGroupId: body.slice(0, 1) })),
    }),
  ]);

test("a group's messages come in order, and none while one before it is worked on", async () => {
  await sendInOrder("a1", "a2", "b1", "a3");
  const [first] = await receive("content.fifo", { MaxNumberOfMessages: 1 });
  expect(first).toMatchObject({
    Body: "a1",
    Attributes: { MessageGroupId: "a", SequenceNumber: expect.stringMatching(/^\d{20}$/) },
  });
  expect(await bodies("content.fifo")).toEqual(["b1"]);
  await ask("DeleteMessage", "content.fifo", { ReceiptHandle: first.ReceiptHandle });
  expect(await bodies("content.fifo")).toEqual(["a2", "a3"]);
});

test("what comes back comes before what was sent after it, also to another process", async () => {
  await sendInOrder("a1", "a2", "a3");
  const [first] = await receive("content.fifo", { MaxNumberOfMessages: 1 });
  await ask("ChangeMessageVisibility", "content.fifo", { ReceiptHandle: first.ReceiptHandle, VisibilityTimeout: 0 });
  const { folder } = running;
  await running.stop();
  running = await startServices({ queues: [content] }, { folder });
  expect(await bodies("content.fifo")).toEqual(["a1", "a2", "a3"]);
});

test.each([
  ["content.fifo", { MessageDeduplicationId: "2" }, "The request must contain the parameter MessageGroupId."],
  ["orders.fifo", { MessageGroupId: "g" }, "The queue should either have ContentBasedDeduplication enabled"],
])("of a batch for %s nothing is taken if one entry has only %j", async (name, lacking, words) => {
  const whole = { Id: "a", MessageBody: "a", MessageGroupId: "g", MessageDeduplicationId: "1" };
  const Entries = [whole, { Id: "b", MessageBody: "b", ...lacking }];
  const { status, error, body } = await ask("SendMessageBatch", name, { Entries });
  expect([status, error]).toEqual([400, "InvalidParameterValue;Sender"]);
  expect(body.message).toContain(words);
  expect(await receive(name)).toEqual([]);
});

test("a queue with order takes no receipt whose time is over, and any of what is gone", async () => {
  await sendInOrder("a1");
  const [{ ReceiptHandle }] = await receive("content.fifo", { VisibilityTimeout: 0 });
  const late = await ask("DeleteMessage", "content.fifo", { ReceiptHandle });
  expect(late.error).toBe("InvalidParameterValue;Sender");
  expect(late.body.message).toMatch(/for parameter ReceiptHandle is invalid. Reason: The receipt handle has expired.$/);
  const [again] = await receive("content.fifo");
  expect((await ask("DeleteMessage", "content.fifo", { ReceiptHandle })).status).toBe(400);
  for (const _ of ["there", "gone"])
    expect((await ask("DeleteMessage", "content.fifo", { ReceiptHandle: again.ReceiptHandle })).status).toBe(200);
});

test("the same message is taken once in five minutes: by its id, or by its content", async () => {
  const once = { MessageGroupId: "g", MessageDeduplicationId: "1" };
  const first = await send("orders.fifo", { MessageBody: "one", ...once });
  const again = await send("orders.fifo", { MessageBody: "two", ...once });
  expect([again.body.MessageId, again.body.SequenceNumber]).toEqual([first.body.MessageId, first.body.SequenceNumber]);
  expect(await bodies("orders.fifo")).toEqual(["one"]);
  await sendInOrder("a1");
  await sendInOrder("a1", "a2");
  expect(await bodies("content.fifo")).toEqual(["a1", "a2"]);
});

test("a standard queue gives a message's group back, and waits for none", async () => {
  await send("work", { MessageGroupId: "tenant" });
  await send("work", { MessageGroupId: "tenant" });
  const [one] = await receive("work", { MaxNumberOfMessages: 1 });
  expect(one.Attributes.MessageGroupId).toBe("tenant");
  expect(await receive("work")).toHaveLength(1);
});

test("all of a queue's attributes are returned, and those that it can't have are unknown", async () => {
  const attributes = async (name: string, ...AttributeNames: string[]) =>
    (await ask("GetQueueAttributes", name, { AttributeNames })).body;
  expect((await attributes("work", "All")).Attributes).toEqual({
    QueueArn: work.arn,
    ApproximateNumberOfMessages: "0",
    ApproximateNumberOfMessagesNotVisible: "0",
    ApproximateNumberOfMessagesDelayed: "0",
    CreatedTimestamp: expect.stringMatching(/^\d{10}$/),
    LastModifiedTimestamp: expect.stringMatching(/^\d{10}$/),
    VisibilityTimeout: "30",
    MaximumMessageSize: "1048576",
    MessageRetentionPeriod: "1000",
    DelaySeconds: "0",
    ReceiveMessageWaitTimeSeconds: "0",
    RedrivePolicy: JSON.stringify({ deadLetterTargetArn: dead.arn, maxReceiveCount: 1 }),
    SqsManagedSseEnabled: "true",
  });
  expect((await attributes("content.fifo", "All")).Attributes).toMatchObject({
    FifoQueue: "true",
    ContentBasedDeduplication: "true",
    DeduplicationScope: "queue",
    FifoThroughputLimit: "perQueue",
  });
  expect(await attributes("work", "Policy", "KmsMasterKeyId")).toEqual({ Attributes: {} });
  expect((await attributes("work", "FifoQueue")).message).toBe("Unknown Attribute FifoQueue.");
});

test("dead letters are moved back to where they came from, or elsewhere, as new messages", async () => {
  const letters = async () => {
    const { body } = await send("work", { MessageBody: "again" });
    await receive("work", { VisibilityTimeout: 0 });
    await receive("work");
    return body.MessageId;
  };
  const id = await letters();
  const move = (input: object) =>
    ask("StartMessageMoveTask", "dead", { SourceArn: dead.arn, QueueUrl: undefined, ...input });
  expect((await move({})).body.TaskHandle).toMatch(/./);
  const [back] = await receive("work", { VisibilityTimeout: 0 });
  expect([back.Body, back.MessageId === id, back.Attributes.ApproximateReceiveCount]).toEqual(["again", false, "1"]);
  expect(await receive("work")).toEqual([]);
  expect((await move({ DestinationArn: orphan.arn })).status).toBe(200);
  expect(await bodies("orphan")).toEqual(["again"]);
  const { body } = await ask("ListMessageMoveTasks", "dead", {
    SourceArn: dead.arn,
    MaxResults: 10,
    QueueUrl: undefined,
  });
  expect(body.Results).toMatchObject([
    { Status: "COMPLETED", SourceArn: dead.arn, DestinationArn: orphan.arn, ApproximateNumberOfMessagesMoved: 1 },
    { Status: "COMPLETED", SourceArn: dead.arn, ApproximateNumberOfMessagesMoved: 1 },
  ]);
  for (const [input, status, words] of [
    [{ SourceArn: work.arn }, 400, "Source queue must be configured as a Dead Letter Queue."],
    [
      { SourceArn: arnOf("sqs", "x") },
      404,
      "The resource that you specified for the SourceArn parameter doesn't exist.",
    ],
    [{ DestinationArn: arnOf("sqs", "x") }, 404, "The resource that you specified for the DestinationArn parameter"],
    [{ MaxNumberOfMessagesPerSecond: 501 }, 400, "Must be between 1 and 500."],
    [{ SourceArn: undefined }, 400, "The request must contain the parameter SourceArn."],
  ] as const) {
    const refused = await move(input);
    expect([refused.status, refused.body.message]).toEqual([status, expect.stringContaining(words)]);
  }
});

test("the sources of a dead-letter queue are listed", async () => {
  const { body } = await ask("ListDeadLetterSourceQueues", "dead");
  expect(body.queueUrls).toEqual([expect.stringMatching(/\/work-\d+$/)]);
});

test("another account has no queue of a name", async () => {
  const { status } = await ask("GetQueueUrl", "work", {
    QueueUrl: undefined,
    QueueName: work.name,
    QueueOwnerAWSAccountId: "1".repeat(12),
  });
  expect(status).toBe(400);
});

const countsOf = async (name: string) => {
  await receive(name, { VisibilityTimeout: 0 });
  return (await ask("GetQueueAttributes", name, { AttributeNames: ["All"] })).body.Attributes;
};

test("what is too old is dropped, whatever came after it", async () => {
  await running.configure({ queues: [{ ...work, retentionSeconds: 0.2 }] });
  await send("work", {});
  await eventually(async () => (await countsOf("work")).ApproximateNumberOfMessages === "0" || undefined);
});
