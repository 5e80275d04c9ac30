/** A metric, as alarms and dashboards name it. */
export interface Metric {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

/** A metric with its dimensions in whichever order. */
export const keyOf = ({ namespace, name, dimensions }: Metric): string =>
  [
    namespace,
    name,
    ...Object.entries(dimensions)
      .sort()
      .map((dimension) => dimension.join("=")),
  ].join("\n");

/** The values of a metric in one minute. */
interface Minute {
  count: number;
  sum: number;
  least: number;
  most: number;
  /** All of them, or, where they are very many, some of them, each with the same chance. */
  readonly values: number[];
}

/** A value for each period, the latest last; `null` where there is none. */
export type Series = readonly (number | null)[];

const MOST_VALUES = 200;
/** As far back as the longest alarm evaluates, and more than a person at a laptop remembers. */
const KEPT_MINUTES = 240;
/** Names of metrics are written by functions, so there could be any number of them. */
const MOST_METRICS = 2000;

/** @param percent 0–100 */
function percentile(values: readonly number[], percent: number): number | null {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? null;
}

/** A statistic over a period; `undefined` for one that is not computed here. */
function reduce(minutes: readonly Minute[], statistic: string): number | null | undefined {
  const count = minutes.reduce((sum, minute) => sum + minute.count, 0);
  const [, percent] = /^p(\d{1,2}(?:\.\d+)?|100)$/.exec(statistic) ?? [];
  const known = percent !== undefined || ["Sum", "Average", "Minimum", "Maximum", "SampleCount"].includes(statistic);
  if (!known) return undefined;
  if (count === 0) return null;
  const sum = minutes.reduce((total, minute) => total + minute.sum, 0);
  if (percent !== undefined)
    return percentile(
      minutes.flatMap(({ values }) => values),
      Number(percent),
    );
  if (statistic === "Sum") return sum;
  if (statistic === "Average") return sum / count;
  if (statistic === "Minimum") return Math.min(...minutes.map(({ least }) => least));
  return statistic === "Maximum" ? Math.max(...minutes.map(({ most }) => most)) : count;
}

/** A statistic of a metric over periods. */
export interface Wanted {
  readonly metric: Metric;
  readonly statistic: string;
  /** In minutes. */
  readonly period: number;
  /** Number of periods. */
  readonly count: number;
  /** The minute after the last of them. */
  readonly end: number;
}

/** Metric data by metric and minute, as CloudWatch would have them. */
export class Measurements {
  private readonly metrics = new Map<string, Map<number, Minute>>();

  /** @param minute since 1970 */
  add(key: string, value: number, minute: number): void {
    let minutes = this.metrics.get(key);
    if (!minutes) {
      if (this.metrics.size >= MOST_METRICS) return;
      minutes = new Map();
      this.metrics.set(key, minutes);
    }
    const known = minutes.get(minute);
    if (!known) {
      minutes.set(minute, { count: 1, sum: value, least: value, most: value, values: [value] });
      for (const old of minutes.keys()) if (old < minute - KEPT_MINUTES) minutes.delete(old);
      return;
    }
    known.count += 1;
    known.sum += value;
    known.least = Math.min(known.least, value);
    known.most = Math.max(known.most, value);
    if (known.values.length < MOST_VALUES) known.values.push(value);
    else {
      const at = Math.floor(Math.random() * known.count);
      if (at < MOST_VALUES) known.values[at] = value;
    }
  }

  /** The values of a statistic; undefined when it is none that is computed here. */
  series({ metric, statistic, period, count, end }: Wanted): Series | undefined {
    const minutes = this.metrics.get(keyOf(metric));
    const all: (number | null)[] = [];
    for (let at = count; at > 0; at -= 1) {
      const within = Array.from({ length: period }, (_, index) => minutes?.get(end - at * period + index));
      const value = reduce(
        within.filter((minute) => minute !== undefined),
        statistic,
      );
      if (value === undefined) return undefined;
      all.push(value);
    }
    return all;
  }

  /** Number of values in a period. */
  samples(metric: Metric, period: number, end: number): number {
    return this.series({ metric, statistic: "SampleCount", period, count: 1, end })?.[0] ?? 0;
  }
}
