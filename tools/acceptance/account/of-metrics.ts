import { messageOf } from "../../../lib/user-error";
import type { KnownMetric } from "./account";
import { type Check, required, resources, text } from "./deployment";

/** Metrics that CloudWatch has of every request, whether anything failed or not. */
const always: ReadonlyMap<string, readonly string[]> = new Map([
  ["AWS/Lambda", ["Invocations", "Errors", "Throttles", "Duration"]],
  ["AWS/ApiGateway", ["Count", "4XXError", "5XXError", "Latency"]],
]);

interface AlarmArguments {
  readonly namespace?: string;
  readonly metric_name?: string;
  readonly dimensions?: Record<string, string>;
  readonly metric?: AlarmArguments;
  readonly metric_query?: readonly AlarmArguments[];
}

/** The metrics that an alarm reads. */
function readBy({ metric_query = [], ...alarm }: AlarmArguments): KnownMetric[] {
  const single = alarm.metric ?? alarm;
  const { namespace, metric_name: name, dimensions = {} } = single;
  const own = namespace && name ? [{ namespace, name, dimensions }] : [];
  return [...own, ...metric_query.flatMap(readBy)];
}

const keyOf = ({ namespace, name, dimensions }: KnownMetric): string =>
  JSON.stringify([namespace, name, ...Object.entries(dimensions).sort()]);

export const alarmMetrics: Check = async (deployed) => {
  const { account } = deployed;
  const alarms = required(resources(deployed, "aws_cloudwatch_metric_alarm"), "alarms");
  const read = new Map(
    alarms.flatMap((alarm) => readBy(alarm as AlarmArguments)).map((metric) => [keyOf(metric), metric]),
  );
  const expected = [...read.values()].filter(({ namespace, name }) => always.get(namespace)?.includes(name));
  const namespaces = [...new Set([...read.values()].map(({ namespace }) => namespace))];
  let missing: string[] = [];
  const measured = await account
    .until("each metric that requests alone make, by the dimensions that alarms read", async () => {
      const known = new Set(
        (await Promise.all(namespaces.map((namespace) => account.metrics(namespace)))).flat().map(keyOf),
      );
      missing = expected.map(keyOf).filter((key) => !known.has(key));
      return missing.length === 0 ? known : undefined;
    })
    .catch((error: unknown) => {
      throw new Error(`${messageOf(error)}: ${missing.join(", ")}`);
    });
  const never = [...read.keys()].filter((key) => !measured.has(key)).length;
  return `${read.size - never} of ${read.size} metrics that alarms read are measured; nothing has happened yet that the others count`;
};

export const unmeasuredAlarms: Check = async ({ account, stack }) => {
  const alarms = await account.until("alarms that have all been evaluated", async () => {
    const found = await account.alarms(`${stack}-`);
    return found.length > 0 && found.every(({ state }) => state !== "INSUFFICIENT_DATA") ? found : undefined;
  });
  return `${alarms.length} alarms have a state, those too whose metric was never measured`;
};

export const alarmNotifies: Check = async ({ account, stack, since }) => {
  const quiet = (await account.alarms(`${stack}-`)).find(({ state }) => state === "OK");
  if (!quiet) throw new Error("an alarm must be OK to be driven to ALARM and back, got none");
  const { name } = quiet;
  const notified = (count: number) =>
    account.until(`an action of ${name} that succeeded`, async () => {
      const done = (await account.actions(name, since)).filter((summary) =>
        summary.startsWith("Successfully executed"),
      );
      return done.length >= count ? done : undefined;
    });
  await account.setAlarm(name, "ALARM");
  try {
    await notified(1);
  } finally {
    await account.setAlarm(name, "OK");
  }
  await notified(2);
  return `${name} notified its topic of ALARM, and of OK again`;
};

export const cacheHits: Check = async (deployed) => {
  const { account, since } = deployed;
  const [stage] = required(
    resources(deployed, "aws_api_gateway_stage").filter((each) => each["cache_cluster_enabled"] === true),
    "a stage's cache",
  );
  const [api] = required(resources(deployed, "aws_api_gateway_rest_api"), "APIs");
  const dimensions = { ApiName: text(api["name"]), Stage: text(stage["stage_name"]) };
  const hits = await account.until("a request that the stage's cache answered", async () => {
    const sum = await account.sum({ namespace: "AWS/ApiGateway", name: "CacheHitCount", dimensions }, since);
    return sum > 0 ? sum : undefined;
  });
  return `the stage's cache answered ${hits} requests`;
};
