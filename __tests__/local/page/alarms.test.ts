import fc from "fast-check";
import { type AlarmState, alarmOf, hasTooFew, rangeOf, seriesOf, stateOf } from "../../../local/page/metrics/alarm";
import { evaluate } from "../../../local/page/metrics/expression";
import { keyOf, Measurements } from "../../../local/page/metrics/measurements";
import type { System } from "../../../local/run/system";
import { Alarm as Independent, type Measured, type MetricArguments } from "../../support/alarms/alarm";
import { synthesizedStack } from "../../support/synthesized-stack";
import { describeSystems } from "../../support/systems";

type Attributes = System["watching"]["alarms"][number];

const end = 1_000_000;

describeSystems("the alarms of %s", (system) => {
  const alarms = Object.values(synthesizedStack(system).all("aws_cloudwatch_metric_alarm"));

  test("come to the states that an independent evaluation comes to, whatever was measured", () => {
    for (const resource of alarms) {
      const alarm = alarmOf(resource as Attributes);
      const independent = new Independent(resource);
      const range = rangeOf(alarm);
      const values = fc.oneof(
        { weight: 2, arbitrary: fc.constant([]) },
        fc.array(fc.constantFrom(0, 1, 2, 30, alarm.threshold, alarm.threshold + 1, alarm.threshold * 3), {
          minLength: 1,
          maxLength: 30,
        }),
      );
      const course = fc.array(values, { minLength: range, maxLength: range });
      const all = fc.array(course, { minLength: independent.metrics.length, maxLength: independent.metrics.length });
      fc.assert(
        fc.property(all, fc.boolean(), (courses, wasInAlarm) => {
          const measurements = new Measurements();
          const measured = new Map<string, Measured>();
          for (const [at, metric] of independent.metrics.entries()) {
            const { namespace, metric_name: name, dimensions, period } = metric;
            const key = keyOf({ namespace, name, dimensions });
            measured.set(
              key,
              courses[at]!.map((numbers) => (numbers.length === 0 ? null : numbers)),
            );
            for (const [index, numbers] of courses[at]!.entries()) {
              const minute = end - (range - index) * (period / 60) + (index % (period / 60));
              for (const value of numbers) measurements.add(key, value, minute);
            }
          }
          const before: AlarmState = wasInAlarm ? "ALARM" : "OK";
          const kept = hasTooFew(alarm, measurements, end);
          const state = kept ? before : stateOf(alarm, seriesOf(alarm, measurements, range, end), before);
          const of = ({ namespace, metric_name: name, dimensions }: MetricArguments) =>
            measured.get(keyOf({ namespace, name, dimensions }))!;
          expect({ name: alarm.name, fires: state === "ALARM" }).toEqual({
            name: alarm.name,
            fires: independent.firesBy(of, wasInAlarm),
          });
        }),
        { numRuns: 40 },
      );
    }
  });
});

const alarm = (more: object) =>
  alarmOf({
    alarm_name: "a",
    comparison_operator: "GreaterThanThreshold",
    threshold: 1,
    evaluation_periods: 3,
    metric_name: "m",
    namespace: "n",
    ...more,
  });

/** `X` breaches, `0` does not, `-` is missing. */
const seriesIn = (text: string) => [...text].map((letter) => (letter === "-" ? null : letter === "X" ? 2 : 0));

test.each([
  // What is there counts first, however it is spread.
  ["0-X-X", ["OK", "OK", "OK", "OK"]],
  ["XXX--", ["ALARM", "ALARM", "ALARM", "ALARM"]],
  ["0----", ["OK", "OK", "OK", "OK"]],
  ["-----", ["INSUFFICIENT_DATA", "OK", "ALARM", "OK"]],
  ["--X--", ["ALARM", "OK", "ALARM", "OK"]],
  ["----X", ["OK", "OK", "ALARM", "OK"]],
])("three of three with data missing, %s: missing, ignore, breaching, notBreaching", (text, states) => {
  const found = ["missing", "ignore", "breaching", "notBreaching"].map((missing) =>
    stateOf(alarm({ treat_missing_data: missing }), seriesIn(text), "OK"),
  );
  expect(found).toEqual(states);
});

test.each([
  ["GreaterThanThreshold", [false, false, true]],
  ["GreaterThanOrEqualToThreshold", [false, true, true]],
  ["LessThanThreshold", [true, false, false]],
  ["LessThanOrEqualToThreshold", [true, true, false]],
])("%s fires for 0, 1 and 2 in turn: %j", (comparison_operator, fires) => {
  const states = [0, 1, 2].map((value) =>
    stateOf(alarm({ comparison_operator, evaluation_periods: 1 }), [value], "OK"),
  );
  expect(states.map((state) => state === "ALARM")).toEqual(fires);
});

const metrics = new Map([
  ["a", [1, null, 3]],
  ["b", [4, 5, 0]],
  ["none", [null, null, null]],
] as const);

test.each([
  ["a + b * 2", [9, null, 3]],
  ["(a + b) * 2", [10, null, 6]],
  ["a / b", [0.25, null, null]],
  ["-a + 5", [4, null, 2]],
  ["2 ^ 3", [8, 8, 8]],
  ["IF(b > 4 OR a == 3, 1, 0)", [0, null, 1]],
  ["IF(b > 4, 1, 0)", [0, 1, 0]],
  ["FILL(a, 0)", [1, 0, 3]],
  ["FILL(none, 0)", [null, null, null]],
  ["SUM([a, b])", [5, 5, 3]],
  ["SUM(METRICS())", [5, 5, 3]],
  ["MAX([a, b])", [4, 5, 3]],
  ["SUM(a)", [4, 4, 4]],
  ["ABS(a - b)", [3, null, 3]],
  ["1e2 + a", [101, null, 103]],
])("the metric math %s gives %j", (expression, expected) => {
  expect(evaluate(expression, new Map([...metrics].map(([name, series]) => [name, [...series]])), 3)).toEqual(expected);
});

test.each(["a +", "nothing", "RATE(a)", "a b", "SUM([a", "constructor(a)", "IF(a)"])(
  "is refused, never made up: %s",
  (expression) => {
    expect(() => evaluate(expression, new Map([["a", [1]]]), 1)).toThrow(expression);
  },
);

test("statistics are those of all values, or of a fair part of very many", () => {
  const measurements = new Measurements();
  const metric = { namespace: "n", name: "m", dimensions: { b: "2", a: "1" } };
  const key = keyOf({ ...metric, dimensions: { a: "1", b: "2" } });
  for (let value = 1; value <= 10_000; value += 1) measurements.add(key, value, 7);
  const of = (statistic: string) => measurements.series({ metric, statistic, period: 5, count: 1, end: 10 })?.[0];
  expect(["Sum", "Average", "Minimum", "Maximum", "SampleCount"].map(of)).toEqual([
    50_005_000, 5000.5, 1, 10_000, 10_000,
  ]);
  expect(of("p50")).toBeGreaterThan(3000);
  expect(of("p50")).toBeLessThan(7000);
  expect(of("tm99")).toBeUndefined();
});
