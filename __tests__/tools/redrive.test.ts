import { spawn } from "node:child_process";
import { PutItemCommand } from "@aws-sdk/client-dynamodb";
import { definitionWith } from "../local/support/functions";
import {
  arnOf,
  credentials,
  everything,
  principal,
  queueNamed,
  type Running,
  region,
  startServices,
  things,
} from "../local/support/services";
import { ask as askService, sqs } from "../local/support/signed";

const dead = queueNamed("dead");
const reminders = queueNamed("reminders");
const work = {
  ...queueNamed("work"),
  visibilityTimeoutSeconds: 0,
  redrive: { deadLetterArn: dead.arn, maxReceiveCount: 1 },
};

const streamLabel = "2026-01-01T00:00:00.000";
const streamArn = `${things.arn}/stream/${streamLabel}`;
const streamed = {
  ...things,
  streamLabel,
  create: { ...things.create, StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_AND_OLD_IMAGES" } },
};
const countThings = arnOf("lambda", "function:count-things");
const live = { name: "live", arn: `${countThings}:live`, description: "", version: "1", weights: {} };

/** What was given to which function, and what each makes of it. */
const calls: { arn: string; event: ReturnType<typeof JSON.parse> }[] = [];
let outcome: { payload: string; functionError?: "Unhandled" } = { payload: "" };

let running: Running;
beforeAll(async () => {
  const invoke = async (arn: string, payload: string) => {
    calls.push({ arn, event: JSON.parse(payload) });
    return outcome;
  };
  const functions = [definitionWith({ name: "count-things", arn: countThings, version: "1", aliases: [live] })];
  const all = { queues: [work, dead, reminders], tables: [streamed], functions, principals: [principal(everything)] };
  running = await startServices(all, { invoke });
});
afterEach(async () => {
  calls.length = 0;
  outcome = { payload: "" };
  const { Messages = [] } = await ask("ReceiveMessage", { QueueUrl: "x/dead", MaxNumberOfMessages: 10 });
  for (const { ReceiptHandle } of Messages) await ask("DeleteMessage", { QueueUrl: "x/dead", ReceiptHandle });
});
afterAll(() => running.stop());

/** Output of the command. */
const redrive = (...options: string[]): Promise<string> =>
  new Promise((resolve, reject) => {
    const url = `https://sqs.${region}.amazonaws.com/000000000000/dead`;
    const env = {
      ...process.env,
      ...{ AWS_ENDPOINT_URL: running.url, AWS_REGION: region, AWS_ACCESS_KEY_ID: credentials.accessKeyId },
      ...{ AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey, AWS_SESSION_TOKEN: credentials.sessionToken },
    };
    const child = spawn(process.execPath, ["run.js", "tools/redrive.ts", url, ...options], { env });
    let printed = "";
    child.stdout.on("data", (text) => {
      printed += text;
    });
    child.once("close", (code) => (code === 0 ? resolve(printed) : reject(new Error(printed))));
  });

const ask = async (operation: string, input: object) => (await sqs(running.url, operation, input)).body;

test("a dead letter is shown and dropped by its id, or sent back to its queue with all that it had", async () => {
  const MessageAttributes = { colour: { DataType: "String", StringValue: "red" } };
  for (const MessageBody of ["one", "other"])
    await ask("SendMessage", { QueueUrl: "x/work", MessageBody, MessageAttributes });
  // Received once, and then too often.
  const all = { QueueUrl: "x/work", MaxNumberOfMessages: 10 };
  await ask("ReceiveMessage", all);
  await ask("ReceiveMessage", all);

  const [first = "", second = ""] = (await redrive("--list")).split("\n");
  expect([first, second].map((line) => line.replace(/^\S+ /, "")).sort()).toEqual([
    "from work: one",
    "from work: other",
  ]);
  const [one = ""] = [first, second].filter((line) => line.endsWith("one"));
  expect(await redrive("--drop", "--only", one.split(" ")[0] ?? "")).toContain("1 dropped, 1 in the queue");
  expect(await redrive()).toContain("1 redriven, 0 in the queue");
  const { Messages } = await ask("ReceiveMessage", { ...all, MessageAttributeNames: ["All"] });
  expect(Messages).toMatchObject([{ Body: "other", MessageAttributes }]);
});

test("an event that a schedule could not send is shown with the reason, and sent to its target", async () => {
  const text = (StringValue: string) => ({ DataType: "String", StringValue });
  const MessageAttributes = {
    SCHEDULE_ARN: text(arnOf("scheduler", "schedule/nightly/nightly")),
    TARGET_ARN: text(reminders.arn),
    ERROR_CODE: text("AccessDenied"),
    ERROR_MESSAGE: text("it may not"),
  };
  await ask("SendMessage", { QueueUrl: "x/dead", MessageBody: '{"due":1}', MessageAttributes });

  expect(await redrive("--list")).toMatch(
    /^\S+ of schedule\/nightly\/nightly: AccessDenied: it may not: \{"due":1\}\n/,
  );
  expect(await redrive()).toContain("1 redriven, 0 in the queue");
  const { Messages } = await ask("ReceiveMessage", { QueueUrl: "x/reminders", MessageAttributeNames: ["All"] });
  expect(Messages).toMatchObject([{ Body: '{"due":1}' }]);
  expect(Messages[0].MessageAttributes).toBeUndefined();
});

test("an event that a rule could not give to its target is given to the version that serves", async () => {
  const text = (StringValue: string) => ({ DataType: "String", StringValue });
  const MessageAttributes = {
    RULE_ARN: text(arnOf("events", "rule/shop/paid")),
    TARGET_ARN: text(`${countThings}:live`),
    ERROR_CODE: text("NO_PERMISSIONS"),
    ERROR_MESSAGE: text("it may not"),
  };
  await ask("SendMessage", { QueueUrl: "x/dead", MessageBody: '{"detail":{"amount":1}}', MessageAttributes });

  expect(await redrive("--list")).toMatch(/^\S+ of rule\/shop\/paid: NO_PERMISSIONS: it may not: \{"detail":/);
  expect(await redrive()).toContain("1 redriven, 0 in the queue");
  expect(calls).toEqual([{ arn: expect.stringContaining(":count-things"), event: { detail: { amount: 1 } } }]);
});

test("what is no event and came from no queue stays", async () => {
  await ask("SendMessage", { QueueUrl: "x/dead", MessageBody: "something" });

  const printed = await redrive();
  expect(printed).toContain("no failed event, left where it is");
  expect(printed).toContain("0 redriven, 1 in the queue");
});

describe("changes of a table", () => {
  const streams = async (operation: string, input: object) => {
    const headers = {
      ...{ "content-type": "application/x-amz-json-1.0", "x-amz-target": `DynamoDBStreams_20120810.${operation}` },
    };
    return JSON.parse((await askService(running.url, "dynamodb", { headers, body: JSON.stringify(input) })).text);
  };
  const numbers: string[] = [];
  let shardId = "";
  beforeAll(async () => {
    for (const id of ["a", "b", "c"]) {
      const Item = { id: { S: id }, digest: { B: Buffer.from(id) } };
      await running.dynamodb.send(new PutItemCommand({ TableName: "things", Item }));
    }
    const { StreamDescription } = await streams("DescribeStream", { StreamArn: streamArn });
    shardId = StreamDescription.Shards[0].ShardId;
    const from = { StreamArn: streamArn, ShardId: shardId, ShardIteratorType: "TRIM_HORIZON" };
    const { Records } = await streams("GetRecords", await streams("GetShardIterator", from));
    for (const { dynamodb } of Records) numbers.push(dynamodb.SequenceNumber);
  });

  /** What Lambda says of the first two. */
  const failed = (changes: object = {}) =>
    ask("SendMessage", {
      QueueUrl: "x/dead",
      MessageBody: JSON.stringify({
        requestContext: { functionArn: countThings },
        DDBStreamBatchInfo: {
          ...{ shardId, streamArn, batchSize: 2, startSequenceNumber: numbers[0], endSequenceNumber: numbers[1] },
          ...changes,
        },
      }),
    });

  test("are read from the stream again, and given to the function as Lambda gives them", async () => {
    await failed();

    expect(await redrive("--list")).toContain(
      `count-things: 2 changes from ${numbers[0]} to ${numbers[1]} of ${streamArn}`,
    );
    expect(await redrive()).toContain("1 redriven, 0 in the queue");
    expect(calls).toHaveLength(1);
    const { Records } = calls[0]?.event ?? {};
    expect(Records).toMatchObject([
      {
        ...{ eventName: "INSERT", eventSource: "aws:dynamodb", eventSourceARN: streamArn, awsRegion: region },
        dynamodb: { NewImage: { id: { S: "a" }, digest: { B: "YQ==" } }, SequenceNumber: numbers[0] },
      },
      { dynamodb: { Keys: { id: { S: "b" } }, SequenceNumber: numbers[1] } },
    ]);
    expect(Records).toHaveLength(2);
  });

  test.each([
    [
      "a function that names one that it fails on",
      () => ({ payload: JSON.stringify({ batchItemFailures: [{ itemIdentifier: numbers[1] }] }) }),
      () => `it failed again, from ${numbers[1]} on`,
    ],
    [
      "a function that throws",
      () => ({ payload: '{"errorMessage":"no"}', functionError: "Unhandled" as const }),
      () => 'it failed again: {"errorMessage":"no"}',
    ],
  ])("stay where they are told of with %s", async (_what, result, reason) => {
    outcome = result();
    await failed();

    const printed = await redrive();
    expect(printed).toContain(`, left where it is: ${reason()}`);
    expect(printed).toContain("0 redriven, 1 in the queue");
  });

  test.each([
    [
      "that the stream has no longer",
      { startSequenceNumber: "0".repeat(21) },
      /the stream no longer has them: TrimmedDataAccess/,
    ],
    ["of a stream that is gone", { streamArn: `${things.arn}/stream/other` }, /no longer has them: ResourceNotFound/],
    ["of which it lacks one", { batchSize: 3 }, /the stream has 2 of them/],
  ])("%s are no function's any more, and stay", async (_what, changes, reason) => {
    await failed(changes);

    expect(await redrive()).toMatch(reason);
    expect(calls).toEqual([]);
  });
});
