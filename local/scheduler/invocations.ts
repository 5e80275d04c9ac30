import { messageOf, wordsOf } from "../../lib/user-error";
import type { Clock } from "../lib/clock";
import type { ScheduleDefinition } from "../read/schedule-definition";
import { CallRefused } from "../services/services";
import { WriteLog } from "../store/write-log";
import { type Execution, eventOf, timeText } from "./event";

type Attributes = Readonly<Record<string, { readonly DataType: string; readonly StringValue: string }>>;

/** Puts a text into a queue or calls a function with the schedule's role. @throws CallRefused and others */
export type Send = (
  roleArn: string,
  message: {
    readonly targetArn: string;
    readonly body: string;
    readonly attributes: Attributes;
    readonly groupId?: string;
  },
) => Promise<void>;

/** What became of an invocation. */
export interface Outcome {
  readonly schedule: ScheduleDefinition;
  readonly executionId: string;
  readonly scheduledAt: number;
  readonly attempts: number;
  readonly result: "invoked" | "tried again" | "dead letter" | "dropped";
  /** Why it was not invoked. */
  readonly error?: string;
}

export interface InvocationsOptions {
  /** Path of the log of invocations that are not done. */
  readonly path: string;
  readonly clock: Clock;
  readonly send: Send;
  /** Divisor of the waits between attempts. */
  readonly speed: number;
  readonly onOutcome: (outcome: Outcome) => void;
  readonly problem: (message: string) => void;
}

/** An invocation that was begun and is not done. */
interface Pending {
  readonly scheduleArn: string;
  readonly id: string;
  readonly scheduledAt: number;
  /** Attempts that failed. */
  readonly failures: number;
  /** Its age, as if waits had not been shortened, in milliseconds. */
  readonly ageMs: number;
}

/** A minute, then twice as long each time, up to ten: so many attempts fit into a day as Scheduler makes. */
const retryWaitMs = (failures: number): number => Math.min(60_000 * 2 ** (failures - 1), 600_000);

/** Before a dead letter is sent again: the services may be on their way up. */
const DELIVERY_WAIT_MS = 5_000;

/**
 * Invocations of schedules' targets: tried again, and in the end dead letters. Each is written down before the first
 * attempt and until it is done with, so that the next process goes on with it.
 */
export class Invocations {
  private readonly log: WriteLog<Pending>;
  /** Those whose schedule is not there. */
  private parked: Pending[];
  private schedules: ReadonlyMap<string, ScheduleDefinition> = new Map();
  private stopped = false;

  /** @throws UserError when what was kept is damaged */
  constructor(private readonly options: InvocationsOptions) {
    this.log = new WriteLog(options.path);
    this.parked = this.log.read().flatMap(({ item }) => item ?? []);
  }

  /** Goes on with those whose schedule is there. */
  replace(schedules: readonly ScheduleDefinition[]): void {
    this.schedules = new Map(schedules.map((schedule) => [schedule.arn, schedule]));
    for (const pending of this.parked.splice(0)) void this.run(pending);
  }

  /** Resolves with what became of the first attempt. @throws StorageError when it can't be written down */
  begin(scheduleArn: string, { id, scheduledAt }: Omit<Execution, "attempt">): Promise<Outcome | undefined> {
    const pending: Pending = { scheduleArn, id, scheduledAt, failures: 0, ageMs: 0 };
    this.keep(pending, pending);
    return this.run(pending);
  }

  /** Leaves everything for the next process. */
  stop(): void {
    this.stopped = true;
    this.log.close();
  }

  private async run(pending: Pending): Promise<Outcome | undefined> {
    try {
      return await this.attempt(pending);
    } catch (error) {
      // A fault of the runner itself: the next process tries it again.
      this.options.problem(`an invocation of ${pending.scheduleArn}: ${wordsOf(error)}`);
      return undefined;
    }
  }

