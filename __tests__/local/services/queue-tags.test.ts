import {
  GetQueueAttributesCommand,
  ListQueueTagsCommand,
  QueueAttributeName,
  SQSClient,
  TagQueueCommand,
  UntagQueueCommand,
} from "@aws-sdk/client-sqs";
import { resourcesOf } from "../../../local/run/services-configuration";
import { credentials, queueNamed, type Running, region, startServices } from "../support/services";
import { graphOf } from "../support/stack-file";

const keyArn = "arn:aws:kms:us-east-1:000000000000:key/k";
const tagged = { ...queueNamed("tagged"), tags: { System: "things" } };
const everything = {
  ...queueNamed("all.fifo"),
  ...{ fifo: { contentBasedDeduplication: true }, policy: "{}", redriveAllowPolicy: "{}", keyArn },
  ...{ dataKeyReuseSeconds: 600, redrive: { deadLetterArn: queueNamed("dead.fifo").arn, maxReceiveCount: 3 } },
};

let running: Running;
let client: SQSClient;
beforeAll(async () => {
  running = await startServices({ queues: [tagged, everything, queueNamed("plain")] });
  client = new SQSClient({ region, endpoint: running.url, credentials, maxAttempts: 1 });
});
afterAll(async () => {
  client.destroy();
  await running.stop();
});

const urlOf = (name: string) => `${running.url}/000000000000/${name}`;
const tagsOf = async (name: string) => (await client.send(new ListQueueTagsCommand({ QueueUrl: urlOf(name) }))).Tags;
const tag = (name: string, Tags: Record<string, string>) =>
  client.send(new TagQueueCommand({ QueueUrl: urlOf(name), Tags }));

test("a queue's tags are the stack's, and then what calls make of them", async () => {
  expect(await tagsOf("tagged")).toEqual({ System: "things" });
  await tag("tagged", { System: "other", "a/b": "ü +-=._:/@", empty: "" });
  expect(await tagsOf("tagged")).toEqual({ System: "other", "a/b": "ü +-=._:/@", empty: "" });
  await client.send(new UntagQueueCommand({ QueueUrl: urlOf("tagged"), TagKeys: ["System", "none", "constructor"] }));
  expect(await tagsOf("tagged")).toEqual({ "a/b": "ü +-=._:/@", empty: "" });
  expect(await tagsOf("plain")).toBeUndefined();
});

const many = Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`t${index}`, ""]));

test.each([
  [{ "aws:reserved": "x" }],
  [{ "": "x" }],
  [{ [`${"k".repeat(129)}`]: "x" }],
  [{ key: "v".repeat(257) }],
  [{ key: "<>" }],
  [many],
])("tags %j are refused, and none of them is there", async (tags) => {
  await expect(tag("plain", tags)).rejects.toMatchObject({ name: "InvalidParameterValue" });
  expect(await tagsOf("plain")).toBeUndefined();
});

test("tags are read from the queue and from the provider, whose own give way", () => {
  const defaults = { System: "all", Environment: "dev" };
  const queue = { q: { name: "q", tags: { System: "own", Team: "a" } }, plain: { name: "plain" } };
  const file = graphOf(
    { aws_sqs_queue: queue },
    { provider: { aws: [{ region, default_tags: [{ tags: defaults }] }] } },
  );
  expect(resourcesOf(file).queues.map(({ tags }) => tags)).toEqual([
    { System: "own", Team: "a", Environment: "dev" },
    { System: "all", Environment: "dev" },
  ]);
});

test("every attribute that the SDK knows is one that a queue can be asked for, and one that has all has it", async () => {
  const names = Object.values(QueueAttributeName).filter((name) => name !== "All");
  for (const name of names) {
    const command = new GetQueueAttributesCommand({ QueueUrl: urlOf("all.fifo"), AttributeNames: [name] });
    expect(Object.keys((await client.send(command)).Attributes ?? {})).toEqual([name]);
  }
  const all = new GetQueueAttributesCommand({ QueueUrl: urlOf("all.fifo"), AttributeNames: ["All"] });
  const { Attributes = {} } = await client.send(all);
  expect(Object.keys(Attributes).sort()).toEqual([...names].sort());
  expect(Attributes).toMatchObject({ KmsDataKeyReusePeriodSeconds: "600", SqsManagedSseEnabled: "false" });
});
