import { hangingCallMs } from "../../contracts/time-limits";
import type { NodeFunction } from "../compute/node-function";
import { StackContext } from "../synth/stack-context";
import type { AlarmProps } from "./alarm";
import { numbered, sumOf } from "./metric";

/** An alarm without its topic. */
export interface AlarmDefinition extends Omit<AlarmProps, "topicArn"> {
  readonly id: string;
}

/** Breaching periods among the last ones that fire it. */
type Periods = NonNullable<AlarmProps["periods"]>;

/** Below so many calls in a period a rate says nothing, and neither does a percentile. */
const fewestCalls = 20;

/**
 * So many faults in a period fire the alarm, whatever the traffic: a rate alone would be silent where there is little.
 */
export const faultsToAlarm = 3;

/** Five sixths of the time that a hanging call takes, or of the function's longest time if that is less. In ms. */
const longWaitMs = ({ longestMs }: NodeFunction): number => Math.round((Math.min(hangingCallMs, longestMs) * 5) / 6);

/** An expression of metric math with its value where there are enough calls, and 0 where there are not. */
export const ofEnough = (calls: string, value: string): string => `IF(${calls} >= ${fewestCalls}, ${value}, 0)`;

/** The share of failures among calls in percent; 0 while there are too few. */
export const failurePercentage = (failures: string, calls: string): string =>
  ofEnough(calls, `100 * ${failures} / ${calls}`);

const idOf = (fn: NodeFunction): string => StackContext.of(fn).idOf(fn);

const inPeriods = ([breaching, of]: Periods): string => (of === 1 ? "" : ` in ${breaching} of ${of} periods`);

/** A function's faults: its crashes, and the answers of 500 and above that it gave. */
function faultsOf(fn: NodeFunction) {
  const metrics = numbered(fn.faults().of);
  return { metrics, sum: sumOf(Object.keys(metrics)) };
}

const failed = "failed (crashed, ran out of time, or answered with 500 or above)";

/** It fails several times in a row, however little it is called. */
export function faults(fn: NodeFunction): AlarmDefinition {
  const { metrics, sum } = faultsOf(fn);
  return {
    id: `${idOf(fn)}-faults`,
    section: "function-errors",
    description: `${idOf(fn)} ${failed} ${faultsToAlarm} times or more within five minutes; its log group has the errors`,
    metrics,
    expression: sum,
    comparison: ">=",
    threshold: faultsToAlarm,
  };
}

/** It fails at all. */
export function errors(fn: NodeFunction, periods: Periods): AlarmDefinition {
  const { metrics, sum } = faultsOf(fn);
  return {
    id: `${idOf(fn)}-errors`,
    section: "function-errors",
    description: `${idOf(fn)} ${failed}${inPeriods(periods)}; its log group has the error`,
    metrics,
    expression: sum,
    comparison: ">=",
    threshold: 1,
    periods,
  };
}

/** It fails more often than one may put up with. */
export function errorRate(fn: NodeFunction, overPercent: number): AlarmDefinition {
  const { metrics, sum } = faultsOf(fn);
  return {
    id: `${idOf(fn)}-error-rate`,
    section: "function-error-rate",
    description: `${idOf(fn)} ${failed} in over ${overPercent} % of its invocations; its log group has the errors`,
    metrics: { ...metrics, invocations: fn.metric("Invocations", "Sum") },
    expression: failurePercentage(sum, "invocations"),
    comparison: ">",
    threshold: overPercent,
  };
}

/** Lambda refused to start it. */
export const throttles = (fn: NodeFunction): AlarmDefinition => ({
  id: `${idOf(fn)}-throttles`,
  section: "function-throttles",
  description: `${idOf(fn)} was refused a start; the account's concurrency is used up`,
  metrics: { throttles: fn.metric("Throttles", "Sum") },
  comparison: ">=",
  threshold: 1,
});

/** Again and again some invocation waits as long as one does whose service hangs. */
export const longWait = (fn: NodeFunction): AlarmDefinition => ({
  id: `${idOf(fn)}-slow`,
  section: "function-duration",
  description: `${idOf(fn)} took over ${longWaitMs(fn) / 1000} s in 2 of 3 periods, as it does when a service hangs; see what it waits for in its traces`,
  metrics: { duration: fn.metric("Duration", "Maximum") },
  comparison: ">",
  threshold: longWaitMs(fn),
  periods: [2, 3],
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

/** Events that it failed on did not reach their destination and are lost. */
export const lostEvents = (fn: NodeFunction): AlarmDefinition => ({
  id: `${idOf(fn)}-lost-events`,
  section: "lost-events",
  description: `Events that ${idOf(fn)} failed on did not reach their queue and are gone; its log group has the errors`,
  metrics: { lost: fn.metric("DestinationDeliveryFailures", "Sum") },
  comparison: ">=",
  threshold: 1,
});