  private async attempt(pending: Pending): Promise<Outcome | undefined> {
    if (this.stopped) return undefined;
    const { scheduleArn, id, scheduledAt, failures } = pending;
    const schedule = this.schedules.get(scheduleArn);
    if (!schedule) return void this.parked.push(pending);
    const { target } = schedule;
    const body = eventOf(schedule, { id, scheduledAt, attempt: failures + 1 });
    const group = target.messageGroupId === undefined ? {} : { groupId: target.messageGroupId };
    const error = await this.options
      .send(target.roleArn, { targetArn: target.arn, body, attributes: {}, ...group })
      .then(
        () => undefined,
        (reason: unknown) => reason ?? new Error("for no reason"),
      );
    if (this.stopped) return undefined;
    if (error === undefined) return this.end(schedule, pending, { result: "invoked", attempts: failures + 1 });
    return this.failed(schedule, { ...pending, failures: failures + 1 }, body, error);
  }

  private async failed(schedule: ScheduleDefinition, pending: Pending, body: string, error: unknown): Promise<Outcome> {
    const { maximumRetryAttempts, maximumEventAgeSeconds, deadLetterArn } = schedule.target;
    const waitMs = retryWaitMs(pending.failures);
    const isOften = pending.failures > maximumRetryAttempts;
    const why = { error: messageOf(error), attempts: pending.failures };
    if (!isOften && pending.ageMs + waitMs < maximumEventAgeSeconds * 1000) {
      const next = { ...pending, ageMs: pending.ageMs + waitMs };
      this.keep(next, next);
      this.options.clock.after(waitMs / this.options.speed, () => void this.run(next));
      return this.report(schedule, pending, { result: "tried again", ...why });
    }
    if (deadLetterArn === undefined) return this.end(schedule, pending, { result: "dropped", ...why });
    const attributes = deadLetterAttributes(schedule, pending, {
      ERROR_CODE: error instanceof CallRefused ? error.code : "INTERNAL_ERROR",
      ERROR_MESSAGE: messageOf(error),
      EXHAUSTED_RETRY_CONDITION: isOften ? "MaximumRetryAttempts" : "MaximumEventAgeInSeconds",
    });
    return this.bury(schedule, pending, { targetArn: deadLetterArn, body, attributes }, why);
  }

  /** Sends a dead letter, however often it takes, unless it is refused. */
  private async bury(
    schedule: ScheduleDefinition,
    pending: Pending,
    message: Parameters<Send>[1],
    why: Pick<Outcome, "error" | "attempts">,
  ): Promise<Outcome> {
    for (;;) {
      try {
        await this.options.send(schedule.target.roleArn, message);
        return this.end(schedule, pending, { result: "dead letter", ...why });
      } catch (error) {
        if (error instanceof CallRefused) {
          // As on AWS, where a metric counts it.
          this.options.problem(`${schedule.address}: its dead letter was not delivered: ${error.message}`);
          return this.end(schedule, pending, { result: "dropped", ...why });
        }
        if (this.stopped) throw error;
        await new Promise<void>((resolve) => {
          this.options.clock.after(DELIVERY_WAIT_MS / this.options.speed, resolve);
        });
      }
    }
  }

  private end(
    schedule: ScheduleDefinition,
    pending: Pending,
    how: Pick<Outcome, "result" | "attempts" | "error">,
  ): Outcome {
    if (!this.stopped) this.keep(pending, null);
    return this.report(schedule, pending, how);
  }

  private report(
    schedule: ScheduleDefinition,
    { id: executionId, scheduledAt }: Pending,
    how: Pick<Outcome, "result" | "attempts" | "error">,
  ): Outcome {
    const outcome = { schedule, executionId, scheduledAt, ...how };
    this.options.onOutcome(outcome);
    return outcome;
  }

  private keep({ scheduleArn, id }: Pending, item: Pending | null): void {
    this.log.append({ table: scheduleArn, key: id, item });
  }
}

/** (EventBridge Scheduler user guide, "Configuring a dead-letter queue", Retrieve the dead-letter event) */
function deadLetterAttributes(
  { arn, target }: ScheduleDefinition,
  { id, scheduledAt, failures }: Pending,
  error: Readonly<Record<string, string>>,
): Attributes {
  const attributes = {
    ...error,
    EXECUTION_ID: id,
    IS_PAYLOAD_TRUNCATED: "false",
    RETRY_ATTEMPTS: String(failures - 1),
    SCHEDULED_TIME: timeText(scheduledAt),
    SCHEDULE_ARN: arn,
    TARGET_ARN: target.arn,
  };
  return Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [name, { DataType: "String", StringValue: value }]),
  );
}
