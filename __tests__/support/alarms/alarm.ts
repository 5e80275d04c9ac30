import type { Arguments } from "../synthesized-stack";
import { evaluate, type Series } from "./metric-math";

/**
 * What is measured in each period, the latest last: one number, or several where it matters how they are taken
 * together; `null` for nothing.
 */
export type Measured = readonly (number | readonly number[] | null)[];

/** What is measured of each metric, by its name, or by name and operation: `ThrottledRequests PutItem`. */
export type Measurements = Readonly<Record<string, Measured>>;

interface MetricArguments {
  readonly namespace: string;
  readonly metric_name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly period: number;
  readonly stat: string;
}

interface AlarmArguments {
  readonly comparison_operator: "GreaterThanThreshold" | "GreaterThanOrEqualToThreshold";
  readonly threshold: number;
  readonly evaluation_periods: number;
  readonly datapoints_to_alarm: number;
  readonly treat_missing_data: "notBreaching" | "breaching";
  readonly metric_query?: { id: string; expression?: string; return_data: boolean; metric?: MetricArguments }[];
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

function reduce(values: readonly number[], statistic: string): number {
  const sorted = [...values].sort((a, b) => a - b);
  const percentile = /^p([\d.]+)$/.exec(statistic)?.[1];
  if (percentile) return sorted[Math.ceil((Number(percentile) / 100) * sorted.length) - 1] ?? Number.NaN;
  if (statistic === "Sum") return sum(values);
  if (statistic === "Average") return sum(values) / values.length;
  if (statistic === "Maximum") return sorted.at(-1) ?? Number.NaN;
  throw new Error(`there is no statistic ${statistic}`);
}

/** An alarm as it stands in the JSON, evaluated as CloudWatch does. */
export class Alarm {
  private readonly alarm: AlarmArguments;
  private readonly plain: MetricArguments | undefined;

  constructor(resource: Arguments) {
    this.alarm = resource as unknown as AlarmArguments;
    const { statistic, extended_statistic } = resource as Record<string, string>;
    const stat = statistic ?? extended_statistic ?? "";
    this.plain = resource["metric_name"] ? { ...(resource as unknown as MetricArguments), stat } : undefined;
  }

  /** The names by which measurements are given. */
  get metricNames(): string[] {
    return this.#metrics().map(([, metric]) => this.#nameOf(metric));
  }

  /** The periods that it looks at, in seconds. */
  get periods(): number[] {
    return this.#metrics().map(([, { period }]) => period);
  }

  /** Whether it is in alarm when these are the latest measurements, and it was or was not before. */
  fires(measurements: Measurements, before = false): boolean {
    const unknown = Object.keys(measurements).filter((name) => !this.metricNames.includes(name));
    if (unknown.length > 0) throw new Error(`it watches ${this.metricNames.join(", ")}, not ${unknown.join(", ")}`);
    const { evaluation_periods: wanted, datapoints_to_alarm: least, threshold, comparison_operator } = this.alarm;
    const values = this.#values(measurements).filter((value) => value !== null);
    // What is there counts before what is missing: gaps are filled only as far as values are lacking.
    const considered = values.slice(-wanted);
    const isBreaching = (value: number): boolean =>
      comparison_operator === "GreaterThanThreshold" ? value > threshold : value >= threshold;
    const breaching = considered.filter(isBreaching).length;
    const missing = wanted - considered.length;
    if (breaching >= least && missing === 0) return true;
    if (missing > 0 && this.#ignoresMissing()) return before;
    return breaching + (this.alarm.treat_missing_data === "breaching" ? missing : 0) >= least;
  }

  /** CloudWatch's own exception: an alarm on a DynamoDB metric stays as it was while there are no values. */
  #ignoresMissing(): boolean {
    return this.plain?.namespace === "AWS/DynamoDB";
  }

  /** Over the periods that CloudWatch retrieves: some more than it evaluates. */
  #values(measurements: Measurements): Series {
    const length = this.alarm.evaluation_periods + 2;
    const series = this.#metrics().map(([id, metric]) => {
      const measured = measurements[this.#nameOf(metric)] ?? [];
      const padded = [...Array(length).fill(null), ...measured].slice(-length);
      return [id, padded.map((values) => (values === null ? null : reduce([values].flat(), metric.stat)))] as const;
    });
    const expression = this.alarm.metric_query?.find(({ return_data }) => return_data)?.expression;
    return expression ? evaluate(expression, Object.fromEntries(series), length) : (series[0]?.[1] ?? []);
  }

  #metrics(): (readonly [id: string, MetricArguments])[] {
    if (this.plain) return [["metric", this.plain]];
    return (this.alarm.metric_query ?? []).flatMap(({ id, metric }) => (metric ? [[id, metric] as const] : []));
  }

  #nameOf({ metric_name, dimensions }: MetricArguments): string {
    return [metric_name, dimensions["Operation"]].filter((part) => part !== undefined).join(" ");
  }
}
