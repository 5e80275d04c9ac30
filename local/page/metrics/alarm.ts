import type { System } from "../../run/system";
import { ExpressionError, evaluate } from "./expression";
import type { Measurements, Metric, Series } from "./measurements";

type Attributes = System["watching"]["alarms"][number];

export type AlarmState = "OK" | "ALARM" | "INSUFFICIENT_DATA";

interface Query {
  readonly id: string;
  readonly expression?: string;
  readonly returned: boolean;
  readonly metric?: { readonly metric: Metric; readonly statistic: string; readonly period: number };
}

/** An alarm on a metric or an expression, as the stack declares it. */
export interface Alarm {
  readonly name: string;
  readonly description: string;
  readonly queries: readonly Query[];
  /** In minutes. */
  readonly period: number;
  readonly operator: string;
  readonly threshold: number;
  /** So many of the last `periods` have to breach. */
  readonly datapoints: number;
  readonly periods: number;
  readonly missing: string;
  readonly keepsOnFewSamples: boolean;
  readonly actions: Readonly<Record<AlarmState, readonly string[]>>;
}

const text = (value: unknown): string => (typeof value === "string" ? value : "");
const list = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? value : value === undefined ? [] : [value];
const texts = (value: unknown): readonly string[] => list(value).filter((item) => typeof item === "string");

function dimensionsOf(value: unknown): Readonly<Record<string, string>> {
  if (typeof value !== "object" || value === null) return {};
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, String(member)]));
}

