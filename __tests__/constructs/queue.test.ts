import { NodeFunction } from "../../constructs/compute/node-function";
import { Table } from "../../constructs/data/table";
import { EventBus } from "../../constructs/events/event-bus";
import { EventRule } from "../../constructs/events/event-rule";
import { Queue, type QueueProps } from "../../constructs/events/queue";
import { Schedule } from "../../constructs/events/schedule";
import { Alarms } from "../../constructs/observability/alarms";
import type { SystemStack } from "../../constructs/synth/system-stack";
import { thingEntry } from "../fixtures/thing-entry";
import { emptyStack, problemsOf, synth } from "../support/stack";
import { watchedQueue } from "../support/watched-queue";

const fn = (stack: SystemStack, id = "get-thing") =>
  new NodeFunction(stack, id, { entry: thingEntry, environment: { THINGS_TABLE: "things" } });

/** A queue of these props that is delivered to a function of ten seconds. */
function delivered(props: QueueProps = {}, ...options: Parameters<Queue["deliverTo"]>[1][]) {
  const stack = emptyStack();
  const deadLetters = watchedQueue(stack, "failed", { fifo: props.fifo ?? false });
  const queue = new Queue(stack, "work", { deadLetters, ...props });
  const functions = options.length > 0 ? options : [{}];
  for (const [index, option] of functions.entries()) queue.deliverTo(fn(stack, `get-thing-${index}`), option);
  return stack;
}

describe("a queue that is delivered to a function", () => {
  const stack = synth(delivered({}, { batchSize: 100, windowSeconds: 20, concurrency: 3 }));

  it("is mapped to the version that serves, which names what failed", () => {
    expect(stack.at("aws_lambda_event_source_mapping", "work/delivery-to-get-thing-0")).toMatchObject({
      event_source_arn: "${aws_sqs_queue.work.arn}",
      function_name: expect.stringMatching(/^\$\{aws_lambda_alias\.get-thing-0_live_\w+\.arn\}$/),
      batch_size: 100,
      maximum_batching_window_in_seconds: 20,
      scaling_config: { maximum_concurrency: 3 },
      function_response_types: ["ReportBatchItemFailures"],
    });
  });

  it("may be read by the function, which may not send", () => {
    expect(stack.granted("get-thing-0").filter((right) => right.startsWith("sqs:"))).toEqual([
      "sqs:DeleteMessage ${aws_sqs_queue.work.arn}",
      "sqs:GetQueueAttributes ${aws_sqs_queue.work.arn}",
      "sqs:ReceiveMessage ${aws_sqs_queue.work.arn}",
    ]);
  });

  it("hides a message for six times the function's timeout and the window, and puts it aside after five times", () => {
    const { visibility_timeout_seconds, redrive_policy } = stack.at("aws_sqs_queue", "work");

    expect(visibility_timeout_seconds).toBe(80);
    expect(JSON.parse(String(redrive_policy))).toEqual({
      deadLetterTargetArn: "${aws_sqs_queue.failed.arn}",
      maxReceiveCount: 5,
    });
  });
});

it("hides a message for as long as SQS does where nobody says otherwise", () => {
  const stack = emptyStack();
  new Queue(stack, "work");

  expect(synth(stack).at("aws_sqs_queue", "work")).not.toHaveProperty("visibility_timeout_seconds");
});

it("of a FIFO queue has its ending everywhere: its dead letters', its metrics'", () => {
  const stack = delivered({ fifo: true });
  const { name, fifo_queue, content_based_deduplication } = synth(stack).at("aws_sqs_queue", "failed");

  expect([name, fifo_queue, content_based_deduplication]).toEqual(["test-dev-failed.fifo", true, true]);
  expect(new Queue(emptyStack(), "work", { fifo: true }).waitingMetric().dimensions).toEqual({
    QueueName: "test-dev-work.fifo",
  });
});

