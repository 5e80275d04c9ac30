import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Alarm } from "../support/alarms/alarm";
import {
  atLeast,
  atLeastOne,
  averageOver,
  type Case,
  faults,
  highestOver,
  over,
  rateOver,
  slowestOver,
} from "../support/alarms/cases";
import { evaluate } from "../support/alarms/metric-math";
import { synthesizedStack } from "../support/synthesized-stack";
import { systems } from "../support/systems";

const stageCases: Record<string, readonly Case[]> = {
  "api-5xx-rate": rateOver(1, ["5XXError", "Count"], [2, 3]),
  "api-faults": atLeast(3, "5XXError"),
  "api-latency": slowestOver(3000, ["Latency", "Count"], [3, 3]),
};

const functionCases: Record<string, readonly Case[]> = {
  "*-faults": faults(3),
  "*-throttles": atLeastOne("Throttles"),
  "*-slow": highestOver("Duration", 5000, [2, 3]),
};

/** A table's alarms, which add up what each operation meets with. */
const tableCases = (...operations: string[]): Record<string, readonly Case[]> => ({
  "table-throttles": operations.flatMap((operation) => atLeastOne(`ThrottledRequests ${operation}`)),
  "table-system-errors": operations.flatMap((operation) => atLeastOne(`SystemErrors ${operation}`)),
});

const archiveCases: Record<string, readonly Case[]> = {
  "log-archive-delay": over("DeliveryToS3.DataFreshness", 1800, 100, [3, 3]),
};

/** For each system, what must fire each of its alarms and what must not; `*` stands for a function. */
const cases: Record<string, Record<string, readonly Case[]>> = {
  "data-processor": {
    ...functionCases,
    ...stageCases,
    "failures-published": atLeastOne("NumberOfMessagesPublished"),
    "failures-not-published": atLeastOne("FailureNotPublished"),
  },
  items: {
    ...functionCases,
    ...stageCases,
    "*-errors": faults(1, [2, 2]),
    "*-duration": averageOver("Duration", 25_000, [3, 3]),
    ...tableCases("GetItem", "PutItem", "Query"),
  },
  records: {
    ...functionCases,
    ...archiveCases,
    ...stageCases,
    "activity-failures": atLeastOne("ActivityWriteFailed"),
    ...tableCases("GetItem", "PutItem", "Query", "UpdateItem"),
  },
  "user-directory": {
    ...functionCases,
    ...archiveCases,
    ...stageCases,
    "*-error-rate": [...rateOver(5, ["Errors", "Invocations"]), ...rateOver(5, ["Faults", "Invocations"])],
    ...tableCases("GetItem", "PutItem", "Query"),
  },
  "user-management": {
    ...functionCases,
    ...archiveCases,
    ...stageCases,
    "*-duration": averageOver("Duration", 25_000, [2, 2]),
    "*-waiting": atLeastOne("ApproximateNumberOfMessagesVisible"),
    "*-arrived": atLeastOne("NumberOfMessagesSent"),
    "*-lost-events": atLeastOne("DestinationDeliveryFailures"),
    "activity-failures": atLeastOne("ActivityWriteFailed"),
    ...tableCases("PutItem", "Query", "UpdateItem"),
  },
};

/** Values of a metric where all is well. */
const isWell = (metric: string): number =>
  ["Count", "Invocations"].includes(metric) ? 200 : ["Duration", "Latency"].includes(metric) ? 40 : 0;

const matches = (pattern: string, name: string): boolean =>
  pattern.startsWith("*") ? name.endsWith(pattern.slice(1)) : name === pattern;

/** The case of the longest pattern: `table-throttles` rather than `*-throttles`. */
const patternOf = (system: string, name: string): string | undefined =>
  Object.keys(cases[system] ?? {})
    .filter((pattern) => matches(pattern, name))
    .sort((a, b) => b.length - a.length)[0];

it("knows every system that is synthesized", () => {
  const listed = [
    ...readFileSync(join(__dirname, "../../main.ts"), "utf8").matchAll(/^ {2}"?([\w-]+)"?: \w+Stack,$/gm),
  ];

  expect(listed.map(([, name]) => name).sort()).toEqual([...systems, "account"].sort());
});

describe.each(systems)("%s", (system) => {
  const stack = synthesizedStack(system);
  const alarms = Object.values(stack.all("aws_cloudwatch_metric_alarm")).map(
    (resource) => [String(resource["alarm_name"]).replace(`${system}-dev-alarms-`, ""), new Alarm(resource)] as const,
  );

  it("has cases for every alarm, and an alarm for all cases", () => {
    expect(alarms.filter(([name]) => patternOf(system, name) === undefined).map(([name]) => name)).toEqual([]);
    expect(new Set(alarms.map(([name]) => patternOf(system, name)))).toEqual(new Set(Object.keys(cases[system] ?? {})));
  });

  it.each(alarms)("%s fires when it must, and only then", (name, alarm) => {
    const listed = cases[system]?.[patternOf(system, name) ?? ""] ?? [];

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
    const firing = (cases[system]?.[patternOf(system, name) ?? ""] ?? []).filter(([, , fires]) => fires);
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
