import type { ServicesConfiguration } from "../../../local/services/configuration";
import { eventually } from "../../support/eventually";
import {
  account,
  allow,
  arnOf,
  everything,
  policyOf,
  queueNamed,
  type Running,
  startServices,
  topicMaySend,
} from "../support/services";
import { ask, sqs } from "../support/signed";

const keyArn = arnOf("kms", "key/k");
const queue = queueNamed("work");
const subscribed = (protocol: string, endpoint: string, raw = false) => ({
  arn: arnOf("sns", "t"),
  subscriptions: [{ arn: arnOf("sns", "t:1"), protocol, endpoint, raw }],
});
const root = { AWS: `arn:aws:iam::${account}:root` };

let running: Running;
const invoked: { functionArn: string; payload: string }[] = [];
beforeAll(async () => {
  const invoke = async (functionArn: string, payload: string) => {
    invoked.push({ functionArn, payload });
    return { payload: "" };
  };
  running = await startServices({}, { invoke });
});
afterAll(() => running.stop());

/** The configuration, with nothing emitted yet. */
async function configure(changes: Partial<ServicesConfiguration>): Promise<void> {
  await running.configure({ queues: [queue], ...changes });
  running.events.length = 0;
}
const denial = () => eventually(() => running.events.find(({ event }) => event === "denial"));
const publish = () =>
  ask(running.url, "sns", {
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams({ Action: "Publish", TopicArn: arnOf("sns", "t"), Message: "m" }).toString(),
  });
const waiting = async () =>
  (await sqs(running.url, "GetQueueAttributes", { QueueUrl: "x/work", AttributeNames: ["All"] })).body.Attributes
    .ApproximateNumberOfMessages;

test("a topic's messages reach a queue only if the queue's own policy lets them", async () => {
  const topics = [subscribed("sqs", queue.arn)];
  await configure({ topics });
  expect((await publish()).status).toBe(200);
  expect(await denial()).toEqual({
    event: "denial",
    function: "sns.amazonaws.com",
    action: "sqs:SendMessage",
    resource: queue.arn,
    explicit: false,
  });
  await configure({ topics, policies: [topicMaySend(queue.arn, arnOf("sns", "another"))] });
  await publish();
  expect(await denial()).toMatchObject({ policy: { kind: "queue" } });
  expect(await waiting()).toBe("0");
  await configure({ topics, policies: [topicMaySend(queue.arn, arnOf("sns", "t"))] });
  await publish();
  expect(await waiting()).toBe("1");
});

test("a queue with a key of its own takes a topic's messages only if the key's policy lets SNS use it", async () => {
  const topics = [subscribed("sqs", queue.arn)];
  const Principal = { Service: "sns.amazonaws.com" };
  const policies = [topicMaySend(queue.arn, arnOf("sns", "t"))];
  const queues = [{ ...queue, keyArn }];
  await configure({
    topics,
    queues,
    policies: [...policies, policyOf("key", keyArn, { ...everything, Principal: root })],
  });
  const before = await waiting();
  await publish();
  expect(await denial()).toMatchObject({ function: "sns.amazonaws.com", action: "kms:GenerateDataKey" });
  expect(await waiting()).toBe(before);
  await configure({ topics, queues, policies: [...policies, policyOf("key", keyArn, { ...everything, Principal })] });
  await publish();
  expect(await waiting()).toBe(String(Number(before) + 1));
});

test("a topic calls a function only with a permission, and gives it SNS's event", async () => {
  const functionArn = arnOf("lambda", "function:f");
  const topics = [subscribed("lambda", functionArn)];
  await configure({ topics });
  await publish();
  expect(await denial()).toMatchObject({ function: "sns.amazonaws.com", action: "lambda:InvokeFunction" });
  const statement = { ...allow("lambda:InvokeFunction", functionArn), Principal: { Service: "sns.amazonaws.com" } };
  await configure({ topics, policies: [policyOf("function", functionArn, statement)] });
  await publish();
  const [call, ...others] = await eventually(() => (invoked.length > 0 ? invoked : undefined));
  expect([call?.functionArn, others]).toEqual([functionArn, []]);
  expect(JSON.parse(call!.payload)).toEqual({
    Records: [
      {
        EventSource: "aws:sns",
        EventVersion: "1.0",
        EventSubscriptionArn: arnOf("sns", "t:1"),
        Sns: {
          ...{ Type: "Notification", TopicArn: arnOf("sns", "t"), Subject: null, Message: "m", MessageAttributes: {} },
          ...{ MessageId: expect.any(String), Timestamp: expect.any(String), SignatureVersion: "1" },
          ...{ Signature: expect.any(String), SigningCertUrl: expect.any(String), UnsubscribeUrl: expect.any(String) },
        },
      },
    ],
  });
});
