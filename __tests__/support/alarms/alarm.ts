import type { Arguments } from "../synthesized-stack";
import { evaluate, type Series } from "./metric-math";

/** Values of each period, the latest last: one number, or several where their statistic matters; `null` for none. */
export type Measured = readonly (number | readonly number[] | null)[];

/** Values of metrics, by name, or by name and operation: `ThrottledRequests PutItem`. */
export type Measurements = Readonly<Record<string, Measured>>;

/** A metric as it stands in an alarm. */
export interface MetricArguments {
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
  readonly evaluate_low_sample_count_percentiles?: "ignore" | "evaluate";
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

  /** Its period, in seconds. */
  get periods(): number[] {
    return this.#metrics().map(([, { period }]) => period);
  }

  /** Its metrics. */
  get metrics(): MetricArguments[] {
    return this.#metrics().map(([, metric]) => metric);
  }

  /** Number of the last periods that it evaluates. */
  get evaluationPeriods(): number {
    return this.alarm.evaluation_periods;
  }

  /** Whether it is in alarm when these are the latest measurements, and it was or was not before. */
  fires(measurements: Measurements, before = false): boolean {
    const unknown = Object.keys(measurements).filter((name) => !this.metricNames.includes(name));
    if (unknown.length > 0) throw new Error(`it watches ${this.metricNames.join(", ")}, not ${unknown.join(", ")}`);
    return this.firesBy((metric) => measurements[this.#nameOf(metric)] ?? [], before);
  }

  /** The same by what was measured of each metric, whatever it is called. */
  firesBy(measured: (metric: MetricArguments) => Measured, before = false): boolean {
    if (this.#hasTooFew(measured)) return before;
    const { evaluation_periods: wanted, datapoints_to_alarm: least, threshold, comparison_operator } = this.alarm;
    const values = this.#values(measured).filter((value) => value !== null);
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

  /** After each of several periods in turn, whether it is in alarm. */
  course(measurements: Measurements): boolean[] {
    const length = Math.max(...Object.values(measurements).map((measured) => measured.length));
    const states: boolean[] = [];
    for (let end = 1; end <= length; end += 1) {
      const until = Object.entries(measurements).map(([name, measured]) => [name, measured.slice(0, end)] as const);
      states.push(this.fires(Object.fromEntries(until), states.at(-1)));
    }
    return states;
  }

  /** CloudWatch's own exception: an alarm on a DynamoDB metric stays as it was while there are no values. */
  #ignoresMissing(): boolean {
    return this.metrics.some(({ namespace }) => namespace === "AWS/DynamoDB");
  }

  /** Of p99 a thousand values are needed, ten for each that may be over it, or the state may be kept as it was. */
  #hasTooFew(measured: (metric: MetricArguments) => Measured): boolean {
    const percentile = /^p([\d.]+)$/.exec(this.plain?.stat ?? "")?.[1];
    if (!this.plain || !percentile || this.alarm.evaluate_low_sample_count_percentiles !== "ignore") return false;
    return [measured(this.plain).at(-1) ?? []].flat().length < 10 / (1 - Number(percentile) / 100);
  }

  /** Over the periods that CloudWatch retrieves: some more than it evaluates. */
  #values(measured: (metric: MetricArguments) => Measured): Series {
    const length = this.alarm.evaluation_periods + 2;
    const series = this.#metrics().map(([id, metric]) => {
      const padded = [...Array(length).fill(null), ...measured(metric)].slice(-length);
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
