import { schedulerLimits } from "../../aws/limits";
import { between, type Rule } from "../synth/validation";
import type { Queue } from "./queue";

/** Retries of an invocation that the target does not take. */
export interface EventRetry {
  /** Retries, 0–185, with longer and longer waits. @default 185 */
  readonly attempts?: number;
  /** Seconds after which it is not tried again, 60–86400. @default 86400, a day */
  readonly maxAgeSeconds?: number;
}

/** A target's retry policy, as Scheduler and rules of event buses have it, and its rules. */
export function retryOf({ attempts = 185, maxAgeSeconds = 86_400 }: EventRetry = {}) {
  const rules: readonly Rule[] = [
    between("retry.attempts", attempts, schedulerLimits.retryAttempts),
    between("retry.maxAgeSeconds", maxAgeSeconds, schedulerLimits.eventAgeSeconds),
  ];
  return { policy: { maximumRetryAttempts: attempts, maximumEventAgeInSeconds: maxAgeSeconds }, rules };
}

/** @param why a FIFO queue takes none of it */
export const standardQueueRules = (setting: string, { isFifo }: Queue, why: string): readonly Rule[] => [
  [!isFifo, `${setting} must be a standard queue, since ${why}, got a FIFO queue; leave fifo out`],
];
