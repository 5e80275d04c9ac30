import { readFileSync } from "node:fs";
import { join } from "node:path";
import { startPoller } from "../../../local/lambda/queue-poller";
import type { FunctionDefinition } from "../../../local/read/function-definition";
import { type QueueSource, queueSourcesOf } from "../../../local/read/queue-sources";
import { eventually } from "../../support/eventually";
import { definitionWith, functionOf, stopFunctions } from "../support/functions";
import { allow, principal, type Running, startServices } from "../support/services";
import { sqs } from "../support/signed";
import { graphOf, temporaryFolder } from "../support/stack-file";

const arn = "arn:aws:sqs:us-east-1:000000000000:work";
const dead = "arn:aws:sqs:us-east-1:000000000000:dead";
const queue = { retentionSeconds: 1000, delaySeconds: 0, visibilityTimeoutSeconds: 0.2 };
const queues = [
  { ...queue, name: "work", arn, redrive: { deadLetterArn: dead, maxReceiveCount: 2 } },
  { ...queue, name: "dead", arn: dead },
];
const rights = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"];
const own = { functionArn: definitionWith().arn };

const mapping = {
  address: "aws_lambda_event_source_mapping.m",
  queueArn: arn,
  functionName: "f",
  batchSize: 10,
  windowSeconds: 0,
  reportsItemFailures: true,
  // One batch after the other, so that none comes back while a slow machine works on it.
  maximumConcurrency: 1,
};

let running: Running;
let stop: () => void = () => undefined;
const problems: string[] = [];

afterEach(async () => {
  stop();
  await stopFunctions();
  await running.stop();
});

async function poll(
  source: string,
  reportsItemFailures: boolean,
  { visibilityTimeoutSeconds = 0.2, ...changes }: Partial<QueueSource> & { visibilityTimeoutSeconds?: number } = {},
  definition: Partial<FunctionDefinition> = {},
) {
  running = await startServices({
    queues: queues.map((one) => ({ ...one, visibilityTimeoutSeconds })),
    principals: [{ ...principal(allow(rights, "*"), allow("sqs:*", "*")), ...own }],
  });
  const { fn, reports, output } = await functionOf(source, definition);
  for (const MessageBody of ["good", "bad"]) await sqs(running.url, "SendMessage", { QueueUrl: "x/work", MessageBody });
  stop = startPoller({
    source: { ...mapping, reportsItemFailures, ...changes },
    services: running.services,
    fn: () => fn,
    problem: (message) => problems.push(message),
  });
  return {
    reports,
    output,
    left: () =>
      eventually(async () => {
        const asked = { QueueUrl: "x/dead", WaitTimeSeconds: 20, MaxNumberOfMessages: 10 };
        return (await sqs(running.url, "ReceiveMessage", asked)).body.Messages;
      }),
  };
}

/** How many messages somebody works on. */
const inFlight = async (): Promise<string> => {
  const asked = { QueueUrl: "x/work", AttributeNames: ["All"] };
  const { Attributes } = (await sqs(running.url, "GetQueueAttributes", asked)).body;
  return Attributes.ApproximateNumberOfMessagesNotVisible;
};

test("only the messages that the function names come again, and in the end are put aside", async () => {
  const { reports, left } = await poll(
    `export const handler = async ({ Records }) => {
      console.log(JSON.stringify(Records.map(({ body, attributes }) => [body, attributes.ApproximateReceiveCount])));
      return { batchItemFailures: Records.filter(({ body }) => body === "bad").map(({ messageId }) => ({ itemIdentifier: messageId })) };
    };`,
    true,
  );
  const messages = await left();
  expect(messages.map(({ Body }: { Body: string }) => Body)).toEqual(["bad"]);
  expect(reports.length).toBe(2);
});

test.each([
  ["throws", `throw new Error("no");`],
  ["names what it was not given", `return { batchItemFailures: [{ foo: "notvalid" }] };`],
])("when the function %s the whole batch comes again", async (_, body) => {
  const { left } = await poll(`export const handler = async () => { ${body} };`, true);
  expect((await left()).map(({ Body }: { Body: string }) => Body).sort()).toEqual(["bad", "good"]);
});

