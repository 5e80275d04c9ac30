import { randomUUID } from "node:crypto";
import { nextOccurrence, type Timetable } from "../../aws/schedule/expression";
import { UserError, wordsOf } from "../../lib/user-error";
import type { ScheduleDefinition } from "../read/schedule-definition";
import { WriteLog } from "../store/write-log";
import { Invocations, type InvocationsOptions, type Outcome } from "./invocations";

/** Scheduler is so exact (user guide, "Schedule types"): what was due longer ago was missed, since nothing ran. */
const PRECISION_MS = 60_000;

/** A timer looks at the clock so often, since a laptop that slept, or a person, may have put it on. */
const LOOK_MS = 30_000;

/** More that were missed are not counted. */
const MOST_MISSED = 1000;

/** What is kept of a schedule. */
interface Kept {
  /** When it was there for the first time, in milliseconds since 1970: a rate is counted from it. */
  readonly createdAt: number;
  /** The last time at which it was due while this ran. */
  readonly lastDue?: number;
}

/** Times at which a schedule was due while nothing ran. */
export interface Missed {
  readonly schedule: ScheduleDefinition;
  /** `MOST_MISSED` for so many and more. */
  readonly count: number;
  readonly last: number;
}

export interface SchedulerOptions extends Omit<InvocationsOptions, "path"> {
  /** Path of the log of schedules, and of that of invocations. */
  readonly paths: { readonly schedules: string; readonly invocations: string };
  /** Speed of the clock, as a multiple of the system's. */
  readonly clockSpeed: number;
  readonly onMissed: (missed: Missed) => void;
}

/** The results that are shown of a schedule. */
const MOST_OUTCOMES = 20;

/** A schedule with when it is due. */
export interface ScheduleState {
  readonly schedule: ScheduleDefinition;
  /** The next times, in milliseconds since 1970. None of one that is disabled or over. */
  readonly next: readonly number[];
  /** The newest first. */
  readonly outcomes: readonly Outcome[];
}

/** EventBridge Scheduler: calls targets when they are due, as long as the process runs. */
export class Scheduler {
  private readonly log: WriteLog<Kept>;
  private readonly known = new Map<string, Kept>();
  private readonly invocations: Invocations;
  private readonly outcomes = new Map<string, readonly Outcome[]>();
  private schedules: readonly ScheduleDefinition[] = [];
  private timers = new Map<string, () => void>();

  /** @throws UserError when what was kept is damaged */
  constructor(private readonly options: SchedulerOptions) {
    const { paths } = options;
    this.log = new WriteLog(paths.schedules);
    for (const { table, key, item } of this.log.read()) if (item) this.known.set(`${table} ${key}`, item);
    this.invocations = new Invocations({
      ...options,
      path: paths.invocations,
      onOutcome: (outcome) => this.note(outcome),
    });
  }

  /** Has these schedules run in place of those before. */
  replace(schedules: readonly ScheduleDefinition[]): void {
    this.callOff();
    this.schedules = schedules;
    this.invocations.replace(schedules);
    for (const schedule of schedules) {
      if (!schedule.enabled) continue;
      const now = this.options.clock.now();
      const kept = this.known.get(keyOf(schedule));
      if (!kept) this.keep(schedule, { createdAt: now });
      this.await(schedule, kept ? this.passed(schedule, kept.lastDue ?? kept.createdAt) : now - 1);
    }
  }

  stop(): void {
    this.callOff();
    this.invocations.stop();
    this.log.close();
  }

  /** Invokes a schedule's target now, whether it is enabled or not. @throws UserError when there is none */
  async fire(arn: string): Promise<Outcome | undefined> {
    if (!this.schedules.some((schedule) => schedule.arn === arn)) throw new UserError(`there is no schedule ${arn}`);
    return this.invocations.begin(arn, { id: randomUUID(), scheduledAt: this.options.clock.now() });
  }

