import { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import { Construct } from "constructs";
import { SystemStack } from "../synth/system-stack";
import type { Metric } from "./metric";

export interface AlarmProps {
  /** Where it is told: the topic's ARN. */
  readonly topicArn: string;
  /** What has happened, and what to look at first; the runbook's section is added. */
  readonly description: string;
  /** The section of `docs/runbooks/alarms.md` that says what to do. @default the alarm's own id */
  readonly section?: string;
  /** What is watched, by the names that the expression uses. */
  readonly metrics: Readonly<Record<string, Metric>>;
  /** Metric math over the names of `metrics`. @default the one metric */
  readonly expression?: string;
  readonly comparison: ">" | ">=";
  readonly threshold: number;
  /** How many of the last periods have to be over the threshold. @default [1, 1] */
  readonly periods?: readonly [breaching: number, of: number];
}

const operators = { ">": "GreaterThanThreshold", ">=": "GreaterThanOrEqualToThreshold" };

/** What alarms look at at once. */
const periodSeconds = 300;

const isPercentile = (statistic: string): boolean => statistic.startsWith("p");

/** Where the runbook is read: whoever gets the e-mail has the address at hand. */
function runbook(scope: Construct, section: string): string {
  const { repository, branch } = SystemStack.of(scope).environment.account;
  return `https://github.com/${repository}/blob/${branch}/docs/runbooks/alarms.md#${section}`;
}

/** A CloudWatch alarm over periods of five minutes. Silence is no cause for alarm. */
export class Alarm extends Construct {
  readonly name: string;

  constructor(scope: Construct, id: string, props: AlarmProps) {
    super(scope, id);
    const { topicArn, metrics, expression, comparison, threshold, periods = [1, 1] } = props;
    const [datapointsToAlarm, evaluationPeriods] = periods;
    const percentile = Object.values(metrics).some(({ statistic }) => isPercentile(statistic));
    const { alarmName } = new CloudwatchMetricAlarm(this, "Default", {
      alarmName: SystemStack.of(this).nameOf(this),
      alarmDescription: `${props.description}. ${runbook(this, props.section ?? id)}`,
      comparisonOperator: operators[comparison],
      threshold,
      datapointsToAlarm,
      evaluationPeriods,
      treatMissingData: "notBreaching",
      ...(expression === undefined ? single(metrics) : queries(metrics, expression)),
      ...(percentile && expression === undefined ? { evaluateLowSampleCountPercentiles: "ignore" } : {}),
      alarmActions: [topicArn],
      okActions: [topicArn],
    });
    this.name = alarmName;
  }
}

function single(metrics: AlarmProps["metrics"]) {
  const [metric, ...others] = Object.values(metrics);
  if (!metric || others.length > 0) throw new Error("an alarm without an expression watches one metric");
  const { namespace, name, dimensions, statistic } = metric;
  const reduced = isPercentile(statistic) ? { extendedStatistic: statistic } : { statistic };
  return { namespace, metricName: name, dimensions, period: periodSeconds, ...reduced };
}

function queries(metrics: AlarmProps["metrics"], expression: string) {
  const inputs = Object.entries(metrics).map(([id, { namespace, name, dimensions, statistic }]) => ({
    id,
    returnData: false,
    metric: { namespace, metricName: name, dimensions, period: periodSeconds, stat: statistic },
  }));
  return { metricQuery: [{ id: "result", expression, label: "result", returnData: true }, ...inputs] };
}
