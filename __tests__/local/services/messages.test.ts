import { eventually } from "../../support/eventually";
import { type Running, startServices, topicMaySend } from "../support/services";
import { ask, sqs } from "../support/signed";

const arn = (service: string, name: string) => `arn:aws:${service}:us-east-1:000000000000:${name}`;
const queue = {
  name: "work",
  arn: arn("sqs", "work"),
  visibilityTimeoutSeconds: 1000,
  retentionSeconds: 1000,
  delaySeconds: 0,
};
const dead = { ...queue, name: "dead", arn: arn("sqs", "dead") };
const subscription = { arn: arn("sns", "alarms:1"), raw: false };
const topic = {
  arn: arn("sns", "alarms"),
  subscriptions: [
    { ...subscription, protocol: "email", endpoint: "a@example.com" },
    { ...subscription, protocol: "sqs", endpoint: dead.arn },
  ],
};

let running: Running;
beforeAll(async () => {
  const queues = [{ ...queue, redrive: { deadLetterArn: dead.arn, maxReceiveCount: 1 } }, dead];
  running = await startServices({ queues, topics: [topic], policies: [topicMaySend(dead.arn, topic.arn)] });
});
afterAll(() => running.stop());

const QueueUrl = (name: string) => `https://sqs.us-east-1.amazonaws.com/000000000000/${name}`;

test("messages are sent, received, hidden, brought back and, received too often, put aside", async () => {
  const { body } = await sqs(running.url, "SendMessage", { QueueUrl: QueueUrl("work"), MessageBody: "hello" });
  const receive = async (more: object = {}) =>
    (await sqs(running.url, "ReceiveMessage", { QueueUrl: QueueUrl("work"), AttributeNames: ["All"], ...more })).body
      .Messages;
  const [message] = await receive();
  expect(message).toMatchObject({ MessageId: body.MessageId, Body: "hello", MD5OfBody: body.MD5OfMessageBody });
  expect(message.Attributes.ApproximateReceiveCount).toBe("1");
  expect(await receive()).toBeUndefined();
  await sqs(running.url, "ChangeMessageVisibility", {
    QueueUrl: QueueUrl("work"),
    ReceiptHandle: message.ReceiptHandle,
    VisibilityTimeout: 0,
  });
  expect(await receive()).toBeUndefined();
  const found = await sqs(running.url, "ReceiveMessage", { QueueUrl: QueueUrl("dead"), WaitTimeSeconds: 20 });
  expect(found.body.Messages[0]).toMatchObject({ Body: "hello" });
  const ReceiptHandle = found.body.Messages[0].ReceiptHandle;
  await sqs(running.url, "DeleteMessage", { QueueUrl: QueueUrl("dead"), ReceiptHandle });
  const counts = await sqs(running.url, "GetQueueAttributes", { QueueUrl: QueueUrl("dead"), AttributeNames: ["All"] });
  expect(counts.body.Attributes).toMatchObject({
    ApproximateNumberOfMessages: "0",
    ApproximateNumberOfMessagesNotVisible: "0",
  });
});

test.each([
  [
    "SendMessage",
    { QueueUrl: QueueUrl("nowhere"), MessageBody: "x" },
    "AWS.SimpleQueueService.NonExistentQueue",
    "QueueDoesNotExist",
    "The specified queue does not exist.",
  ],
  [
    "SendMessage",
    { QueueUrl: QueueUrl("work"), MessageBody: "" },
    "MissingParameter",
    "MissingRequiredParameterException",
    "The request must contain the parameter MessageBody.",
  ],
  [
    "SendMessage",
    { QueueUrl: QueueUrl("work"), MessageBody: "x".repeat(1_048_577) },
    "InvalidParameterValue",
    "InvalidParameterValueException",
    "One or more parameters are invalid. Reason: Message must be shorter than 1048576 bytes.",
  ],
  [
    "ReceiveMessage",
    { QueueUrl: QueueUrl("work"), WaitTimeSeconds: 21 },
    "InvalidParameterValue",
    "InvalidParameterValueException",
    "Value 21 for parameter WaitTimeSeconds is invalid. Reason: Must be >= 0 and <= 20, if provided.",
  ],
  [
    "SendMessageBatch",
    { QueueUrl: QueueUrl("work"), Entries: Array(20).fill({ Id: "1", MessageBody: "x" }) },
    "AWS.SimpleQueueService.TooManyEntriesInBatchRequest",
    "TooManyEntriesInBatchRequest",
    "Maximum number of entries per request are 10. You have sent 20.",
  ],
])("%s refuses as recorded (%#)", async (operation, input, code, queryCode, message) => {
  const { status, error, body } = await sqs(running.url, operation, input);
  expect([status, error, body.__type.split("#")[1], body.message]).toEqual([400, `${code};Sender`, queryCode, message]);
});