  /** @param count how many next times */
  states(count: number): readonly ScheduleState[] {
    return this.schedules.map((schedule) => ({
      schedule,
      next: this.upcoming(schedule, count),
      outcomes: this.outcomes.get(schedule.arn) ?? [],
    }));
  }

  private upcoming(schedule: ScheduleDefinition, count: number): readonly number[] {
    const times: number[] = [];
    let after: number | undefined = schedule.enabled ? this.options.clock.now() : undefined;
    while (after !== undefined && times.length < count) {
      after = nextOccurrence(this.timetable(schedule), after);
      if (after !== undefined) times.push(after);
    }
    return times;
  }

  /** Its times; a rate without a start is counted from when it was made. */
  private timetable(schedule: ScheduleDefinition): Timetable {
    const { timetable } = schedule;
    if (timetable.expression.kind !== "rate" || timetable.start !== undefined) return timetable;
    return { ...timetable, start: this.known.get(keyOf(schedule))?.createdAt ?? this.options.clock.now() };
  }

  /** Says what was due and is too old. @returns the instant from which on everything is to be invoked */
  private passed(schedule: ScheduleDefinition, since: number): number {
    const now = this.options.clock.now();
    const until = now - this.bySystem(PRECISION_MS);
    let [count, last, after] = [0, since, since];
    while (count < MOST_MISSED) {
      const due = nextOccurrence(this.timetable(schedule), after);
      if (due === undefined || due > until) break;
      [count, last, after] = [count + 1, due, due];
    }
    // A clock that went faster may have left it in the future.
    if (count === 0) return Math.min(Math.max(since, until), now);
    this.keep(schedule, { createdAt: since, ...this.known.get(keyOf(schedule)), lastDue: until });
    this.options.onMissed({ schedule, count, last });
    return until;
  }

  /** Waits for the next time after an instant. */
  private await(schedule: ScheduleDefinition, after: number): void {
    const due = nextOccurrence(this.timetable(schedule), after);
    if (due === undefined) return;
    const { clock } = this.options;
    const window = Math.floor(Math.random() * (schedule.windowMinutes ?? 0) * 60_000);
    const look = (): void => {
      const rest = due + window - clock.now();
      if (rest > 0) this.timers.set(schedule.arn, clock.after(Math.min(rest, this.bySystem(LOOK_MS)), look));
      else this.due(schedule, due, window);
    };
    look();
  }

  private due(schedule: ScheduleDefinition, due: number, window: number): void {
    const isLate = this.options.clock.now() - due - window > this.bySystem(PRECISION_MS);
    if (!isLate) this.invoke(schedule, due);
    this.await(schedule, isLate ? this.passed(schedule, due - 1) : due);
  }

  private invoke(schedule: ScheduleDefinition, due: number): void {
    try {
      this.keep(schedule, { createdAt: due, ...this.known.get(keyOf(schedule)), lastDue: due });
      void this.invocations.begin(schedule.arn, { id: randomUUID(), scheduledAt: due });
    } catch (error) {
      // The disk takes nothing more; the next time may be better.
      this.options.problem(`${schedule.address}: ${wordsOf(error)}`);
    }
  }

  private note(outcome: Outcome): void {
    const { arn } = outcome.schedule;
    const others = (this.outcomes.get(arn) ?? []).filter(({ executionId }) => executionId !== outcome.executionId);
    this.outcomes.set(arn, [outcome, ...others].slice(0, MOST_OUTCOMES));
    this.options.onOutcome(outcome);
  }

  /** So long by the system's clock, as this one counts it. */
  private bySystem(milliseconds: number): number {
    return milliseconds * this.options.clockSpeed;
  }

  private callOff(): void {
    for (const callOff of this.timers.values()) callOff();
    this.timers.clear();
  }

  private keep(schedule: ScheduleDefinition, kept: Kept): void {
    const { arn, expression } = schedule;
    this.known.set(keyOf(schedule), kept);
    this.log.append({ table: arn, key: expression, item: kept });
  }
}

/** Another expression begins anew. */
const keyOf = ({ arn, expression }: ScheduleDefinition): string => `${arn} ${expression}`;
