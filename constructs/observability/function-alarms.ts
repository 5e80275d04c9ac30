import type { NodeFunction } from "../compute/node-function";
import { SystemStack } from "../synth/system-stack";
import type { AlarmProps } from "./alarm";

/** An alarm that is not told to anybody yet. */
export interface AlarmDefinition extends Omit<AlarmProps, "topicArn"> {
  readonly id: string;
}

/** How many of the last periods have to be over the threshold. */
type Periods = NonNullable<AlarmProps["periods"]>;

/** Below so many calls in a period a rate says nothing. */
const fewestCalls = 20;

/** The share of failures among calls in percent; 0 while there are too few to tell. */
export const failurePercentage = (failures: string, calls: string): string =>
  `IF(${calls} >= ${fewestCalls}, 100 * ${failures} / ${calls}, 0)`;

const idOf = (fn: NodeFunction): string => SystemStack.of(fn).idOf(fn);

const inPeriods = ([breaching, of]: Periods): string => (of === 1 ? "" : ` in ${breaching} of ${of} periods`);

/** It fails, by its own count: what a handler answers with a 500 is no failure of the function. */
export const errors = (fn: NodeFunction, periods: Periods): AlarmDefinition => ({
  id: `${idOf(fn)}-errors`,
  section: "function-errors",
  description: `${idOf(fn)} crashed or ran out of time${inPeriods(periods)}; its log group has the error`,
  metrics: { errors: fn.metric("Errors", "Sum") },
  comparison: ">=",
  threshold: 1,
  periods,
});

/** It fails more often than one may put up with. */
export const errorRate = (fn: NodeFunction, overPercent: number): AlarmDefinition => ({
  id: `${idOf(fn)}-error-rate`,
  section: "function-error-rate",
  description: `${idOf(fn)} crashed or ran out of time in over ${overPercent} % of its invocations; its log group has the errors`,
  metrics: { errors: fn.metric("Errors", "Sum"), invocations: fn.metric("Invocations", "Sum") },
  expression: failurePercentage("errors", "invocations"),
  comparison: ">",
  threshold: overPercent,
});

/** Lambda refused to start it. */
export const throttles = (fn: NodeFunction): AlarmDefinition => ({
  id: `${idOf(fn)}-throttles`,
  section: "function-throttles",
  description: `${idOf(fn)} was refused a start; the account's concurrency is used up`,
  metrics: { throttles: fn.metric("Throttles", "Sum") },
  comparison: ">=",
  threshold: 1,
});

/** Some invocation took nearly as long as it may. */
export const longestDuration = (fn: NodeFunction): AlarmDefinition => ({
  id: `${idOf(fn)}-duration`,
  section: "function-duration",
  description: `${idOf(fn)} takes over 90 % of its ${fn.timeoutSeconds} s; see what it waits for in its traces`,
  metrics: { duration: fn.metric("Duration", "Maximum") },
  comparison: ">",
  threshold: fn.timeoutSeconds * 900,
});

/** Invocations take long on average. */
export const averageDuration = (fn: NodeFunction, overSeconds: number, periods: Periods): AlarmDefinition => ({
  id: `${idOf(fn)}-duration`,
  section: "function-duration",
  description: `${idOf(fn)} takes over ${overSeconds} s on average${inPeriods(periods)}; see what it waits for in its traces`,
  metrics: { duration: fn.metric("Duration", "Average") },
  comparison: ">",
  threshold: overSeconds * 1000,
  periods,
});
