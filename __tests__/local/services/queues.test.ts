import { GetQueueUrlCommand, ReceiveMessageCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { credentials, queueNamed, type Running, region, startServices } from "../support/services";
import { sqs } from "../support/signed";

let running: Running;
let queue: ReturnType<typeof queueNamed>;
let made = 0;
beforeAll(async () => {
  running = await startServices({});
});
beforeEach(async () => {
  made += 1;
  queue = queueNamed(`work-${made}`);
  await running.configure({ queues: [queue] });
});
afterAll(() => running.stop());

const urlOf = ({ name }: typeof queue): string => `https://sqs.us-east-1.amazonaws.com/000000000000/${name}`;
const ask = (operation: string, input: object) => sqs(running.url, operation, { QueueUrl: urlOf(queue), ...input });
const receive = async (more: object = {}) =>
  (await ask("ReceiveMessage", { MaxNumberOfMessages: 10, ...more })).body.Messages ?? [];
const countsOf = async () => (await ask("GetQueueAttributes", { AttributeNames: ["All"] })).body.Attributes;
const entries = (...ids: string[]) => ids.map((Id) => ({ Id, MessageBody: Id }));
const attribute = { DataType: "String", StringValue: "x" };
const many = Object.fromEntries(Array.from({ length: 11 }, (_, index) => [`a${index}`, attribute]));

test.each([
  ["SendMessage", { MessageBody: "x", DelaySeconds: 901 }, 400, "InvalidParameterValue", /^Value 901 for parameter D/],
  ["SendMessage", { MessageBody: "x", DelaySeconds: -1 }, 400, "InvalidParameterValue", /^Value -1 for parameter D/],
  ["SendMessage", { MessageBody: "\u0001" }, 400, undefined, /^Invalid characters found/],
  ["SendMessage", { MessageBody: "\ud800" }, 400, undefined, /^Invalid characters found/],
  ["SendMessage", { MessageBody: "x", MessageAttributes: many }, 400, "InvalidParameterValue", /\[11\] exceeds/],
  [
    "SendMessage",
    { MessageBody: "x", MessageAttributes: { a: { DataType: "Text" } } },
    400,
    "InvalidParameterValue",
    /attribute 'a' is invalid/,
  ],
  [
    "SendMessage",
    { MessageBody: "x", MessageAttributes: { a: { DataType: "String", StringValue: "x".repeat(1_048_576) } } },
    400,
    "InvalidParameterValue",
    /^One or more parameters are invalid\. Reason: Message must be shorter than 1048576 bytes\.$/,
  ],
  [
    "ReceiveMessage",
    { MaxNumberOfMessages: 11 },
    400,
    "InvalidParameterValue",
    /Must be between 1 and 10, if provided/,
  ],
  ["ReceiveMessage", { MaxNumberOfMessages: 0 }, 400, "InvalidParameterValue", /Must be between 1 and 10, if provided/],
  ["ReceiveMessage", { VisibilityTimeout: 43_201 }, 400, "InvalidParameterValue", /Must be >= 0 and <= 43200/],
  ["DeleteMessage", {}, 400, "MissingParameter", /^The request must contain the parameter ReceiptHandle\.$/],
  ["DeleteMessage", { ReceiptHandle: "garbage" }, 404, "ReceiptHandleIsInvalid", /"garbage" is not a valid receipt/],
  ["GetQueueAttributes", { AttributeNames: ["Colour"] }, 400, "InvalidAttributeName", /^Unknown Attribute Colour\.$/],
  [
    "SendMessageBatch",
    { Entries: [] },
    400,
    "AWS.SimpleQueueService.EmptyBatchRequest",
    /SendMessageBatchRequestEntry/,
  ],
  ["DeleteMessageBatch", {}, 400, "AWS.SimpleQueueService.EmptyBatchRequest", /DeleteMessageBatchRequestEntry/],
  [
    "SendMessageBatch",
    { Entries: entries("a!") },
    400,
    "AWS.SimpleQueueService.InvalidBatchEntryId",
    /^A batch entry id/,
  ],
  [
    "SendMessageBatch",
    { Entries: entries("a", "b", "a") },
    400,
    "AWS.SimpleQueueService.BatchEntryIdsNotDistinct",
    /^Id a repeated\.$/,
  ],
  [
    "SendMessageBatch",
    { Entries: [..."ab"].map((Id) => ({ Id, MessageBody: "x".repeat(600_000) })) },
    400,
    "AWS.SimpleQueueService.BatchRequestTooLong",
    /^Batch requests cannot be longer than 1048576 bytes\. You have sent 1200000 bytes\.$/,
  ],
])("%s of what SQS does not take is refused (%#)", async (operation, input, status, code, message) => {
  const said = await ask(operation, input);
  expect([said.status, said.error]).toEqual([status, code === undefined ? null : `${code};Sender`]);
  expect(said.body.message).toMatch(message);
  expect((await countsOf()).ApproximateNumberOfMessages).toBe("0");
});

test("a batch is taken as far as it can be: an entry that is refused stops none, and none is taken twice", async () => {
  const Entries = [...entries("a"), { Id: "b", MessageBody: "" }, { Id: "c", MessageBody: "c", DelaySeconds: 1000 }];
  const { body } = await ask("SendMessageBatch", { Entries: [...Entries, ...entries("d")] });
  expect(body.Successful.map(({ Id }: { Id: string }) => Id)).toEqual(["a", "d"]);
  expect(body.Failed).toEqual([
    { Id: "b", SenderFault: true, Code: "MissingParameter", Message: expect.any(String) },
    { Id: "c", SenderFault: true, Code: "InvalidParameterValue", Message: expect.any(String) },
  ]);
  const got: { Body: string; ReceiptHandle: string }[] = await receive();
  expect(got.map(({ Body }) => Body)).toEqual(["a", "d"]);
  const deleted = got.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
  const answer = await ask("DeleteMessageBatch", { Entries: [...deleted, { Id: "x", ReceiptHandle: "y" }] });
  expect(answer.body.Failed).toMatchObject([{ Id: "x", Code: "ReceiptHandleIsInvalid" }]);
  expect(await countsOf()).toMatchObject({ ApproximateNumberOfMessagesNotVisible: "0" });
});

test("attributes come only to who asks for them", async () => {
  const sent = await ask("SendMessage", { MessageBody: "m", MessageAttributes: { "a.b": attribute, c: attribute } });
  const looked = async (more: object) => (await receive({ VisibilityTimeout: 0, ...more }))[0];
  const bare = await looked({});
  expect(bare.Attributes ?? bare.MessageAttributes ?? bare.MD5OfMessageAttributes).toBeUndefined();
  const some = await looked({ MessageSystemAttributeNames: ["SentTimestamp"], MessageAttributeNames: ["a.*"] });
  expect([Object.keys(some.Attributes), Object.keys(some.MessageAttributes)]).toEqual([["SentTimestamp"], ["a.b"]]);
  const all = await looked({ AttributeNames: ["All"], MessageAttributeNames: ["All"] });
  expect([all.Attributes.ApproximateReceiveCount, all.MessageAttributes.c]).toEqual(["3", attribute]);
  expect(all.MD5OfMessageAttributes).toMatch(/^[0-9a-f]{32}$/);
  expect(all.MD5OfMessageAttributes).toBe(sent.body.MD5OfMessageAttributes);
  expect(all.MD5OfMessageAttributes).not.toBe(some.MD5OfMessageAttributes);
  expect((await ask("GetQueueAttributes", {})).body.Attributes).toEqual({});
});

test("who comes too late with a receipt changes nothing, and deleting twice is no error", async () => {
  await ask("SendMessage", { MessageBody: "m" });
  const [late] = await receive({ VisibilityTimeout: 0 });
  const change = (ReceiptHandle: string) => ask("ChangeMessageVisibility", { ReceiptHandle, VisibilityTimeout: 100 });
  expect((await change(late.ReceiptHandle)).body.message).toMatch(/does not exist or is not available for visibility/);
  const [current] = await receive();
  expect((await ask("DeleteMessage", { ReceiptHandle: late.ReceiptHandle })).status).toBe(200);
  expect((await change(current.ReceiptHandle)).status).toBe(200);
  for (const _ of [1, 2]) {
    expect((await ask("DeleteMessage", { ReceiptHandle: current.ReceiptHandle })).status).toBe(200);
  }
  expect((await change(current.ReceiptHandle)).status).toBe(400);
});

test("a delayed message is neither visible nor in flight", async () => {
  await ask("SendMessage", { MessageBody: "m", DelaySeconds: 100 });
  expect(await countsOf()).toMatchObject({
    ApproximateNumberOfMessages: "0",
    ApproximateNumberOfMessagesNotVisible: "0",
    ApproximateNumberOfMessagesDelayed: "1",
  });
});

test("a queue's own bounds apply: how long a message may be, and how long one waits for it", async () => {
  await running.configure({ queues: [{ ...queue, maxMessageBytes: 1024, receiveWaitSeconds: 20 }] });
  expect((await ask("SendMessage", { MessageBody: "x".repeat(1025) })).body.message).toContain(
    "shorter than 1024 bytes",
  );
  const waiting = receive();
  await ask("SendMessage", { MessageBody: "m", DelaySeconds: 1 });
  expect((await waiting).map(({ Body }: { Body: string }) => Body)).toEqual(["m"]);
});

test("the SDK gets at a queue by the URL that it asked for, as it is", async () => {
  process.env["AWS_ENDPOINT_URL"] = running.url;
  const client = new SQSClient({ region, credentials });
  const { QueueUrl: asked } = await client.send(new GetQueueUrlCommand({ QueueName: queue.name }));
  await client.send(new SendMessageCommand({ QueueUrl: asked, MessageBody: "m" }));
  const { Messages } = await client.send(new ReceiveMessageCommand({ QueueUrl: asked }));
  delete process.env["AWS_ENDPOINT_URL"];
  client.destroy();
  expect(Messages?.map(({ Body }) => Body)).toEqual(["m"]);
});
