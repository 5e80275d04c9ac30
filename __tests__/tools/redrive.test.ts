import { spawn } from "node:child_process";
import {
  arnOf,
  credentials,
  everything,
  principal,
  queueNamed,
  type Running,
  region,
  startServices,
} from "../local/support/services";
import { sqs } from "../local/support/signed";

const dead = queueNamed("dead");
const reminders = queueNamed("reminders");
const work = {
  ...queueNamed("work"),
  visibilityTimeoutSeconds: 0,
  redrive: { deadLetterArn: dead.arn, maxReceiveCount: 1 },
};

let running: Running;
beforeAll(async () => {
  running = await startServices({ queues: [work, dead, reminders], principals: [principal(everything)] });
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

test("what is no event and came from no queue stays; of changes in a stream it says where they are", async () => {
  const streamArn = arnOf("dynamodb", "table/things/stream/2026-01-01T00:00:00.000");
  const batch = { batchSize: 2, streamArn, startSequenceNumber: "1", endSequenceNumber: "2" };
  const requestContext = { functionArn: arnOf("lambda", "function:count-things") };
  await ask("SendMessage", {
    QueueUrl: "x/dead",
    MessageBody: JSON.stringify({ requestContext, DDBStreamBatchInfo: batch }),
  });
  await ask("SendMessage", { QueueUrl: "x/dead", MessageBody: "something" });

  const printed = await redrive();
  expect(printed).toContain(`count-things: 2 changes from 1 to 2 of ${streamArn}, left where it is`);
  expect(printed).toContain("no failed event, left where it is");
  expect(printed).toContain("0 redriven, 2 in the queue");
});