test("when the function is throttled the whole batch comes again", async () => {
  const { left, reports } = await poll(`export const handler = async () => {};`, true, {}, { reservedConcurrency: 0 });
  expect((await left()).map(({ Body }: { Body: string }) => Body).sort()).toEqual(["bad", "good"]);
  expect(reports).toEqual([]);
});

test("a batch may be larger than one receive, and waits for its window", async () => {
  const source = `export const handler = async ({ Records }) => { process.stdout.write(Records.length + " "); };`;
  const { output, reports } = await poll(source, false, { batchSize: 12, windowSeconds: 300 });
  for (let at = 0; at < 11; at++) await sqs(running.url, "SendMessage", { QueueUrl: "x/work", MessageBody: "more" });
  await eventually(() => (reports.length > 0 ? reports : undefined));
  expect(output).toEqual(["12 "]);
});

test("a batch ends where an event would be too large, and what is left is in the next, as if it had not been received", async () => {
  const source = `export const handler = async ({ Records }) => {
    const counts = Records.map(({ attributes }) => attributes.ApproximateReceiveCount);
    process.stdout.write(counts.join("") + " ");
  };`;
  const slow = { ...queue, name: "work", arn, visibilityTimeoutSeconds: 1000 };
  running = await startServices({ queues: [slow], principals: [{ ...principal(allow("sqs:*", "*")), ...own }] });
  const { fn, output, reports } = await functionOf(source);
  const MessageBody = "x".repeat(1_000_000);
  for (let at = 0; at < 8; at++) await sqs(running.url, "SendMessage", { QueueUrl: "x/work", MessageBody });
  const problem = (message: string) => void problems.push(message);
  stop = startPoller({ source: mapping, services: running.services, fn: () => fn, problem });
  await eventually(() => reports.length === 2 || undefined);
  expect(output).toEqual(["111111 ", "11 "]);
});

test.each([
  [2, 6],
  [undefined, 9],
])("with a maximum concurrency of %s some batches are worked on at once, and never more", async (maximum, count) => {
  const most = maximum ?? 5;
  // Each says how many are at work as it begins, and goes on when as many as may be have begun.
  const source = `import { readdirSync, writeFileSync } from "node:fs";
  const begun = (what) => readdirSync("/tmp").filter((name) => name.startsWith(what)).length;
  export const handler = async (event, { awsRequestId: id }) => {
    writeFileSync("/tmp/begun-" + id, "");
    const all = begun("begun-");
    process.stdout.write(all - begun("ended-") + " ");
    while (begun("begun-") < ${most}) await new Promise((resolve) => setTimeout(resolve, 5));
    writeFileSync("/tmp/ended-" + id, "");
  };`;
  const { maximumConcurrency: _, ...rest } = mapping;
  const limited = { ...rest, batchSize: 1, ...(maximum === undefined ? {} : { maximumConcurrency: maximum }) };
  const slow = { ...queue, visibilityTimeoutSeconds: 1000 };
  const principals = [{ ...principal(allow("sqs:*", "*")), ...own }];
  running = await startServices({ queues: [{ ...slow, name: "work", arn }], principals });
  const { fn, output, reports } = await functionOf(
    source,
    {},
    { mayStart: ({ size }) => size < count },
    { tmp: temporaryFolder() },
  );
  for (let at = 0; at < count; at++) await sqs(running.url, "SendMessage", { QueueUrl: "x/work", MessageBody: "m" });
  const problem = (message: string) => void problems.push(message);
  stop = startPoller({ source: limited, services: running.services, fn: () => fn, problem });
  await eventually(() => reports.length === count || undefined);
  const atOnce = output.join("").trim().split(" ").map(Number);
  // None ended before so many had begun; and none began beyond them.
  expect(Math.max(...atOnce)).toBeLessThanOrEqual(most);
});

test("a poller that is stopped within its window ends, and gives nothing", async () => {
  const { reports } = await poll(`export const handler = async () => {};`, false, {
    batchSize: 12,
    windowSeconds: 300,
    visibilityTimeoutSeconds: 1000,
  });
  await eventually(async () => (await inFlight()) === "2" || undefined);
  stop();
  await eventually(async () => (await inFlight()) === "0" || undefined);
  expect(reports).toEqual([]);
});

