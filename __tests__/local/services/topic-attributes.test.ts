import {
  GetSubscriptionAttributesCommand,
  GetTopicAttributesCommand,
  ListSubscriptionsByTopicCommand,
  ListSubscriptionsCommand,
  ListTagsForResourceCommand,
  PublishBatchCommand,
  PublishCommand,
  SNSClient,
} from "@aws-sdk/client-sns";
import type { ServicesConfiguration } from "../../../local/services/configuration";
import {
  account,
  allow,
  arnOf,
  credentials,
  principal,
  type Running,
  region,
  startServices,
} from "../support/services";
import { ask } from "../support/signed";

const policy = '{"Version":"2012-10-17","Statement":[]}';
const news = {
  arn: arnOf("sns", "news"),
  subscriptions: [
    { arn: `${arnOf("sns", "news")}:1`, protocol: "email", endpoint: "a@example.com", raw: false },
    {
      ...{ arn: `${arnOf("sns", "news")}:2`, protocol: "sqs", endpoint: arnOf("sqs", "work"), raw: true },
      filter: { policy: { kind: ["a"] }, scope: "MessageBody" as const },
    },
  ],
  settings: {
    ...{ displayName: "News", policy, keyName: "alias/aws/sns", signatureVersion: "2", tracing: "Active" },
    ...{ deliveryPolicy: '{"http":{"disableSubscriptionOverrides":true}}', tags: { System: "shop" } },
  },
};
const ordered = {
  ...{ arn: arnOf("sns", "ordered.fifo"), subscriptions: [], fifo: { contentBasedDeduplication: true } },
};
const configured = (more: Partial<ServicesConfiguration> = {}) => ({ topics: [news, ordered], ...more });

let running: Running;
let sns: SNSClient;
beforeAll(async () => {
  running = await startServices(configured());
  sns = new SNSClient({ region, endpoint: running.url, credentials, maxAttempts: 1 });
});
afterAll(async () => {
  sns.destroy();
  await running.stop();
});
afterEach(() => running.configure(configured()));

test("a topic shows what the stack says of it", async () => {
  const { Attributes } = await sns.send(new GetTopicAttributesCommand({ TopicArn: news.arn }));
  expect(Attributes).toMatchObject({
    ...{ TopicArn: news.arn, Owner: account, DisplayName: "News", Policy: policy, KmsMasterKeyId: "alias/aws/sns" },
    ...{ SubscriptionsConfirmed: "2", SubscriptionsPending: "0", SubscriptionsDeleted: "0" },
    ...{ SignatureVersion: "2", TracingConfig: "Active", DeliveryPolicy: news.settings.deliveryPolicy },
  });
  const { http } = JSON.parse(Attributes?.["EffectiveDeliveryPolicy"] ?? "");
  expect(http).toMatchObject({ disableSubscriptionOverrides: true, defaultHealthyRetryPolicy: { numRetries: 3 } });
  expect(Attributes).not.toHaveProperty("FifoTopic");
});

test("a topic of which the stack says nothing has SNS's own policy, and one that keeps the order says so", async () => {
  const { Attributes } = await sns.send(new GetTopicAttributesCommand({ TopicArn: ordered.arn }));
  expect(Attributes).toMatchObject({ DisplayName: "", FifoTopic: "true", ContentBasedDeduplication: "true" });
  const [statement] = JSON.parse(Attributes?.["Policy"] ?? "").Statement;
  expect(statement).toMatchObject({
    Resource: ordered.arn,
    Condition: { StringEquals: { "AWS:SourceOwner": account } },
  });
  for (const absent of ["DeliveryPolicy", "KmsMasterKeyId", "TracingConfig"])
    expect(Attributes).not.toHaveProperty(absent);
});

test("subscriptions are listed, all of them and those of a topic, and show their filter", async () => {
  const all = await sns.send(new ListSubscriptionsCommand({}));
  const own = await sns.send(new ListSubscriptionsByTopicCommand({ TopicArn: news.arn }));
  const none = await sns.send(new ListSubscriptionsByTopicCommand({ TopicArn: ordered.arn }));
  const [email, sqs] = news.subscriptions as [(typeof news.subscriptions)[0], (typeof news.subscriptions)[0]];
  const shown = [email, sqs].map(({ arn, protocol, endpoint }) => ({
    ...{ SubscriptionArn: arn, Owner: account, Protocol: protocol, Endpoint: endpoint, TopicArn: news.arn },
  }));
  expect([all.Subscriptions, own.Subscriptions, none.Subscriptions]).toEqual([shown, shown, []]);
  const read = async (SubscriptionArn: string) =>
    (await sns.send(new GetSubscriptionAttributesCommand({ SubscriptionArn }))).Attributes;
  expect(await read(sqs.arn)).toMatchObject({
    ...{ RawMessageDelivery: "true", FilterPolicy: '{"kind":["a"]}', FilterPolicyScope: "MessageBody" },
    ...{ TopicArn: news.arn, PendingConfirmation: "false", Protocol: "sqs" },
  });
  expect(await read(email.arn)).not.toHaveProperty("FilterPolicy");
});

