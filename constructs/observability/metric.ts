/** How a period's data points become one. Percentiles are `p99`. */
export type Statistic = "Sum" | "Average" | "Maximum" | `p${number}`;

/** A CloudWatch metric, as plain data: alarms watch it, dashboards draw it. */
export interface Metric {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly statistic: Statistic;
  /** What to call it where several are drawn. */
  readonly label: string;
}

/** A metric that handlers write in the embedded metric format; `handlers/runtime/telemetry.ts` is the other end. */
export const businessMetric = (
  { system, environment }: { system: string; environment: { name: string } },
  name: string,
): Metric => ({
  namespace: "Terrace",
  name,
  dimensions: { service: system, environment: environment.name },
  statistic: "Sum",
  label: name,
});
