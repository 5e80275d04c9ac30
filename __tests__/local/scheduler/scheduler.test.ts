import { join } from "node:path";
import { readScheduleExpression } from "../../../aws/schedule/expression";
import type { ScheduleDefinition } from "../../../local/read/schedule-definition";
import type { Outcome, Send } from "../../../local/scheduler/invocations";
import { type Missed, Scheduler } from "../../../local/scheduler/scheduler";
import { CallRefused } from "../../../local/services/services";
import { temporaryFolder } from "../support/stack-file";
import { TestClock } from "../support/test-clock";

const minute = 60_000;
const hour = 60 * minute;
const arn = "arn:aws:scheduler:eu-west-1:000000000000:schedule/things/nightly";

/** A schedule as it is read; of the target only what differs. */
function schedule(
  expression: string,
  {
    target = {},
    timeZone = "UTC",
    ...rest
  }: Partial<Omit<ScheduleDefinition, "target">> & { target?: object; timeZone?: string } = {},
): ScheduleDefinition {
  return {
    ...{ address: "aws_scheduler_schedule.nightly", name: "nightly", arn, groupArn: "", accountId: "000000000000" },
    ...{ region: "eu-west-1", expression, enabled: true },
    timetable: { expression: readScheduleExpression(expression), timeZone },
    target: {
      ...{ arn: "arn:aws:sqs:eu-west-1:000000000000:work", roleArn: "arn:aws:iam::000000000000:role/nightly" },
      ...{ maximumRetryAttempts: 2, maximumEventAgeSeconds: 86_400 },
      deadLetterArn: "arn:aws:sqs:eu-west-1:000000000000:dead",
      ...target,
    },
    ...rest,
  };
}

type Message = Parameters<Send>[1] & { readonly at: number };

/** A process with a scheduler; `answer` is that of whoever is sent a message. */
function start(
  { clock = new TestClock(), folder = temporaryFolder(), clockSpeed = 1 } = {},
  answer: (message: Message) => void = () => undefined,
) {
  const sent: Message[] = [];
  const outcomes: Outcome[] = [];
  const missed: Missed[] = [];
  const problems: string[] = [];
  const scheduler = new Scheduler({
    paths: { schedules: join(folder, "schedules.log"), invocations: join(folder, "invocations.log") },
    ...{ clock, clockSpeed, speed: 1 },
    send: async (_, message) => {
      sent.push({ ...message, at: clock.now() });
      answer({ ...message, at: clock.now() });
    },
    onOutcome: (outcome) => outcomes.push(outcome),
    onMissed: (times) => missed.push(times),
    problem: (message) => problems.push(message),
  });
  return { scheduler, clock, folder, sent, outcomes, missed, problems, times: () => sent.map(({ at }) => at / minute) };
}

const running: ReturnType<typeof start>[] = [];
const started = (...args: Parameters<typeof start>) => {
  const one = start(...args);
  running.push(one);
  return one;
};
afterEach(() => {
  for (const { scheduler } of running.splice(0)) scheduler.stop();
});

const refuse = ({ targetArn }: Message): void => {
  if (targetArn.endsWith(":work")) throw new CallRefused("it may not", "AccessDenied");
};

it("calls at each time of a cron expression", async () => {
  const { scheduler, clock, times } = started();
  scheduler.replace([schedule("cron(0/20 0 * * ? *)")]);
  await clock.turnTo(25 * hour);

  expect(times()).toEqual([0, 20, 40, 24 * 60, 24 * 60 + 20, 24 * 60 + 40]);
});

it("calls at a rate at once, and from then on", async () => {
  const { scheduler, clock, times } = started();
  await clock.turnTo(7 * minute);
  scheduler.replace([schedule("rate(10 minutes)")]);
  await clock.turnTo(30 * minute);

  expect(times()).toEqual([7, 17, 27]);
});