test("a topic's tags are listed", async () => {
  const tags = async (ResourceArn: string) => (await sns.send(new ListTagsForResourceCommand({ ResourceArn }))).Tags;
  expect(await tags(news.arn)).toEqual([{ Key: "System", Value: "shop" }]);
  expect(await tags(ordered.arn)).toEqual([]);
});

const missing = arnOf("sns", "constructor");
test.each([
  ["reading a topic", "NotFound", "Topic does not exist", new GetTopicAttributesCommand({ TopicArn: missing })],
  ["its subscriptions", "NotFound", "Topic does not exist", new ListSubscriptionsByTopicCommand({ TopicArn: missing })],
  [
    ...["reading a subscription", "NotFound", "Subscription does not exist"],
    new GetSubscriptionAttributesCommand({ SubscriptionArn: missing }),
  ],
  [
    ...["reading tags", "ResourceNotFound", "Resource does not exist"],
    new ListTagsForResourceCommand({ ResourceArn: missing }),
  ],
  [
    ...["a name for an ARN", "InvalidParameter", "must have at least 6 elements, not 1"],
    new GetTopicAttributesCommand({ TopicArn: "news" }),
  ],
  [
    ...["no ARN", "InvalidParameter", "Invalid parameter: SubscriptionArn Reason: no value for required parameter"],
    new GetSubscriptionAttributesCommand({ SubscriptionArn: "" }),
  ],
  [
    ...["publishing to nobody", "InvalidParameter", "TopicArn or TargetArn Reason: no value for required parameter"],
    new PublishCommand({ Message: "x" }),
  ],
  [
    ...["a batch of nothing", "EmptyBatchRequest", "The batch request doesn't contain any entries."],
    new PublishBatchCommand({ TopicArn: news.arn, PublishBatchRequestEntries: [] }),
  ],
] as [string, string, string, object][])("%s is refused: %s, %s", async (_, error, words, command) => {
  await expect(sns.send(command as PublishCommand)).rejects.toMatchObject({
    Error: expect.objectContaining({ Code: error, Message: expect.stringContaining(words) }),
  });
});

test("a map without entries is sent as an empty text, and is empty", async () => {
  const form = (more: Record<string, string>) => ({
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams({ Action: "Publish", TopicArn: news.arn, Message: "x", ...more }).toString(),
  });
  expect(await ask(running.url, "sns", form({ MessageAttributes: "" }))).toMatchObject({ status: 200 });
  expect(await ask(running.url, "sns", form({ MessageAttributes: "a" }))).toMatchObject({ status: 400 });
});

test.each([
  ["sns:GetTopicAttributes", news.arn, new GetTopicAttributesCommand({ TopicArn: news.arn })],
  ["sns:ListSubscriptionsByTopic", news.arn, new ListSubscriptionsByTopicCommand({ TopicArn: news.arn })],
  ["sns:ListTagsForResource", news.arn, new ListTagsForResourceCommand({ ResourceArn: news.arn })],
  ["sns:ListSubscriptions", "*", new ListSubscriptionsCommand({})],
  [
    "sns:GetSubscriptionAttributes",
    "*",
    new GetSubscriptionAttributesCommand({ SubscriptionArn: `${arnOf("sns", "news")}:1` }),
  ],
] as const)("%s is needed on %s, and is enough", async (action, resource, command) => {
  await running.configure(configured({ principals: [principal(allow("sns:Publish", "*"))] }));
  await expect(sns.send(command as GetTopicAttributesCommand)).rejects.toThrow(`${action} on resource: ${resource}`);
  await running.configure(configured({ principals: [principal(allow(action, resource))] }));
  await expect(sns.send(command as GetTopicAttributesCommand)).resolves.toBeDefined();
});
