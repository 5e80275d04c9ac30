import { parseArn, parseFunctionName, serviceOf } from "../../aws/arn";
import { spedUp, wallClock } from "../lib/clock";
import type { Outcome } from "../scheduler/invocations";
import { Scheduler, type ScheduleState } from "../scheduler/scheduler";
import type { Services } from "../services/services";
import type { Store } from "../store/store";
import type { Emit, ReadySchedule } from "./events";
import type { System } from "./system";

export interface SchedulesOptions {
  readonly store: Store;
  readonly services: Services;
  readonly emit: Emit;
  /** Divisor of the waits before retries. */
  readonly speed: number;
  /** Speed of the clock by which schedules are due, as a multiple of the system's. */
  readonly clockSpeed: number;
}

/** The schedules of the systems, and Scheduler, once there are any. */
export class Schedules {
  private scheduler: Scheduler | undefined;

  constructor(private readonly options: SchedulesOptions) {}

  /** Has these systems' schedules run in place of those before. @throws UserError when what was kept is damaged */
  replace(systems: readonly System[]): void {
    const schedules = systems.flatMap((system) => system.schedules);
    if (schedules.length > 0) this.scheduler ??= this.start();
    this.scheduler?.replace(schedules);
  }

  /** @param count how many next times of each */
  states(count: number): readonly ScheduleState[] {
    return this.scheduler?.states(count) ?? [];
  }

  /** Invokes a schedule's target now. @returns undefined when there is no such schedule */
  async fire(arn: string): Promise<Outcome | undefined> {
    return this.states(0).some(({ schedule }) => schedule.arn === arn) ? this.scheduler?.fire(arn) : undefined;
  }

  stop(): void {
    this.scheduler?.stop();
  }

  private start(): Scheduler {
    const { store, services, emit, speed, clockSpeed } = this.options;
    return new Scheduler({
      paths: { schedules: store.path("schedules.log"), invocations: store.path("schedule-invocations.log") },
      clock: spedUp(wallClock, clockSpeed),
      ...{ speed: speed * clockSpeed, clockSpeed },
      send: async (roleArn, message) => void (await services.call(roleArn, { kind: "deliver", ...message })),
      onOutcome: ({ schedule, scheduledAt, result, attempts, error }) => {
        const target = nameOf(schedule.target.arn);
        const why = error === undefined ? {} : { error };
        emit({ event: "schedule", schedule: schedule.name, target, scheduledAt, result, attempts, ...why });
      },
      onMissed: ({ schedule, count, last }) => emit({ event: "missed", schedule: schedule.name, count, last }),
      problem: (message) => emit({ event: "problem", message }),
    });
  }
}

/** A function's or queue's own name. */
const nameOf = (arn: string): string =>
  serviceOf(arn) === "lambda" ? parseFunctionName(arn).name : (parseArn(arn)?.resource ?? arn);

/** Schedules as the start says them. */
export const readySchedules = (states: readonly ScheduleState[]): readonly ReadySchedule[] =>
  states.map(({ schedule: { name, expression, timetable, target }, next: [next] }) => ({
    ...{ name, expression, timeZone: timetable.timeZone, target: nameOf(target.arn) },
    ...(next === undefined ? {} : { next }),
  }));
