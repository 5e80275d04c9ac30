import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Alarm } from "../support/alarms/alarm";
import { evaluate } from "../support/alarms/metric-math";
import type { AlarmCases } from "../support/alarms/usual-cases";
import { synthesizedStack } from "../support/synthesized-stack";
import { describeSystems, systems } from "../support/systems";

/** A system's cases: `alarm-cases/<system>.ts`. */
const casesOf = (system: string): AlarmCases =>
  jest.requireActual<{ cases: AlarmCases }>(`./alarm-cases/${system}`).cases;

/** Values of a metric where all is well. */
const isWell = (metric: string): number =>
  ["Count", "Invocations"].includes(metric) ? 200 : ["Duration", "Latency"].includes(metric) ? 40 : 0;

const matches = (pattern: string, name: string): boolean =>
  pattern.startsWith("*") ? name.endsWith(pattern.slice(1)) : name === pattern;

/** The case of the longest pattern: `table-throttles` rather than `*-throttles`. */
const patternOf = (cases: AlarmCases, name: string): string | undefined =>
  Object.keys(cases)
    .filter((pattern) => matches(pattern, name))
    .sort((a, b) => b.length - a.length)[0];

it("knows every system that is synthesized", () => {
  const listed = [
    ...readFileSync(join(__dirname, "../../main.ts"), "utf8").matchAll(/^ {2}"?([\w-]+)"?: \w+Stack,$/gm),
  ];

  expect(listed.map(([, name]) => name).sort()).toEqual([...systems, "account"].sort());
});

describeSystems("%s", (system) => {
  const cases = casesOf(system);
  const stack = synthesizedStack(system);
  const alarms = Object.values(stack.all("aws_cloudwatch_metric_alarm")).map(
    (resource) => [String(resource["alarm_name"]).replace(`${system}-dev-alarms-`, ""), new Alarm(resource)] as const,
  );

  it("has cases for every alarm, and an alarm for all cases", () => {
    expect(alarms.filter(([name]) => patternOf(cases, name) === undefined).map(([name]) => name)).toEqual([]);
    expect(new Set(alarms.map(([name]) => patternOf(cases, name)))).toEqual(new Set(Object.keys(cases)));
  });

  it.each(alarms)("%s fires when it must, and only then", (name, alarm) => {
    const listed = cases[patternOf(cases, name) ?? ""] ?? [];

    expect(listed.map(([what, measurements]) => `${what}: ${alarm.fires(measurements)}`)).toEqual(
      listed.map(([what, , fires]) => `${what}: ${fires}`),
    );
    expect(listed.some(([, , fires]) => fires)).toBe(true);
  });

  it.each(alarms)("%s stays quiet in silence and evaluates periods of five minutes", (_, alarm) => {
    expect(alarm.fires({})).toBe(false);
    expect(new Set(alarm.periods)).toEqual(new Set([300]));
  });

  it.each(alarms)("%s ends by itself when the fault is over, in silence and in traffic", (name, alarm) => {
    const firing = (cases[patternOf(cases, name) ?? ""] ?? []).filter(([, , fires]) => fires);
    const afterwards = (metric: string) => [null, isWell(metric)];

    for (const [what, measurements] of firing) {
      for (const which of [0, 1]) {
        const over = Object.fromEntries(
          alarm.metricNames.map((metric) => {
            const during = measurements[metric] ?? Array(alarm.evaluationPeriods).fill(null);
            return [metric, [...during, ...Array(alarm.evaluationPeriods + 2).fill(afterwards(metric)[which])]];
          }),
        );
        const states = alarm.course(over);
        expect([what, states.includes(true), states.at(-1)]).toEqual([what, true, false]);
      }
    }
  });

  it("fires no alarm by a percentile of however few", () => {
    const resources = Object.values(stack.all("aws_cloudwatch_metric_alarm"));

    expect(resources.filter((alarm) => "extended_statistic" in alarm)).toEqual([]);
  });
});

describe("the evaluation", () => {
  it.each([
    ["1 + 2 * 3 - 4 / 2", [5, 5]],
    ["(1 + 2) * a", [3, null]],
    ["a / 0", [null, null]],
    ["a / b", [0.5, null]],
    ["FILL(a, 7) + b", [3, 11]],
    ["IF(b >= 3, 100 * b, 0)", [0, 400]],
    ["IF(a == 1, b != 4, 9)", [1, null]],
    ["SUM([a, b])", [3, 4]],
    ["SUM([FILL(a, 0), FILL(none, 0)])", [1, 0]],
    ["FILL(none, 0) + b", [null, null]],
    ["SUM([none])", [null, null]],
  ])("of %s is CloudWatch's", (expression, result) => {
    expect(evaluate(expression, { a: [1, null], b: [2, 4], none: [null, null] }, 2)).toEqual(result);
  });

  it("leaves an alarm on a DynamoDB metric as it was while there are no values", () => {
    const alarm = new Alarm({
      namespace: "AWS/DynamoDB",
      metric_name: "ThrottledRequests",
      dimensions: {},
      statistic: "Sum",
      comparison_operator: "GreaterThanThreshold",
      threshold: 0,
      evaluation_periods: 1,
      datapoints_to_alarm: 1,
      treat_missing_data: "notBreaching",
    });

    expect([alarm.fires({}), alarm.fires({}, true)]).toEqual([false, true]);
    expect(alarm.fires({ ThrottledRequests: [0] }, true)).toBe(false);
  });

  it("keeps the state of an alarm that ignores percentiles of few values, and evaluates a thousand", () => {
    const alarm = new Alarm({
      namespace: "AWS/ApiGateway",
      metric_name: "Latency",
      dimensions: {},
      extended_statistic: "p99",
      comparison_operator: "GreaterThanThreshold",
      threshold: 3000,
      evaluation_periods: 1,
      datapoints_to_alarm: 1,
      treat_missing_data: "notBreaching",
      evaluate_low_sample_count_percentiles: "ignore",
    });

    expect([alarm.fires({ Latency: [Array(999).fill(9000)] }), alarm.fires({}, true)]).toEqual([false, true]);
    expect(alarm.fires({ Latency: [Array(1000).fill(9000)] })).toBe(true);
  });
});
