import { NodeFunction } from "../../constructs/compute/node-function";
import { Queue } from "../../constructs/events/queue";
import { Schedule, type ScheduleProps } from "../../constructs/events/schedule";
import { thingEntry } from "../fixtures/thing-entry";
import { emptyStack, problemsOf, synth } from "../support/stack";
import { watchedQueue } from "../support/watched-queue";

type Settings = Partial<Omit<ScheduleProps, "target" | "deadLetters">>;

interface Around {
  readonly id?: string;
  readonly collects?: boolean;
  /** A queue in place of the function. */
  readonly queue?: { readonly fifo: boolean };
  readonly fifoDeadLetters?: boolean;
}

function scheduled(settings: Settings = {}, around: Around = {}) {
  const { id = "nightly", collects = true, queue, fifoDeadLetters = false } = around;
  const stack = emptyStack();
  const fn = new NodeFunction(stack, "sweep", {
    entry: thingEntry,
    environment: { THINGS_TABLE: "things" },
  });
  const deadLetters = watchedQueue(stack, "failed", { fifo: fifoDeadLetters });
  if (collects) watchedQueue(stack, "failures").collectFailures(fn);
  const target = queue ? new Queue(stack, "work", queue) : fn;
  new Schedule(stack, id, { expression: "cron(0 3 * * ? *)", ...settings, target, deadLetters });
  return stack;
}

describe("a schedule that calls a function", () => {
  const stack = synth(
    scheduled({
      timeZone: "Europe/Lisbon",
      input: { at: "<aws.scheduler.scheduled-time>", costs: "${5}" },
      windowMinutes: 15,
      start: "2030-01-01T00:00:00Z",
      end: "2031-01-01T00:00:00Z",
      retry: { attempts: 3, maxAgeSeconds: 600 },
    }),
  );
  const { target, ...rest } = stack.at("aws_scheduler_schedule", "nightly") as { target: { role_arn: string } };

  it("says when in its zone, and within which minutes", () => {
    expect(rest).toMatchObject({
      schedule_expression: "cron(0 3 * * ? *)",
      schedule_expression_timezone: "Europe/Lisbon",
      flexible_time_window: { mode: "FLEXIBLE", maximum_window_in_minutes: 15 },
      start_date: "2030-01-01T00:00:00Z",
      end_date: "2031-01-01T00:00:00Z",
      state: "ENABLED",
    });
  });

  it("gives its input as it is written, tries again, and keeps what failed", () => {
    expect(target).toMatchObject({
      arn: expect.stringMatching(/^\$\{aws_lambda_alias\.sweep_live_\w+\.arn\}$/),
      input: '{"at":"<aws.scheduler.scheduled-time>","costs":"$${5}"}',
      retry_policy: { maximum_retry_attempts: 3, maximum_event_age_in_seconds: 600 },
      dead_letter_config: { arn: "${aws_sqs_queue.failed.arn}" },
    });
  });

  it("is in a group of its own, for which alone its role can be taken on", () => {
    const [name] = /aws_iam_role\.[\w-]+/.exec(target.role_arn) ?? [];
    const trust = JSON.parse(
      (stack.at("aws_iam_role", "nightly/role") as { assume_role_policy: string }).assume_role_policy,
    );

    expect(name).toMatch(/^aws_iam_role\.nightly_role_/);
    expect(stack.at("aws_scheduler_schedule_group", "nightly/group")).toMatchObject({
      name: expect.stringMatching(/-nightly$/),
    });
    expect(trust.Statement).toEqual([
      {
        Effect: "Allow",
        Principal: { Service: ["scheduler.amazonaws.com"] },
        Action: ["sts:AssumeRole"],
        Condition: {
          StringEquals: {
            "aws:SourceAccount": expect.any(String),
            "aws:SourceArn": expect.stringMatching(/:schedule-group\/[\w-]+-nightly$/),
          },
        },
      },
    ]);
  });

  it("may call that version of that function, and send to that queue", () => {
    const { policy } = stack.at("aws_iam_role_policy", "nightly/policy") as { policy: string };

    expect(JSON.parse(policy).Statement).toEqual([
      {
        Effect: "Allow",
        Action: ["lambda:InvokeFunction"],
        Resource: [expect.stringContaining("aws_lambda_alias.sweep_live")],
      },
      { Effect: "Allow", Action: ["sqs:SendMessage"], Resource: ["${aws_sqs_queue.failed.arn}"] },
    ]);
  });
});