it("keeps a rate's beat when the stack is deployed again, and in the next process", async () => {
  const { scheduler, clock, folder, times } = started();
  scheduler.replace([schedule("rate(10 minutes)")]);
  await clock.turnTo(4 * minute);
  scheduler.replace([schedule("rate(10 minutes)")]);
  await clock.turnTo(14 * minute);
  scheduler.stop();
  const next = started({ clock, folder });
  next.scheduler.replace([schedule("rate(10 minutes)")]);
  await clock.turnTo(25 * minute);

  expect([times(), next.times(), next.missed]).toEqual([[0, 10], [20], []]);
});

it("gives its own event where there is no input", async () => {
  const { scheduler, clock, sent } = started();
  scheduler.replace([schedule("cron(0 3 * * ? *)")]);
  await clock.turnTo(3 * hour);

  expect(JSON.parse(sent[0]?.body ?? "")).toEqual({
    version: "0",
    id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    "detail-type": "Scheduled Event",
    source: "aws.scheduler",
    account: "000000000000",
    time: "1970-01-01T03:00:00Z",
    region: "eu-west-1",
    resources: [arn],
    detail: "{}",
  });
});

it("replaces the context attributes of an input, the attempt's number included, and nothing else", async () => {
  const { scheduler, clock, sent, outcomes } = started({}, refuse);
  const input =
    "<aws.scheduler.scheduled-time> <aws.scheduler.attempt-number> <aws.scheduler.schedule-arn> <aws.scheduler.constructor>";
  scheduler.replace([schedule("cron(0 3 * * ? *)", { target: { input: `${input} <aws.scheduler.execution-id>` } })]);
  await clock.turnTo(3 * hour + minute);

  const id = outcomes[0]?.executionId;
  expect(sent.map(({ body }) => body)).toEqual(
    [1, 2].map((attempt) => `1970-01-01T03:00:00Z ${attempt} ${arn} <aws.scheduler.constructor> ${id}`),
  );
});

it("tries again with longer and longer waits, and then has a dead letter that says why", async () => {
  const { scheduler, clock, sent, outcomes } = started({}, refuse);
  scheduler.replace([schedule("at(1970-01-01T01:00:00)", { target: { input: "{}", messageGroupId: "g" } })]);
  await clock.turnTo(2 * hour);

  expect(sent.map(({ targetArn, at }) => [targetArn.split(":").at(-1), at / minute])).toEqual([
    ["work", 60],
    ["work", 61],
    ["work", 63],
    ["dead", 63],
  ]);
  const { body, attributes = {}, groupId } = sent[3] ?? {};
  expect([body, groupId]).toEqual(["{}", undefined]);
  expect(Object.fromEntries(Object.entries(attributes).map(([name, { StringValue }]) => [name, StringValue]))).toEqual({
    ERROR_CODE: "AccessDenied",
    ERROR_MESSAGE: "it may not",
    EXECUTION_ID: outcomes[0]?.executionId,
    EXHAUSTED_RETRY_CONDITION: "MaximumRetryAttempts",
    IS_PAYLOAD_TRUNCATED: "false",
    RETRY_ATTEMPTS: "2",
    SCHEDULED_TIME: "1970-01-01T01:00:00Z",
    SCHEDULE_ARN: arn,
    TARGET_ARN: "arn:aws:sqs:eu-west-1:000000000000:work",
  });
  expect(outcomes.map(({ result, attempts }) => [result, attempts])).toEqual([
    ["tried again", 1],
    ["tried again", 2],
    ["dead letter", 3],
  ]);
});

it("gives up where the next attempt would be too old", async () => {
  const { scheduler, clock, sent } = started({}, refuse);
  scheduler.replace([schedule("at(1970-01-01T01:00:00)", { target: { maximumEventAgeSeconds: 120 } })]);
  await clock.turnTo(2 * hour);

  expect(sent.map(({ targetArn }) => targetArn.split(":").at(-1))).toEqual(["work", "work", "dead"]);
  expect(sent[2]?.attributes["EXHAUSTED_RETRY_CONDITION"]?.StringValue).toBe("MaximumEventAgeInSeconds");
});

