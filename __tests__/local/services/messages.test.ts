import { eventually, type Running, startServices, topicMaySend } from "../support/services";
import { ask, sqs } from "../support/signed";

const arn = (service: string, name: string) => `arn:aws:${service}:us-east-1:000000000000:${name}`;
const queue = {
  name: "work",
  arn: arn("sqs", "work"),
  visibilityTimeoutSeconds: 1,
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
const invoked: unknown[] = [];
beforeAll(async () => {
  const queues = [{ ...queue, redrive: { deadLetterArn: dead.arn, maxReceiveCount: 1 } }, dead];
  running = await startServices(
    { queues, topics: [topic], policies: [topicMaySend(dead.arn, topic.arn)] },
    {
      invoke: async (functionArn, payload, asynchronous) => {
        invoked.push({ functionArn, payload, asynchronous });
        if (functionArn.endsWith("missing")) return undefined;
        if (functionArn.endsWith("busy")) return { payload: "", throttled: true };
        return { payload: '{"n":1}', ...(functionArn.endsWith("broken") ? { functionError: "Unhandled" } : {}) };
      },
    },
  );
});
afterAll(() => running.stop());

const QueueUrl = (name: string) => `https://sqs.us-east-1.amazonaws.com/000000000000/${name}`;

test("messages are sent, received, hidden, brought back and, received too often, put aside", async () => {
  const { body } = await sqs(running.url, "SendMessage", { QueueUrl: QueueUrl("work"), MessageBody: "hello" });
  const receive = async (more: object = {}) =>
    (await sqs(running.url, "ReceiveMessage", { QueueUrl: QueueUrl("work"), ...more })).body.Messages;
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
  const found = await sqs(running.url, "ReceiveMessage", { QueueUrl: QueueUrl("dead"), WaitTimeSeconds: 2 });
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
  });
  const { body } = await sqs(running.url, "ReceiveMessage", { QueueUrl: QueueUrl("dead"), WaitTimeSeconds: 2 });
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

const invoke = (name: string, headers: Record<string, string> = {}, body = '{"a":1}') =>
  ask(running.url, "lambda", { path: `/2015-03-31/functions/${name}/invocations`, headers, body });

test("a function invokes a function, and waits for it or not", async () => {
  expect(await invoke("other")).toMatchObject({ status: 200, text: '{"n":1}' });
  expect((await invoke("broken")).headers.get("x-amz-function-error")).toBe("Unhandled");
  expect(await invoke("other", { "x-amz-invocation-type": "Event" })).toMatchObject({ status: 202, text: "" });
  expect(invoked.at(-1)).toEqual({
    functionArn: arn("lambda", "function:other"),
    payload: '{"a":1}',
    asynchronous: true,
  });
});

test.each([
  ["missing", "{}", 404, "ResourceNotFoundException", /^Function not found/],
  ["busy", "{}", 429, "TooManyRequestsException", /^Rate Exceeded\.$/],
  [
    "other",
    "{",
    400,
    "InvalidRequestContentException",
    /^Could not parse request body into json: Could not parse payload into json: /,
  ],
])("invoking %s with %s is refused as recorded", async (name, body, status, type, message) => {
  const said = await invoke(name, {}, body);
  expect([said.status, said.headers.get("x-amzn-errortype")]).toEqual([status, type]);
  expect(JSON.parse(said.text).message).toMatch(message);
});