/** A metric in the arguments that an alarm, or one of its queries, has for it. */
function metricIn(of: Readonly<Record<string, unknown>>): NonNullable<Query["metric"]> {
  return {
    metric: {
      namespace: text(of["namespace"]),
      name: text(of["metric_name"]),
      dimensions: dimensionsOf(of["dimensions"]),
    },
    statistic: text(of["stat"]) || text(of["statistic"]) || text(of["extended_statistic"]),
    period: Math.max(1, Math.ceil(Number(of["period"] ?? 60) / 60)),
  };
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function queriesOf(attributes: Attributes): readonly Query[] {
  const queries = list(attributes["metric_query"]).filter(isObject);
  if (queries.length === 0) return [{ id: "metric", returned: true, metric: metricIn(attributes) }];
  return queries.map((query) => {
    const [metric] = list(query["metric"]).filter(isObject);
    const expression = text(query["expression"]);
    return {
      id: text(query["id"]),
      returned: query["return_data"] === true,
      ...(metric ? { metric: metricIn(metric) } : {}),
      ...(expression === "" ? {} : { expression }),
    };
  });
}

/** Reads an alarm from its arguments. */
export function alarmOf(attributes: Attributes): Alarm {
  const queries = queriesOf(attributes);
  const periods = Number(attributes["evaluation_periods"] ?? 1);
  const returned = queries.find((query) => query.returned);
  const own = returned?.metric ?? queries.find(({ metric }) => metric)?.metric;
  return {
    name: text(attributes["alarm_name"]),
    description: text(attributes["alarm_description"]),
    queries,
    period: own?.period ?? 1,
    operator: text(attributes["comparison_operator"]),
    threshold: Number(attributes["threshold"] ?? 0),
    datapoints: Number(attributes["datapoints_to_alarm"] ?? periods),
    periods,
    missing: text(attributes["treat_missing_data"]) || "missing",
    keepsOnFewSamples: attributes["evaluate_low_sample_count_percentiles"] === "ignore",
    actions: {
      ALARM: texts(attributes["alarm_actions"]),
      OK: texts(attributes["ok_actions"]),
      INSUFFICIENT_DATA: texts(attributes["insufficient_data_actions"]),
    },
  };
}

const comparisons: Readonly<Record<string, (value: number, threshold: number) => boolean>> = {
  GreaterThanThreshold: (value, threshold) => value > threshold,
  GreaterThanOrEqualToThreshold: (value, threshold) => value >= threshold,
  LessThanThreshold: (value, threshold) => value < threshold,
  LessThanOrEqualToThreshold: (value, threshold) => value <= threshold,
};

/** Why an alarm is not evaluated here; undefined when it is. */
export function notEvaluated({ operator, queries }: Alarm): string | undefined {
  if (!Object.hasOwn(comparisons, operator)) return `${operator} is not evaluated here`;
  if (!queries.some(({ returned }) => returned)) return "none of its queries returns data";
  return undefined;
}

/**
 * The series that an alarm evaluates, the latest period last.
 *
 * @throws ExpressionError when it is not computed here
 */
export function seriesOf({ queries }: Alarm, measurements: Measurements, count: number, end: number): Series {
  const known = new Map<string, Series>();
  for (const { id, metric } of queries) {
    if (!metric) continue;
    const series = measurements.series({ ...metric, count, end });
    if (!series) throw new ExpressionError(`${metric.statistic} is not computed here`);
    known.set(id, series);
  }
  for (const { id, expression } of queries) {
    if (expression !== undefined) known.set(id, evaluate(expression, known, count));
  }
  return known.get(queries.find(({ returned }) => returned)?.id ?? "") ?? [];
}

/** An alarm on DynamoDB's metrics keeps its state while data is missing, whatever it says. */
const missingOf = ({ missing, queries }: Alarm): string =>
  queries.some(({ metric }) => metric?.metric.namespace === "AWS/DynamoDB") ? "ignore" : missing;

/**
 * Whether the alarm should be raised early: the oldest breaching value is as old as values are needed, and all that
 * came after it breach, too, or are missing.
 */
function breachesSince(values: Series, { datapoints }: Alarm, breaches: (value: number) => boolean): boolean {
  const oldest = values.findIndex((value) => value !== null && breaches(value));
  if (oldest < 0 || values.length - oldest < datapoints) return false;
  return values.slice(oldest).every((value) => value === null || breaches(value));
}

/**
 * The state of an alarm, as CloudWatch decides it ("Alarm evaluation", "Configuring how CloudWatch alarms treat missing
 * data").
 *
 * @param values of its evaluation range, which is longer than the periods that it evaluates
 * @param before its state until now
 */
export function stateOf(alarm: Alarm, values: Series, before: AlarmState): AlarmState {
  const { operator, threshold, periods, datapoints } = alarm;
  const breaches = (value: number): boolean => comparisons[operator]?.(value, threshold) ?? false;
  // What is there counts before what is missing, as far as it is needed.
  const considered = values.filter((value) => value !== null).slice(-periods);
  const breaching = considered.filter(breaches).length;
  const lacking = periods - considered.length;
  if (lacking === 0) return breaching >= datapoints ? "ALARM" : "OK";
  const missing = missingOf(alarm);
  if (missing === "ignore") return before;
  if (missing === "breaching") return breaching + lacking >= datapoints ? "ALARM" : "OK";
  if (missing === "notBreaching") return breaching >= datapoints ? "ALARM" : "OK";
  if (considered.length === 0) return "INSUFFICIENT_DATA";
  return breaching >= datapoints || breachesSince(values.slice(-periods), alarm, breaches) ? "ALARM" : "OK";
}

/** More periods than it evaluates are read, as CloudWatch does where data is missing. */
export const rangeOf = ({ periods }: Alarm): number => periods + 2;

/** Whether so few values make up a percentile that the state is kept, where the alarm says so. */
export function hasTooFew({ keepsOnFewSamples, queries }: Alarm, measurements: Measurements, end: number): boolean {
  const metric = queries.find(({ returned }) => returned)?.metric;
  const [, percent] = /^p(\d+(?:\.\d+)?)$/.exec(metric?.statistic ?? "") ?? [];
  if (!keepsOnFewSamples || !metric || percent === undefined) return false;
  const share = Number(percent) / 100;
  const needed = 10 / (share >= 0.5 ? 1 - share : share);
  return measurements.samples(metric.metric, metric.period, end) < needed;
}