it("says that a dead letter was refused, too, and goes on", async () => {
  const { scheduler, clock, outcomes, problems } = started({}, () => {
    throw new CallRefused("nothing", "AccessDenied");
  });
  scheduler.replace([schedule("at(1970-01-01T01:00:00)", { target: { maximumRetryAttempts: 0 } })]);
  await clock.turnTo(2 * hour);

  expect(outcomes.map(({ result }) => result)).toEqual(["dropped"]);
  expect(problems).toEqual(["aws_scheduler_schedule.nightly: its dead letter was not delivered: nothing"]);
});

it("goes on in the next process with what was to be tried again", async () => {
  const { scheduler, clock, folder, sent } = started({}, refuse);
  scheduler.replace([schedule("at(1970-01-01T01:00:00)")]);
  await clock.turnTo(hour);
  scheduler.stop();
  const next = started({ clock, folder });
  next.scheduler.replace([schedule("at(1970-01-01T01:00:00)")]);
  await clock.turnTo(2 * hour);

  expect([sent.length, next.outcomes.map(({ result, attempts }) => [result, attempts])]).toEqual([1, [["invoked", 2]]]);
});

it("makes up for nothing that was due while no process ran, and says so once", async () => {
  const { scheduler, clock, folder } = started();
  scheduler.replace([schedule("cron(0 * * * ? *)")]);
  await clock.turnTo(hour);
  scheduler.stop();
  const later = new TestClock();
  await later.turnTo(4.5 * hour);
  const next = started({ clock: later, folder });
  next.scheduler.replace([schedule("cron(0 * * * ? *)")]);
  next.scheduler.replace([schedule("cron(0 * * * ? *)")]);
  await later.turnTo(5 * hour);

  expect(next.missed.map(({ count, last }) => [count, last / hour])).toEqual([[3, 4]]);
  expect(next.times()).toEqual([300]);
});

it("makes up for nothing that was due while the machine slept", async () => {
  const clock = new TestClock();
  let slept = 0;
  const sleeping = Object.assign(Object.create(clock) as TestClock, { now: () => clock.now() + slept });
  const { scheduler, missed, times } = started({ clock: sleeping });
  scheduler.replace([schedule("cron(0 * * * ? *)")]);
  await clock.turnTo(30 * minute);
  slept = 3 * hour;
  await clock.turnTo(61 * minute);

  expect(missed.map(({ count, last }) => [count, last / hour])).toEqual([[3, 3]]);
  expect(times().map((at) => Math.round(at))).toEqual([0, 240]);
});

it("calls nothing for one that is disabled, unless it is told to", async () => {
  const { scheduler, clock, times, outcomes } = started();
  scheduler.replace([schedule("rate(1 minute)", { enabled: false })]);
  await clock.turnTo(hour);
  await scheduler.fire(arn);

  expect([times(), outcomes.map(({ result }) => result)]).toEqual([[60], ["invoked"]]);
  expect(scheduler.states(3)[0]).toMatchObject({ next: [], outcomes: [{ result: "invoked" }] });
  await expect(scheduler.fire("constructor")).rejects.toThrow("there is no schedule constructor");
});

it("calls at some time within a window, for the time at which it was due", async () => {
  const { scheduler, clock, sent } = started();
  scheduler.replace([
    schedule("cron(0 * * * ? *)", { windowMinutes: 30, target: { input: "<aws.scheduler.scheduled-time>" } }),
  ]);
  await clock.turnTo(100 * hour);

  const late = sent.map(({ at }) => at % hour);
  expect(late.every((milliseconds) => milliseconds < 30 * minute)).toBe(true);
  expect(late.some((milliseconds) => milliseconds > minute)).toBe(true);
  expect(sent.every(({ body }) => body.endsWith(":00:00Z"))).toBe(true);
});

it("says the next times", async () => {
  const { scheduler } = started();
  scheduler.replace([schedule("rate(10 minutes)"), schedule("at(1970-01-01T05:00:00)", { arn: `${arn}-once` })]);

  expect(scheduler.states(2).map(({ next }) => next.map((at) => at / minute))).toEqual([[10, 20], [300]]);
});
