import type { StackJson } from "../../stack-json/document";
import type { AccountState } from "./account";
import { type EnvironmentName, stackText } from "./synthesized";

const jsonOf = (system: string, environment: EnvironmentName): StackJson =>
  JSON.parse(stackText(system, environment)) as StackJson;

/** The address of every resource of a system. */
export const addressesOf = (system: string, environment: EnvironmentName = "dev"): string[] =>
  Object.entries(jsonOf(system, environment).resource ?? {}).flatMap(([type, named]) =>
    Object.keys(named).map((name) => `${type}.${name}`),
  );

/** How the first stage of a system writes a request down. */
export function accessLogFormat(system: string, environment: EnvironmentName = "dev"): string {
  const [stage] = Object.values(jsonOf(system, environment).resource?.["aws_api_gateway_stage"] ?? {});
  return (stage!["access_log_settings"] as { format: string }).format;
}

interface Watched {
  readonly namespace?: string;
  readonly metric_name?: string;
  readonly dimensions?: Record<string, string>;
  readonly metric?: Watched;
  readonly metric_query?: readonly Watched[];
}

function watched(alarm: Watched): AccountState["measured"] {
  const { namespace, metric_name: name, dimensions = {} } = alarm.metric ?? alarm;
  const own = Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));
  const others = (alarm.metric_query ?? []).flatMap(watched);
  return namespace && name ? [{ Namespace: namespace, MetricName: name, Dimensions: own }, ...others] : others;
}

/** Every metric that an alarm of a system reads, as CloudWatch lists what was measured. */
export const measuredBy = (system: string, environment: EnvironmentName = "dev"): AccountState["measured"] =>
  Object.values(jsonOf(system, environment).resource?.["aws_cloudwatch_metric_alarm"] ?? {}).flatMap((alarm) =>
    watched(alarm),
  );
