/** A value of a custom metric, from a line in embedded metric format. */
export interface MetricValue {
  readonly namespace: string;
  readonly name: string;
  readonly unit: string;
  readonly value: number | readonly number[];
  readonly dimensions: Readonly<Record<string, string>>;
}

interface MetricDirective {
  readonly Namespace: string;
  readonly Dimensions?: readonly (readonly string[])[];
  readonly Metrics?: readonly { readonly Name: string; readonly Unit?: string }[];
}

type Line = { readonly [key: string]: unknown };

function directivesOf(line: Line): readonly MetricDirective[] {
  const meta = line["_aws"] as { readonly CloudWatchMetrics?: unknown } | undefined;
  return Array.isArray(meta?.CloudWatchMetrics) ? (meta.CloudWatchMetrics as readonly MetricDirective[]) : [];
}

/** The metrics that CloudWatch would take out of a line; none when it is an ordinary line. */
export function metricsIn(text: string): readonly MetricValue[] {
  if (!text.startsWith("{") || !text.includes('"CloudWatchMetrics"')) return [];
  let line: Line;
  try {
    line = JSON.parse(text) as Line;
  } catch {
    return [];
  }
  return directivesOf(line).flatMap(({ Namespace: namespace, Dimensions: sets = [], Metrics: metrics = [] }) => {
    const names = sets[0] ?? [];
    const dimensions = Object.fromEntries(names.map((name) => [name, String(line[name])]));
    return metrics.flatMap(({ Name: name, Unit: unit = "None" }) => {
      const value = line[name];
      const isValue = typeof value === "number" || Array.isArray(value);
      return isValue ? [{ namespace, name, unit, value: value as number | readonly number[], dimensions }] : [];
    });
  });
}

/** CloudWatch takes no longer ones in one piece. Without a bound, who never ends a line would fill the memory. */
const LONGEST_LINE = 1024 * 1024;

/** Cuts what is written into lines; the rest waits for its end. */
export class LineSplitter {
  private rest = "";

  constructor(private readonly onLine: (line: string) => void) {}

  write(text: string): void {
    const [first = "", ...others] = text.split("\n");
    const lines = [this.rest + first, ...others];
    this.rest = lines.pop() ?? "";
    for (; this.rest.length > LONGEST_LINE; this.rest = this.rest.slice(LONGEST_LINE)) {
      lines.push(this.rest.slice(0, LONGEST_LINE));
    }
    for (const line of lines) if (line !== "") this.onLine(line);
  }

  /** Emits the last line, although nothing ends it. */
  end(): void {
    const { rest } = this;
    this.rest = "";
    if (rest !== "") this.onLine(rest);
  }
}
