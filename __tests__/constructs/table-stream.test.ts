import { NodeFunction } from "../../constructs/compute/node-function";
import { type StreamProps, Table, type TableProps } from "../../constructs/data/table";
import { thingEntry } from "../fixtures/thing-entry";
import { emptyStack, problemsOf, synth } from "../support/stack";
import { watchedQueue } from "../support/watched-queue";

/** A table whose changes go to so many functions. */
function streaming(
  props: Partial<StreamProps> = {},
  {
    table = {},
    functions = 1,
    fifo = false,
  }: { table?: Partial<TableProps<never>>; functions?: number; fifo?: boolean } = {},
) {
  const stack = emptyStack();
  const things = new Table(stack, "things", { partitionKey: "thingId", ...table });
  const onFailure = watchedQueue(stack, "failed", { fifo });
  for (let at = 1; at <= functions; at++) {
    const fn = new NodeFunction(stack, `reader-${at}`, {
      entry: thingEntry,
      environment: { THINGS_TABLE: "things" },
    });
    things.stream(fn, { onFailure, ...props });
  }
  return stack;
}

describe("a table whose changes go to a function", () => {
  const stack = synth(streaming({ batchSize: 5, windowSeconds: 2 }));

  it("has a stream with both images", () => {
    expect(stack.at("aws_dynamodb_table", "things")).toMatchObject({
      stream_enabled: true,
      stream_view_type: "NEW_AND_OLD_IMAGES",
    });
  });

  it("is mapped to the version that serves, from the first change on, with a place for what fails", () => {
    expect(stack.at("aws_lambda_event_source_mapping", "things/stream-to-reader-1")).toMatchObject({
      event_source_arn: "${aws_dynamodb_table.things.stream_arn}",
      function_name: expect.stringMatching(/^\$\{aws_lambda_alias\.reader-1_live_\w+\.arn\}$/),
      starting_position: "TRIM_HORIZON",
      batch_size: 5,
      maximum_batching_window_in_seconds: 2,
      bisect_batch_on_function_error: true,
      maximum_retry_attempts: 10,
      function_response_types: ["ReportBatchItemFailures"],
      destination_config: { on_failure: { destination_arn: "${aws_sqs_queue.failed.arn}" } },
    });
  });

  it("lets it read the stream and report failures, and opens nothing of the table", () => {
    const rights = stack.granted("reader-1").filter((right) => /^(dynamodb|sqs):/.test(right));

    expect(rights).toEqual([
      ...["DescribeStream", "GetRecords", "GetShardIterator", "ListStreams"].map(
        (name) => `dynamodb:${name} \${aws_dynamodb_table.things.stream_arn}`,
      ),
      "sqs:SendMessage ${aws_sqs_queue.failed.arn}",
    ]);
  });
});

it("keeps to the view of a stream that the table has already", () => {
  const { stream_view_type } = synth(streaming({}, { table: { stream: "KEYS_ONLY" } })).at(
    "aws_dynamodb_table",
    "things",
  );

  expect(stream_view_type).toBe("KEYS_ONLY");
});

it.each<[string, () => ReturnType<typeof emptyStack>, string]>([
  [
    "two views of one stream",
    () => streaming({ view: "NEW_IMAGE" }, { table: { stream: "KEYS_ONLY" } }),
    "view must be what the table's stream says already, KEYS_ONLY, got NEW_IMAGE; change one of them",
  ],
  [
    "a third reader",
    () => streaming({}, { functions: 3 }),
    "a stream must be given to at most two functions, got 3; have one of them do both, or publish to a topic",
  ],
  [
    "failures in a FIFO queue",
    () => streaming({}, { fifo: true }),
    "onFailure must be a standard queue, got a FIFO queue; leave fifo out",
  ],
  [
    "a batch that is too large",
    () => streaming({ batchSize: 10_001 }),
    "batchSize must be a whole number 1–10000, got 10001; choose one in this range",
  ],
  [
    "retries without end",
    () => streaming({ retryAttempts: -1 }),
    "retryAttempts must be a whole number 0–10000, got -1; choose one in this range",
  ],
])("refuses %s", (_, build, problem) => {
  expect(new Set(problemsOf(build()))).toEqual(new Set([`test-dev/things: ${problem}`]));
});