test("what a poller received as it stopped comes at once to the next one, and was not received before", async () => {
  const slow = { ...queue, visibilityTimeoutSeconds: 100 };
  const principals = [{ ...principal(allow("sqs:*", "*")), ...own }];
  running = await startServices({ queues: [{ ...slow, name: "work", arn }], principals });
  const { fn, output } = await functionOf(
    "export const handler = async ({ Records }) => console.log(`tries ${Records[0].attributes.ApproximateReceiveCount}`);",
  );
  const start = () =>
    startPoller({ source: mapping, services: running.services, fn: () => fn, problem: (said) => problems.push(said) });
  await sqs(running.url, "SendMessage", { QueueUrl: "x/work", MessageBody: "m" });
  start()();
  // Sent, received, released.
  const written = () => readFileSync(join(running.folder, "sqs.log"), "utf8").trim().split("\n").length;
  await eventually(() => written() >= 3 || undefined);
  expect(output).toEqual([]);
  stop = start();
  expect(await eventually(() => output[0])).toContain("tries 1");
});

test("a role without the rights on the queue stops the poller, saying which is missing", async () => {
  running = await startServices({ queues, principals: [{ ...principal(allow("sqs:SendMessage", "*")), ...own }] });
  const { fn } = await functionOf(`export const handler = async () => {};`);
  stop = startPoller({
    source: mapping,
    services: running.services,
    fn: () => fn,
    problem: (message) => problems.push(message),
  });
  expect(await eventually(() => problems[0])).toMatch(
    /^aws_lambda_event_source_mapping\.m: .*not authorized to perform: sqs:ReceiveMessage/,
  );
});

test.each([
  [
    { batch_size: 20 },
    "Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10",
  ],
  [{ filter_criteria: {} }, "filter_criteria is not emulated here"],
  ...[{ batch_size: 11 }, {}].map((size): [object, string] => [
    { event_source_arn: `${arn}.fifo`, maximum_batching_window_in_seconds: 5, ...size },
    "a FIFO queue must have a batch_size of at most 10 and no window",
  ]),
  [
    { event_source_arn: "arn:aws:kinesis:us-east-1:0:stream/s" },
    "event_source_arn arn:aws:kinesis:us-east-1:0:stream/s: only queues and tables' streams are emulated as event sources",
  ],
])("a mapping with %o is refused at boot", (changes, message) => {
  const graph = graphOf({
    aws_lambda_event_source_mapping: { m: { event_source_arn: arn, function_name: "f", ...changes } },
  });
  expect(() => queueSourcesOf(graph)).toThrow(`aws_lambda_event_source_mapping.m: ${message}`);
});

const mapped = (functionName: string, timeout: number) =>
  queueSourcesOf(
    graphOf({
      aws_sqs_queue: { q: { name: "work" } },
      aws_lambda_function: { f: { function_name: "f", timeout } },
      aws_lambda_event_source_mapping: {
        m: { event_source_arn: "${aws_sqs_queue.q.arn}", function_name: functionName },
      },
    }),
  );

test.each(["f", "${aws_lambda_function.f.arn}", "${aws_lambda_function.f.arn}:live"])(
  "%s is the function f",
  (name) => {
    expect(mapped(name, 30)).toMatchObject([{ functionName: "f" }]);
  },
);

test("a mapping's maximum concurrency is kept to", () => {
  const scaled = { event_source_arn: arn, function_name: "f", scaling_config: { maximum_concurrency: 4 } };
  const sources = queueSourcesOf(graphOf({ aws_lambda_event_source_mapping: { m: scaled } }));
  expect(sources).toMatchObject([{ maximumConcurrency: 4 }]);
});

test("a message that could come back while the function still works on it is refused at boot", () => {
  expect(() => mapped("f", 31)).toThrow(
    "aws_lambda_event_source_mapping.m: Queue visibility timeout: 30 seconds is less than Function timeout: 31 seconds",
  );
});
