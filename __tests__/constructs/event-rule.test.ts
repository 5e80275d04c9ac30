import { NodeFunction } from "../../constructs/compute/node-function";
import { EventBus } from "../../constructs/events/event-bus";
import { EventRule, type EventRuleProps } from "../../constructs/events/event-rule";
import { Queue } from "../../constructs/events/queue";
import { thingEntry } from "../fixtures/thing-entry";
import { emptyStack, problemsOf, synth } from "../support/stack";
import { watchedQueue } from "../support/watched-queue";

function ruled(props: Partial<EventRuleProps> = {}, { fifo = false, queue = false } = {}) {
  const stack = emptyStack();
  const fn = new NodeFunction(stack, "count", {
    entry: thingEntry,
    environment: { THINGS_TABLE: "things" },
  });
  const deadLetters = watchedQueue(stack, "failed", { fifo });
  watchedQueue(stack, "failures").collectFailures(fn);
  const bus = new EventBus(stack, "bus");
  bus.grant(fn, "PutEvents");
  const target = queue ? new Queue(stack, "work") : fn;
  new EventRule(stack, "paid", { bus, pattern: { source: ["shop"] }, target, deadLetters, ...props });
  return stack;
}

it("gives the events of a bus that fit to a function that it alone may call, and keeps the others that failed", () => {
  const stack = synth(ruled({ pattern: { source: ["${shop}"] } }));

  expect(stack.at("aws_cloudwatch_event_rule", "paid")).toMatchObject({
    event_bus_name: "${aws_cloudwatch_event_bus.bus.name}",
    event_pattern: '{"source":["$${shop}"]}',
  });
  expect(stack.at("aws_cloudwatch_event_target", "paid/target")).toMatchObject({
    arn: expect.stringMatching(/^\$\{aws_lambda_alias\.count_live_\w+\.arn\}$/),
    dead_letter_config: { arn: "${aws_sqs_queue.failed.arn}" },
    retry_policy: { maximum_retry_attempts: 185, maximum_event_age_in_seconds: 86_400 },
  });
  expect(stack.at("aws_lambda_permission", "paid/permission")).toMatchObject({
    principal: "events.amazonaws.com",
    source_arn: "${aws_cloudwatch_event_rule.paid.arn}",
  });
  expect((stack.at("aws_sqs_queue_policy", "failed/policy") as { policy: string }).policy).toContain(
    '"ArnEquals":{"aws:SourceArn":"${aws_cloudwatch_event_rule.paid.arn}"}',
  );
  expect(stack.granted("count")).toContain("events:PutEvents ${aws_cloudwatch_event_bus.bus.arn}");
});

it("may send to a queue by the queue's own policy", () => {
  const stack = synth(ruled({}, { queue: true }));

  expect((stack.at("aws_sqs_queue_policy", "work/policy") as { policy: string }).policy).toContain(
    "events.amazonaws.com",
  );
});

test.each<[Partial<EventRuleProps>, boolean, string]>([
  [{ pattern: { source: "shop" } }, false, 'pattern.source must be a list of values, got "shop"; correct it'],
  [{ retry: { attempts: -1 } }, false, "retry.attempts must be a whole number 0–185, got -1; choose one in this range"],
  [{}, true, "deadLetters must be a standard queue, since an event is in no group, got a FIFO queue; leave fifo out"],
])("%j is refused", (props, fifo, message) => {
  expect(problemsOf(ruled(props, { fifo }))).toContain(`test-dev/paid: ${message}`);
});
