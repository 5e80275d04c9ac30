import type { Measured, Measurements } from "./alarm";

/** A course of things, and whether the alarm must fire by it. */
export type Case = readonly [what: string, measurements: Measurements, fires: boolean];

/** How many of the last periods have to be bad. */
export type Periods = readonly [bad: number, of: number];

type Value = Measured[number];

/** The last periods, so many of which are bad. */
const course = (bad: Value, good: Value, [count, of]: Periods): Measured => [
  ...Array<Value>(of - count).fill(good),
  ...Array<Value>(count).fill(bad),
];

/** In one period fewer than it takes: after enough of them, one was good. */
const oneFewer = ([bad, of]: Periods): Periods => [bad - 1, of];

/** It happens so often a period, in so many periods. */
export const atLeast = (least: number, metric: string, periods: Periods = [1, 1]): Case[] => [
  [`${least} times a period, for as many as it takes`, { [metric]: course(Array(least).fill(1), 0, periods) }, true],
  ["very often", { [metric]: course(Array(least + 7).fill(1), 0, periods) }, true],
  ["once less", { [metric]: course(least - 1, 0, periods) }, false],
  ["in one period fewer than it takes", { [metric]: course(least + 7, 0, oneFewer(periods)) }, false],
];

/** It happens at all, in so many periods. */
export const atLeastOne = (metric: string, periods: Periods = [1, 1]): Case[] => atLeast(1, metric, periods);

/** A function's faults, which are of two kinds: so many in so many periods. */
export const faults = (least: number, periods: Periods = [1, 1]): Case[] => [
  ...atLeast(least, "Errors", periods).map(([what, ...rest]): Case => [`crashes ${what}`, ...rest]),
  ...atLeast(least, "Faults", periods).map(([what, ...rest]): Case => [`answers of 500 ${what}`, ...rest]),
  [
    "of both kinds, together as often as it takes",
    { Errors: course(Math.ceil(least / 2), 0, periods), Faults: course(Math.ceil(least / 2), null, periods) },
    true,
  ],
];

/** The share of failures among calls. */
export const rateOver = (percent: number, [failures, calls]: [string, string], periods: Periods = [1, 1]): Case[] => {
  const of = (failed: number, called: number, how = periods): Measurements => ({
    [failures]: course(failed, 0, how),
    [calls]: course(called, called, how),
  });
  return [
    [`${percent + 0.1} %`, of((percent + 0.1) * 10, 1000), true],
    [`${percent - 0.1} %`, of((percent - 0.1) * 10, 1000), false],
    [`exactly ${percent} %`, of(percent * 10, 1000), false],
    ["all of twenty", of(20, 20), true],
    ["all of nineteen, which is below the minimum volume", of(19, 19), false],
    ["all of a thousand, in one period fewer than it takes", of(1000, 1000, oneFewer(periods)), false],
    ["calls whose failures are not reported", { [calls]: course(1000, 1000, periods) }, false],
    ["failures whose calls are not reported", { [failures]: course(1000, 1000, periods) }, false],
  ];
};

/** Values taken together by the alarm's statistic, a step above and below the threshold. */
export const over = (metric: string, threshold: number, step: number, periods: Periods = [1, 1]): Case[] => [
  [`${threshold + step}`, { [metric]: course(threshold + step, 1, periods) }, true],
  [`${threshold - step}`, { [metric]: course(threshold - step, 1, periods) }, false],
  [`exactly ${threshold}`, { [metric]: course(threshold, 1, periods) }, false],
  ["too much, in one period fewer than it takes", { [metric]: course(threshold * 2, 1, oneFewer(periods)) }, false],
];

const among = (count: number, long: number): number[] => [...Array<number>(count).fill(1), long];

/** Of a metric whose highest value counts: one long call among short ones is enough. */
export const highestOver = (metric: string, milliseconds: number, periods: Periods): Case[] => [
  ...over(metric, milliseconds, 100, periods),
  ["one too long among short ones", { [metric]: course(among(99, milliseconds + 1), 1, periods) }, true],
];

/** Of one call in a hundred, where calls are twenty or more. */
export const slowestOver = (milliseconds: number, [metric, calls]: [string, string], periods: Periods): Case[] => {
  const [slow, enough] = [milliseconds + 1, course(100, 100, periods)];
  const of = (bad: Value): Measurements => ({ [metric]: course(bad, 1, periods), [calls]: enough });
  return [
    ...over(metric, milliseconds, 100, periods).map(
      ([what, measured, fires]): Case => [what, { ...measured, [calls]: enough }, fires],
    ),
    ["two slow in a hundred", of([...among(97, slow), slow]), true],
    ["one slow in a hundred", of(among(99, slow)), false],
    ["all of nineteen", { ...of(Array(19).fill(slow)), [calls]: course(19, 19, periods) }, false],
    ["all of twenty", { ...of(Array(20).fill(slow)), [calls]: course(20, 20, periods) }, true],
  ];
};

/** Of a metric whose average counts: one long call among short ones is not. */
export const averageOver = (metric: string, milliseconds: number, periods: Periods): Case[] => [
  ...over(metric, milliseconds, 100, periods),
  ["one too long among short ones", { [metric]: course(among(1, milliseconds + 1), 1, periods) }, false],
  ["long enough to outweigh a short one", { [metric]: course(among(1, 2 * milliseconds + 1), 1, periods) }, true],
];
