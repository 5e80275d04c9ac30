import { join } from "node:path";
import { DeleteItemCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { Checkpoints } from "../../../local/lambda/stream-checkpoints";
import { type StreamPoller, startStreamPoller } from "../../../local/lambda/stream-poller";
import { systemClock } from "../../../local/lib/clock";
import type { FunctionDefinition } from "../../../local/read/function-definition";
import { type StreamSource, streamSourcesOf } from "../../../local/read/stream-sources";
import { eventually } from "../../support/eventually";
import { definitionWith, functionOf, stopFunctions } from "../support/functions";
import { allow, principal, type Running, startServices, tableArn, things } from "../support/services";
import { graphOf, temporaryFolder } from "../support/stack-file";

const streamLabel = "2026-01-01T00:00:00.000";
const streamArn = `${tableArn}/stream/${streamLabel}`;
const table = {
  ...things,
  streamLabel,
  create: { ...things.create, StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_AND_OLD_IMAGES" } },
};
const rights = ["DescribeStream", "GetRecords", "GetShardIterator", "ListStreams"].map((name) => `dynamodb:${name}`);

const usual: StreamSource = {
  address: "aws_lambda_event_source_mapping.m",
  streamArn,
  functionName: "f",
  batchSize: 10,
  windowSeconds: 0,
  fromStart: true,
  bisects: false,
  reportsItemFailures: true,
};

interface Failure {
  readonly target: string;
  readonly body: ReturnType<typeof JSON.parse>;
}

let running: Running;
let poller: StreamPoller | undefined;
const problems: string[] = [];

afterEach(async () => {
  const stopped = poller?.stop();
  await stopFunctions();
  await stopped;
  poller = undefined;
  await running.stop();
  problems.length = 0;
});

const put = (...ids: string[]) =>
  ids.reduce(
    (before, id) =>
      before.then(async () => {
        await running.dynamodb.send(new PutItemCommand({ TableName: "things", Item: { id: { S: id } } }));
      }),
    Promise.resolve(),
  );

/** Services with a table whose changes are in a stream. */
async function start(allowed: readonly string[] = rights): Promise<void> {
  const principals = [{ ...principal(allow([...allowed, "dynamodb:*Item"], "*")), functionArn: definitionWith().arn }];
  running = await startServices({ tables: [table], principals });
}

/** A function that says the ids of each batch, and does with them what follows. */
const saying = (then: string): string => `let times = 0; export const handler = async ({ Records }) => {
  const ids = Records.map(({ dynamodb }) => dynamodb.Keys.id.S);
  process.stdout.write("<" + ids.join(",") + ">");
  const failing = (id) => ({ batchItemFailures: Records.filter(({ dynamodb }) => dynamodb.Keys.id.S === id)
    .map(({ dynamodb }) => ({ itemIdentifier: dynamodb.SequenceNumber })) });
  times += 1;
  ${then}
};`;

/** Polls for a function until a test ends, or begins anew. */
async function poll(
  code: string,
  changes: Partial<StreamSource> = {},
  { path = join(temporaryFolder(), "streams.log"), definition = {} as Partial<FunctionDefinition> } = {},
) {
  const { fn, output, reports } = await functionOf(code, definition);
  const failures: Failure[] = [];
  const checkpoints = new Checkpoints(path);
  const options = {
    ...{ source: { ...usual, ...changes }, services: running.services, fn: () => fn, checkpoints },
    deliver: () => async (target: string, body: string) => void failures.push({ target, body: JSON.parse(body) }),
    clock: systemClock,
    speed: 1_000_000,
    problem: (message: string) => void problems.push(message),
  };
  poller = startStreamPoller(options, Promise.resolve());
  const batches = () => [...output.join("").matchAll(/<([^>]*)>/g)].map(([, ids]) => ids);
  const seen = (batch: string) => eventually(() => batches().includes(batch) || undefined);
  return { batches, seen, failures, reports, checkpoints, path, options };
}

test("records come in their order, a batch's size at once, with what they were and are", async () => {
  await start();
  await put("a", "b", "c", "d", "e");
  await running.dynamodb.send(new DeleteItemCommand({ TableName: "things", Key: { id: { S: "a" } } }));
  const { batches, seen } = await poll(
    saying("if (ids.includes('e')) process.stdout.write('<' + JSON.stringify(Records.at(-1)) + '>');"),
    { batchSize: 2 },
  );
  await seen("e,a");
  const [record, ...before] = await eventually(() => (batches().length === 4 ? batches().reverse() : undefined));
  expect(before.reverse()).toEqual(["a,b", "c,d", "e,a"]);
  expect(JSON.parse(record!)).toMatchObject({
    eventID: expect.any(String),
    eventName: "REMOVE",
    eventVersion: "1.1",
    eventSource: "aws:dynamodb",
    awsRegion: "us-east-1",
    eventSourceARN: streamArn,
    dynamodb: {
      Keys: { id: { S: "a" } },
      OldImage: { id: { S: "a" } },
      SequenceNumber: "000000000000000000006",
      StreamViewType: "NEW_AND_OLD_IMAGES",
    },
  });
});

test("of a batch that is named in part, what is before the first failure is done, and the rest comes again in its order", async () => {
  await start();
  await put("a", "b", "c", "d");
  const { batches, seen } = await poll(saying("return times === 1 ? failing('b') : { batchItemFailures: [] };"));
  await seen("b,c,d");
  await put("e");
  await seen("e");
  expect(batches()).toEqual(["a,b,c,d", "b,c,d", "e"]);
});

test.each([
  ["throws", "throw new Error('no');"],
  ["names what it was not given", "return { batchItemFailures: [{ itemIdentifier: 'other' }] };"],
  ["gives no list", "return { batchItemFailures: 'all' };"],
])(
  "a batch of a function that %s is tried again as often as it may be, and its place is where failures go",
  async (_, then) => {
    await start();
    await put("a", "b");
    const fails = `if (ids.includes('a')) { ${then} }`;
    const { batches, failures, seen } = await poll(saying(fails), {
      ...{ maximumRetryAttempts: 2, onFailure: "arn:aws:sqs:us-east-1:000000000000:failed" },
    });
    await eventually(() => failures[0]);
    await put("c");
    await seen("c");
    expect(batches()).toEqual(["a,b", "a,b", "a,b", "c"]);
    expect(failures).toMatchObject([
      {
        target: "arn:aws:sqs:us-east-1:000000000000:failed",
        body: {
          version: "1.0",
          requestContext: { condition: "RetryAttemptsExhausted", approximateInvokeCount: 3 },
          DDBStreamBatchInfo: {
            shardId: expect.stringMatching(/^shardId-/),
            startSequenceNumber: "000000000000000000001",
            endSequenceNumber: "000000000000000000002",
            batchSize: 2,
            streamArn,
          },
        },
      },
    ]);
    expect(JSON.stringify(failures)).not.toContain('"S"');
  },
);

test("a batch is halved until what fails is alone, and all else is done in its order", async () => {
  await start();
  await put("a", "b", "bad", "c", "d");
  const { batches, failures, seen } = await poll(saying("if (ids.includes('bad')) throw new Error('no');"), {
    ...{ bisects: true, maximumRetryAttempts: 1, onFailure: "arn:aws:sqs:us-east-1:000000000000:failed" },
  });
  await seen("c,d");
  expect(batches()).toEqual(["a,b,bad,c,d", "a,b,bad", "a,b", "bad,c,d", "bad,c", "bad", "bad", "c,d"]);
  expect(failures.map(({ body }) => body.DDBStreamBatchInfo.startSequenceNumber)).toEqual(["000000000000000000003"]);
});

test("the next process goes on where this one was, and has not forgotten how often a batch has failed", async () => {
  await start();
  await put("a", "b");
  const first = await poll(saying("if (ids.includes('b')) throw new Error('no');"), { batchSize: 1 });
  await eventually(() => (first.checkpoints.of(usual)?.failures ?? 0) >= 2 || undefined);
  await poller?.stop();
  const failed = first.checkpoints.of(usual)!;
  first.checkpoints.close();
  const second = await poll(
    saying("if (ids.includes('b')) throw new Error('no');"),
    { batchSize: 1, maximumRetryAttempts: failed.failures, onFailure: "arn:aws:sqs:us-east-1:000000000000:failed" },
    { path: first.path },
  );
  await eventually(() => second.failures[0]);
  expect(second.batches()).toEqual(["b"]);
  expect(second.failures[0]?.body.requestContext.approximateInvokeCount).toBe(failed.failures + 1);
});

test("a function that begins with what comes is given nothing of what was there", async () => {
  await start();
  await put("old");
  const { batches, checkpoints, seen } = await poll(saying(""), { fromStart: false });
  await eventually(() => checkpoints.of(usual));
  await put("new");
  await seen("new");
  expect(batches()).toEqual(["new"]);
});

test("a batch waits for its window, unless it is full", async () => {
  await start();
  await put("a", "b");
  const { seen, batches } = await poll(saying(""), { batchSize: 3, windowSeconds: 300 });
  await put("c");
  await seen("a,b,c");
  expect(batches()).toEqual(["a,b,c"]);
});

test("what is cut off by a stop has not failed, and whoever comes next waits for it", async () => {
  await start();
  await put("a");
  const { batches, seen, checkpoints, options } = await poll(
    saying("await new Promise((resolve) => setTimeout(resolve, 1e9));"),
  );
  await seen("a");
  const stopped = poller!.stop();
  const { fn, output } = await functionOf(saying(""));
  poller = startStreamPoller({ ...options, fn: () => fn }, stopped);
  await put("b");
  expect([output, checkpoints.of(usual)]).toEqual([[], { next: 1, failures: 0 }]);
  await options.fn().stop();
  await eventually(() => output.length > 0 || undefined);
  expect(output.join("")).toBe("<a,b>");
  expect(batches()).toEqual(["a"]);
});

test("a function that is throttled is tried again, however often", async () => {
  await start();
  await put("a");
  const throttled = { definition: { reservedConcurrency: 0 } };
  const { failures, checkpoints, options } = await poll(saying(""), { maximumRetryAttempts: 0 }, throttled);
  await eventually(() => checkpoints.of(usual));
  await poller?.stop();
  const { fn, output } = await functionOf(saying(""));
  poller = startStreamPoller({ ...options, fn: () => fn }, Promise.resolve());
  await eventually(() => output[0]);
  expect([output, failures]).toEqual([["<a>"], []]);
});

test("a role without the rights on the stream stops the poller, saying which is missing", async () => {
  await start([]);
  await poll(saying(""));
  expect(await eventually(() => problems[0])).toMatch(
    /^aws_lambda_event_source_mapping\.m: .*not authorized to perform: dynamodb:DescribeStream/,
  );
});

const read = (changes: object) =>
  streamSourcesOf(
    graphOf({
      aws_dynamodb_table: { t: { name: "things", stream_enabled: true, stream_view_type: "KEYS_ONLY" } },
      aws_lambda_event_source_mapping: {
        m: {
          ...{ event_source_arn: "${aws_dynamodb_table.t.stream_arn}", function_name: "f" },
          ...{ starting_position: "TRIM_HORIZON", ...changes },
        },
      },
    }),
  );

test("a mapping is read with all that it says", () => {
  const said = {
    ...{ batch_size: 5, bisect_batch_on_function_error: true, maximum_retry_attempts: 3 },
    ...{ maximum_batching_window_in_seconds: 2, function_response_types: ["ReportBatchItemFailures"] },
    destination_config: { on_failure: { destination_arn: "arn:aws:sqs:us-east-1:000000000000:failed" } },
  };
  expect(read(said)).toEqual([
    {
      ...{ ...usual, batchSize: 5, windowSeconds: 2, bisects: true, maximumRetryAttempts: 3 },
      onFailure: "arn:aws:sqs:us-east-1:000000000000:failed",
    },
  ]);
});

test.each([
  [{ filter_criteria: {} }, "filter_criteria is not emulated here"],
  [{ parallelization_factor: 2 }, "parallelization_factor is not emulated here"],
  [{ maximum_record_age_in_seconds: 60 }, "maximum_record_age_in_seconds is not emulated here"],
  [{ starting_position: "AT_TIMESTAMP" }, "starting_position AT_TIMESTAMP is not emulated here"],
  [
    { destination_config: { on_failure: { destination_arn: "arn:aws:s3:::failed" } } },
    "on_failure: arn:aws:s3:::failed, no queue or topic, is not emulated here",
  ],
])("a mapping with %o is refused at boot", (changes, message) => {
  expect(() => read(changes)).toThrow(`aws_lambda_event_source_mapping.m: ${message}`);
});
