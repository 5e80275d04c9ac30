import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Alarm } from "../support/alarms/alarm";
import { atLeastOne, averageOver, type Case, highestOver, over, rateOver } from "../support/alarms/cases";
import { evaluate } from "../support/alarms/metric-math";
import { synthesizedStack } from "../support/synthesized-stack";
import { systems } from "../support/systems";

const stageCases: Record<string, readonly Case[]> = {
  "api-5xx-rate": rateOver(1, ["5XXError", "Count"], [2, 3]),
  "api-latency": [
    ...over("Latency", 3000, [3, 3]),
    ["two slow in a hundred", { Latency: Array(3).fill([...Array(98).fill(5), 9000, 9000]) }, true],
    ["one slow in a hundred", { Latency: Array(3).fill([...Array(99).fill(5), 9000]) }, false],
  ],
};

/** A table's alarms, which add up what each operation meets with. */
const tableCases = (...operations: string[]): Record<string, readonly Case[]> => ({
  "table-throttles": operations.flatMap((operation) => atLeastOne(`ThrottledRequests ${operation}`)),
  "table-system-errors": operations.flatMap((operation) => atLeastOne(`SystemErrors ${operation}`)),
});

/** For each system, what must fire each of its alarms and what must not; `*` stands for a function. */
const cases: Record<string, Record<string, readonly Case[]>> = {
  "data-processor": {
    "*-errors": atLeastOne("Errors"),
    "*-throttles": atLeastOne("Throttles"),
    "*-duration": highestOver("Duration", 270_000),
    "failures-not-published": atLeastOne("FailureNotPublished"),
    ...stageCases,
  },
  items: {
    "*-errors": atLeastOne("Errors", [2, 2]),
    "*-duration": averageOver("Duration", 25_000, [3, 3]),
    ...stageCases,
    ...tableCases("GetItem", "PutItem", "Query"),
  },
  records: {
    "*-errors": atLeastOne("Errors"),
    "*-throttles": atLeastOne("Throttles"),
    "*-duration": highestOver("Duration", 9000),
    "activity-failures": atLeastOne("ActivityWriteFailed"),
    ...stageCases,
    ...tableCases("GetItem", "PutItem", "Query", "UpdateItem"),
  },
  "user-directory": {
    "*-error-rate": rateOver(5, ["Errors", "Invocations"]),
    ...stageCases,
    ...tableCases("GetItem", "PutItem", "Query"),
  },
  "user-management": {
    "*-errors": atLeastOne("Errors"),
    "*-duration": averageOver("Duration", 25_000, [2, 2]),
    "*-waiting": atLeastOne("ApproximateNumberOfMessagesVisible"),
    ...stageCases,
    ...tableCases("GetItem", "PutItem", "Query", "UpdateItem"),
  },
};

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

  it.each(alarms)("%s stays quiet in silence, and ends by it, over periods of five minutes", (_, alarm) => {
    expect(alarm.fires({})).toBe(false);
    expect(alarm.fires({}, true)).toBe(false);
    expect(new Set(alarm.periods)).toEqual(new Set([300]));
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
  ])("of %s is CloudWatch's", (expression, result) => {
    expect(evaluate(expression, { a: [1, null], b: [2, 4] }, 2)).toEqual(result);
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
});
