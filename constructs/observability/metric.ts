/** Statistic of a period. Percentiles are `p99`. */
export type Statistic = "Sum" | "Average" | "Maximum" | `p${number}`;

/** A CloudWatch metric, as plain data: alarms watch it, dashboards draw it. */
export interface Metric {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly statistic: Statistic;
  /** The name in a graph of several. */
  readonly label: string;
}

/** Several metrics of which nobody asks apart: the sum of what each has in a period. */
export interface Total {
  readonly label: string;
  readonly of: readonly Metric[];
}

/** The CloudWatch namespace of handlers' metrics (`handlers/runtime/metrics.ts` and `faults.ts` are the other end). */
const namespace = "Terrace";

/** Whose metrics they are: a system, or a part of it that counts for itself, as `POWERTOOLS_SERVICE_NAME` says. */
export interface Counter {
  readonly system: string;
  readonly environment: { readonly name: string };
}

/** A metric that handlers write in the embedded metric format, by service and environment. */
export const businessMetric = ({ system, environment }: Counter, name: string): Metric => ({
  namespace,
  name,
  dimensions: { service: system, environment: environment.name },
  statistic: "Sum",
  label: name,
});

/** Count of responses of 500 or above, which Lambda does not count as errors. */
export const faultAnswers = ({ system, environment }: Counter, functionName: string, label: string): Metric => ({
  namespace,
  name: "Faults",
  dimensions: { service: system, environment: environment.name, function: functionName },
  statistic: "Sum",
  label,
});

/** The names `m0`, `m1`, … for metrics that an expression adds up. */
export const numbered = <T>(metrics: readonly T[], prefix = "m"): Record<string, T> =>
  Object.fromEntries(metrics.map((metric, index) => [`${prefix}${index}`, metric]));

/**
 * Adds up metrics by their names. SUM takes what is there, and where a metric was never measured there may be nothing that
 * FILL could fill: with `+` nothing at all would come out, however many the others have. FILL makes the sum go back to 0
 * when what was measured is over.
 */
export const sumOf = (names: readonly string[]): string =>
  `SUM([${names.map((name) => `FILL(${name}, 0)`).join(", ")}])`;