it("sends to a queue with the right to that one", () => {
  const stack = synth(scheduled({ enabled: false }, { queue: { fifo: false }, collects: false }));
  const { policy } = stack.at("aws_iam_role_policy", "nightly/policy") as { policy: string };

  expect(JSON.parse(policy).Statement[0]).toMatchObject({
    Action: ["sqs:SendMessage"],
    Resource: ["${aws_sqs_queue.work.arn}"],
  });
  expect(stack.at("aws_scheduler_schedule", "nightly")).toMatchObject({ state: "DISABLED" });
});

test.each<[Settings, Around, string]>([
  [
    { expression: "cron(0 3 * * *)" },
    {},
    "test-dev/nightly: expression cron(0 3 * * *): cron(minutes hours day-of-month month day-of-week year) has six fields, got 5; correct it",
  ],
  [
    { expression: "rate(1 hours)" },
    {},
    "test-dev/nightly: expression rate(1 hours): rate(value unit) has its unit in the singular, got 1 hours; correct it",
  ],
  [
    { timeZone: "Lisbon" },
    {},
    "test-dev/nightly: timeZone must be the name of a time zone, as Europe/Lisbon or UTC, got Lisbon; look it up in IANA's list",
  ],
  [
    { start: "2030-01-01" },
    {},
    "test-dev/nightly: start must be a time in UTC, as 2030-01-31T09:00:00Z, got 2030-01-01; write it so",
  ],
  [
    { start: "2031-01-01T00:00:00Z", end: "2030-01-01T00:00:00Z" },
    {},
    "test-dev/nightly: expression must be due at some time, got cron(0 3 * * ? *), which start 2031-01-01T00:00:00Z and end 2030-01-01T00:00:00Z leave out; correct one of them",
  ],
  [
    { expression: "at(2026-03-29T01:30:00)", timeZone: "Europe/Lisbon" },
    {},
    "test-dev/nightly: expression must be due at some time, got at(2026-03-29T01:30:00), which the clocks of its zone leave out; correct one of them",
  ],
  [
    { windowMinutes: 0 },
    {},
    "test-dev/nightly: windowMinutes must be a whole number 1–1440, got 0; choose one in this range",
  ],
  [
    { retry: { attempts: 186 } },
    {},
    "test-dev/nightly: retry.attempts must be a whole number 0–185, got 186; choose one in this range",
  ],
  [
    { retry: { maxAgeSeconds: 59 } },
    {},
    "test-dev/nightly: retry.maxAgeSeconds must be a whole number 60–86400, got 59; choose one in this range",
  ],
  [
    {},
    { fifoDeadLetters: true },
    "test-dev/nightly: deadLetters must be a standard queue, since Scheduler sends in no order, got a FIFO queue; leave fifo out",
  ],
  [
    {},
    { queue: { fifo: true } },
    "test-dev/nightly: target must be a standard queue, since a message here is in no group, got a FIFO queue; leave fifo out",
  ],
  [
    {},
    { collects: false },
    "test-dev/sweep: a queue must collect what sweep fails on, since nobody waits for its events, got none; add failures.collectFailures",
  ],
])("%j of %j is refused", (settings, around, message) => {
  expect(problemsOf(scheduled(settings, around))).toContain(message);
});

it("has a name that AWS takes", () => {
  const id = "a".repeat(64);
  expect(problemsOf(scheduled({}, { id }))).toEqual([
    expect.stringContaining("the name must be at most 64 characters, got test-dev-aaa"),
  ]);
});