it.each<[string, () => SystemStack, string]>([
  [
    "a message that comes back while the function still works on it",
    () => delivered({ visibilityTimeoutSeconds: 59 }),
    "test-dev/work: visibilityTimeoutSeconds must be at least 60, six times the timeout of get-thing-0 and the window, got 59; raise it, or leave it out",
  ],
  [
    "a window that makes it come back",
    () => delivered({ visibilityTimeoutSeconds: 60 }, { windowSeconds: 1 }),
    "test-dev/work: visibilityTimeoutSeconds must be at least 61, six times the timeout of get-thing-0 and the window, got 60; raise it, or leave it out",
  ],
  [
    "no place for what fails",
    () => {
      const stack = emptyStack();
      new Queue(stack, "work").deliverTo(fn(stack));
      return stack;
    },
    "test-dev/work: deadLetters must be a queue for what get-thing fails on, got none; make one, and have alarms watch it",
  ],
  [
    "two functions that would take each other's messages",
    () => delivered({}, {}, {}),
    "test-dev/work: a queue must be delivered to one function, which takes all of its messages, got 2; give each a queue, and subscribe the queues to a topic",
  ],
  [
    "a large batch without a window",
    () => delivered({}, { batchSize: 11 }),
    "test-dev/work: batchSize must be a whole number 1–10, got 11; choose one in this range",
  ],
  [
    "a window that is too long",
    () => delivered({}, { windowSeconds: 301 }),
    "test-dev/work: windowSeconds must be a whole number 0–300, got 301; choose one in this range",
  ],
  [
    "a window of a FIFO queue",
    () => delivered({ fifo: true }, { windowSeconds: 5 }),
    "test-dev/work: windowSeconds must be 0 of a FIFO queue, whose batches wait for nothing, got 5; leave it out",
  ],
  [
    "fewer than two invocations at once",
    () => delivered({}, { concurrency: 1 }),
    "test-dev/work: concurrency must be a whole number 2–1000, got 1; choose one in this range",
  ],
  [
    "dead letters that are forgotten before",
    () => {
      const stack = emptyStack();
      new Queue(stack, "work", { deadLetters: watchedQueue(stack, "failed", { retentionDays: 3 }) });
      return stack;
    },
    "test-dev/work: deadLetters must keep messages as long as this, 14 days, got 3; raise its retentionDays",
  ],
  [
    "dead letters of another kind",
    () => {
      const stack = emptyStack();
      new Queue(stack, "work", { fifo: true, deadLetters: watchedQueue(stack, "failed") });
      return stack;
    },
    "test-dev/work: deadLetters must be a FIFO queue as this is, got a standard queue; set fifo on both, or on none",
  ],
  [
    "failures of asynchronous events in a FIFO queue, to which Lambda sends none",
    () => {
      const stack = emptyStack();
      watchedQueue(stack, "failed", { fifo: true }).collectFailures(fn(stack));
      return stack;
    },
    "test-dev/failed: fifo must not be set on a queue of failures, which Lambda sends in no order, got true; remove it",
  ],
  [
    "a message that is received too often",
    () => delivered({ maxReceiveCount: 1001 }),
    "test-dev/work: maxReceiveCount must be a whole number 1–1000, got 1001; choose one in this range",
  ],
])("refuses %s", (_, build, problem) => {
  expect(problemsOf(build())).toEqual([problem]);
});

describe("a queue of what failed for good", () => {
  const failing: readonly (readonly [string, (stack: SystemStack, failed: Queue) => void, string])[] = [
    [
      "messages that were received too often",
      (stack, failed) => void new Queue(stack, "work", { deadLetters: failed }),
      "the messages of work",
    ],
    [
      "events on which a function failed",
      (stack, failed) => failed.collectFailures(fn(stack)),
      "the events of get-thing",
    ],
    [
      "changes of a table",
      (stack, failed) =>
        new Table(stack, "things", { partitionKey: "thingId" }).stream(fn(stack), { onFailure: failed }),
      "the changes of things",
    ],
    [
      "events of a rule",
      (stack, failed) => {
        const [bus, target] = [new EventBus(stack, "bus"), new Queue(stack, "work")];
        new EventRule(stack, "paid", { bus, target, pattern: { source: ["shop"] }, deadLetters: failed });
      },
      "rule paid",
    ],
    [
      "events of a schedule",
      (stack, failed) => {
        const target = new Queue(stack, "work");
        new Schedule(stack, "nightly", { expression: "rate(1 day)", target, deadLetters: failed });
      },
      "schedule nightly",
    ],
  ];

  it.each(failing)("is refused without an alarm that watches it: of %s", (_what, fail, named) => {
    const stack = emptyStack();
    fail(stack, new Queue(stack, "failed-things"));

    expect(problemsOf(stack)).toEqual([
      `test-dev/failed-things: an alarm must watch this queue, in which waits what failed for good of ${named}, got none; add alarms.watchDeadLetters(failedThings)`,
    ]);
  });

  it.each(failing)("is taken with one, wherever that stands: of %s", (_what, fail) => {
    const stack = emptyStack();
    const failed = new Queue(stack, "failed-things");
    new Alarms(stack, "alarms").watchDeadLetters(failed);
    fail(stack, failed);

    expect(problemsOf(stack)).toEqual([]);
  });

  it("is taken with an alarm of one's own, and not with one of another queue", () => {
    const stack = emptyStack();
    const [failed, other] = [new Queue(stack, "failed"), new Queue(stack, "other")];
    const alarms = new Alarms(stack, "alarms");
    const watch = (id: string, queue: Queue) =>
      alarms.add(id, {
        ...{ description: "it has some", metrics: () => ({ waiting: queue.waitingMetric() }), expression: "waiting" },
        ...{ comparison: ">=", threshold: 10 },
      });
    failed.collectFailures(fn(stack));
    watch("other-waits", other);
    expect(problemsOf(stack)).toEqual([expect.stringContaining("alarms.watchDeadLetters(failed)")]);

    watch("failed-wait", failed);
    expect(problemsOf(stack)).toEqual([]);
  });
});
