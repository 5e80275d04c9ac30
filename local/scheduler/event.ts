import type { ScheduleDefinition } from "../read/schedule-definition";

/** An invocation of a schedule's target that is to be made. */
export interface Execution {
  readonly id: string;
  /** When it was due, in milliseconds since 1970. */
  readonly scheduledAt: number;
  /** From 1. */
  readonly attempt: number;
}

/** As Scheduler writes times: to the second. */
export const timeText = (instant: number): string => `${new Date(instant).toISOString().slice(0, 19)}Z`;

/** Scheduler's event where the target has no input (as observed). */
const ownEvent = ({ arn, accountId, region }: ScheduleDefinition, { id, scheduledAt }: Execution): string =>
  JSON.stringify({
    version: "0",
    id,
    "detail-type": "Scheduled Event",
    source: "aws.scheduler",
    account: accountId,
    time: timeText(scheduledAt),
    region,
    resources: [arn],
    detail: "{}",
  });

/**
 * What the target is given: its input with the context attributes in it replaced (EventBridge Scheduler user guide,
 * "Adding context attributes").
 */
export function eventOf(schedule: ScheduleDefinition, execution: Execution): string {
  const { input } = schedule.target;
  if (input === undefined) return ownEvent(schedule, execution);
  const attributes: Readonly<Record<string, string>> = {
    "schedule-arn": schedule.arn,
    "scheduled-time": timeText(execution.scheduledAt),
    "execution-id": execution.id,
    "attempt-number": String(execution.attempt),
  };
  return input.replace(/<aws\.scheduler\.([a-z-]+)>/g, (whole, name: string) =>
    Object.hasOwn(attributes, name) ? (attributes[name] ?? whole) : whole,
  );
}