const publish = (form: Record<string, string>) =>
  ask(running.url, "sns", {
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams({ Action: "Publish", ...form }).toString(),
  });

test("a published message is shown with whom it goes to, and arrives in queues wrapped", async () => {
  const { text } = await publish({ TopicArn: topic.arn, Subject: "Alarm", Message: "5 > 3 & so on" });
  const id = /<MessageId>([0-9a-f-]{36})<\/MessageId>/.exec(text)?.[1];
  expect(await eventually(() => running.events.find(({ event }) => event === "message"))).toEqual({
    event: "message",
    topic: topic.arn,
    subject: "Alarm",
    message: "5 > 3 & so on",
    to: ["email a@example.com", `sqs ${dead.arn}`],
    dropped: [],
  });
  const { body } = await sqs(running.url, "ReceiveMessage", { QueueUrl: QueueUrl("dead"), WaitTimeSeconds: 20 });
  expect(JSON.parse(body.Messages[0].Body)).toMatchObject({
    Type: "Notification",
    MessageId: id,
    TopicArn: topic.arn,
    Subject: "Alarm",
    Message: "5 > 3 & so on",
  });
});

test.each([
  [{ TopicArn: arn("sns", "none"), Message: "x" }, 404, "NotFound", "Topic does not exist"],
  [
    { TopicArn: "randomstring", Message: "x" },
    400,
    "InvalidParameter",
    "Invalid parameter: TopicArn Reason: An ARN must have at least 6 elements, not 1",
  ],
  [{ TopicArn: topic.arn, Message: "" }, 400, "InvalidParameter", "Invalid parameter: Empty message"],
])("publishing %o is refused as recorded", async (form, status, code, message) => {
  const said = await publish(form);
  expect(said.status).toBe(status);
  expect(said.text).toContain(`<Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error>`);
});

test.each([
  [{ Message: "x", Subject: "two\nlines" }, "Invalid parameter: Subject"],
  [{ Message: "x", Subject: "x".repeat(101) }, "Invalid parameter: Subject"],
  [{ Message: "x".repeat(262_145) }, "Invalid parameter: Message too long"],
])("publishing what is no message of SNS is refused (%#)", async (form, message) => {
  const said = await publish({ TopicArn: topic.arn, ...form });
  expect([said.status, said.text]).toEqual([400, expect.stringContaining(`<Message>${message}</Message>`)]);
});

test("a message's attributes come with it, wrapped or raw", async () => {
  await running.configure({
    queues: [queue, dead],
    topics: [
      {
        ...topic,
        subscriptions: [
          { ...subscription, protocol: "sqs", endpoint: dead.arn },
          { ...subscription, protocol: "sqs", endpoint: queue.arn, raw: true },
        ],
      },
    ],
    policies: [dead.arn, queue.arn].map((arn) => topicMaySend(arn, topic.arn)),
  });
  await publish({
    ...{ TopicArn: topic.arn, Message: "m", "MessageAttributes.entry.1.Name": "colour" },
    ...{ "MessageAttributes.entry.1.Value.DataType": "String", "MessageAttributes.entry.1.Value.StringValue": "red" },
  });
  const received = async (name: string) => {
    const asked = { QueueUrl: QueueUrl(name), WaitTimeSeconds: 20, MessageAttributeNames: ["All"] };
    return (await sqs(running.url, "ReceiveMessage", asked)).body.Messages[0];
  };
  const [wrapped, raw] = [await received("dead"), await received("work")];
  expect(JSON.parse(wrapped.Body).MessageAttributes).toEqual({ colour: { Type: "String", Value: "red" } });
  expect([raw.Body, raw.MessageAttributes]).toEqual(["m", { colour: { DataType: "String", StringValue: "red" } }]);
});
