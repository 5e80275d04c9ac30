import { CloudwatchDashboard } from "@cdktf/provider-aws/lib/cloudwatch-dashboard";
import { Lazy } from "cdktf";
import { Construct } from "constructs";
import { StackContext } from "../synth/stack-context";
import { type Metric, numbered, sumOf, type Total } from "./metric";

type Drawn = readonly (Metric | Total)[];

/** A graph: what it shows, under which title. */
export interface Graph {
  readonly title: string;
  /** A function where they are known when the stack is complete. */
  readonly metrics: Drawn | (() => Drawn);
}

export interface DashboardProps {
  /** From top to bottom; the graphs of a row share its width. */
  readonly rows: readonly (readonly Graph[])[];
}

/** CloudWatch lays widgets out on a grid of this width. */
const gridWidth = 24;
const rowHeight = 6;

/** A metric as a widget lists it: namespace, name, dimensions, how it is drawn (Dashboard body structure and syntax). */
const listed = ({ namespace, name, dimensions, statistic, label }: Metric, more: object = {}): unknown[] => [
  namespace,
  name,
  ...Object.entries(dimensions).flat(),
  { stat: statistic, label, ...more },
];

/** The members of a sum are listed without being drawn. */
function series(drawn: Metric | Total, index: number): unknown[][] {
  if (!("of" in drawn)) return [listed(drawn)];
  const parts = numbered(drawn.of, `m${index}_`);
  return [
    [{ expression: sumOf(Object.keys(parts)), label: drawn.label, id: `total${index}` }],
    ...Object.entries(parts).map(([id, metric]) => listed(metric, { id, visible: false })),
  ];
}

const complete = (metrics: Graph["metrics"]): Drawn => (typeof metrics === "function" ? metrics() : metrics);

/**
 * A CloudWatch dashboard of graphs over periods of five minutes.
 *
 * @example
 * new Dashboard(this, "dashboard", { rows: [stageGraphs(stage), functionGraphs([getThing]), tableGraphs(table)] });
 */
export class Dashboard extends Construct {
  /** URL in CloudWatch's console. */
  readonly url: string;

  constructor(scope: Construct, id: string, { rows }: DashboardProps) {
    super(scope, id);
    const { region, environment, system } = StackContext.of(this);
    const name = `${system}-${environment.name}`;
    const widgets = () =>
      rows.flatMap((graphs, row) =>
        graphs.map(({ title, metrics }, column) => {
          const width = gridWidth / graphs.length;
          return {
            type: "metric",
            x: column * width,
            y: row * rowHeight,
            width,
            height: rowHeight,
            properties: { title, region, period: 300, view: "timeSeries", metrics: complete(metrics).flatMap(series) },
          };
        }),
      );
    new CloudwatchDashboard(this, "Default", {
      dashboardName: name,
      dashboardBody: Lazy.stringValue({ produce: () => JSON.stringify({ widgets: widgets() }) }),
    });
    this.url = `https://${region}.console.aws.amazon.com/cloudwatch/home?region=${region}#dashboards/dashboard/${name}`;
  }
}
