import {
  CloudwatchMetricAlarm,
  cloudwatchMetricAlarmMetricQueryToTerraform,
} from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import { Lazy } from "cdktf";
import { Construct } from "constructs";
import { StackContext } from "../synth/stack-context";
import type { Metric } from "./metric";

/** Metrics by name. */
type Metrics = Readonly<Record<string, Metric>>;

export interface AlarmProps {
  /** ARN of the topic that is notified. */
  readonly topicArn: string;
  /** The event, and the first thing to check; a link to the runbook's section is added. */
  readonly description: string;
  /** The section of `docs/runbooks/alarms.md` that says what to do. @default the alarm's own id */
  readonly section?: string;
  /** The metrics, by the names in the expression; a function where they are known when the stack is complete. */
  readonly metrics: Metrics | (() => Metrics);
  /** Metric math over the names of `metrics`, or what makes it of those names. @default the one metric */
  readonly expression?: string | ((names: readonly string[]) => string);
  readonly comparison: ">" | ">=";
  readonly threshold: number;
  /** Breaching periods among the last ones that fire it. @default [1, 1] */
  readonly periods?: readonly [breaching: number, of: number];
}

const operators = { ">": "GreaterThanThreshold", ">=": "GreaterThanOrEqualToThreshold" };

/** The period of alarms, in seconds. */
const periodSeconds = 300;

const isPercentile = (statistic: string): boolean => statistic.startsWith("p");

/** The runbook's URL, which follows the description, so that the alarm's e-mail contains it. */
function runbook(scope: Construct, section: string): string {
  const { account } = StackContext.of(scope).environment;
  if (!account) return "";
  const { repository, branch } = account;
  return ` https://github.com/${repository}/blob/${branch}/docs/runbooks/alarms.md#${section}`;
}

/**
 * A CloudWatch alarm over periods of five minutes. Silence is no cause for alarm.
 *
 * @example
 * const metrics = { errors: getThing.metric("Errors", "Sum") };
 * const description = "getThing failed; its log group has the errors";
 * new Alarm(this, "errors", { topicArn: topic.arn, description, metrics, comparison: ">", threshold: 0 });
 */
export class Alarm extends Construct {
  readonly name: string;
  private readonly given: AlarmProps["metrics"];

  constructor(scope: Construct, id: string, props: AlarmProps) {
    super(scope, id);
    this.given = props.metrics;
    const { topicArn, metrics, expression, comparison, threshold, periods = [1, 1] } = props;
    const [datapointsToAlarm, evaluationPeriods] = periods;
    const { alarmName } = new CloudwatchMetricAlarm(this, "Default", {
      alarmName: StackContext.of(this).nameOf(this),
      alarmDescription: `${props.description}.${runbook(this, props.section ?? id)}`,
      comparisonOperator: operators[comparison],
      threshold,
      datapointsToAlarm,
      evaluationPeriods,
      treatMissingData: "notBreaching",
      ...(expression === undefined
        ? single(metrics)
        : { metricQuery: Lazy.anyValue({ produce: () => queries(metrics, expression) }) }),
      alarmActions: [topicArn],
      okActions: [topicArn],
    });
    this.name = alarmName;
  }

  /** What it watches. Complete when the stack is. */
  get metrics(): readonly Metric[] {
    return Object.values(complete(this.given));
  }
}

const complete = (metrics: AlarmProps["metrics"]): Metrics => (typeof metrics === "function" ? metrics() : metrics);

function single(metrics: AlarmProps["metrics"]) {
  const [metric, ...others] = Object.values(complete(metrics));
  if (!metric || others.length > 0) throw new Error("an alarm without an expression watches one metric");
  const { namespace, name, dimensions, statistic } = metric;
  const reduced = isPercentile(statistic)
    ? { extendedStatistic: statistic, evaluateLowSampleCountPercentiles: "ignore" }
    : { statistic };
  return { namespace, metricName: name, dimensions, period: periodSeconds, ...reduced };
}

/** As Terraform spells them: CDKTF leaves what is produced late as it is. */
function queries(given: AlarmProps["metrics"], expression: NonNullable<AlarmProps["expression"]>): unknown[] {
  const metrics = complete(given);
  const inputs = Object.entries(metrics).map(([id, { namespace, name, dimensions, statistic }]) => ({
    id,
    returnData: false,
    metric: { namespace, metricName: name, dimensions, period: periodSeconds, stat: statistic },
  }));
  const math = typeof expression === "string" ? expression : expression(Object.keys(metrics));
  const result = { id: "result", expression: math, label: "result", returnData: true };
  return [result, ...inputs].map(cloudwatchMetricAlarmMetricQueryToTerraform);
}
