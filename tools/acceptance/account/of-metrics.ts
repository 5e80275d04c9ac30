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

const dimensionsOf = (metric: KnownMetric): string => keyOf({ ...metric, name: "" });
const dimensionNamesOf = ({ dimensions }: KnownMetric): string => Object.keys(dimensions).sort().join(", ");

/** Metrics that are measured, but never by the dimension names that alarms read them by. */
const misread = (read: readonly KnownMetric[], known: readonly KnownMetric[]): string[] =>
  read.flatMap((metric) => {
    const same = known.filter(({ namespace, name }) => namespace === metric.namespace && name === metric.name);
    const names = [...new Set(same.map(dimensionNamesOf))];
    if (same.length === 0 || names.includes(dimensionNamesOf(metric))) return [];
    return [`${keyOf(metric)} is measured by ${names.join(" or by ")} alone`];
  });

export const alarmMetrics: Check = async (deployed) => {
  const { account } = deployed;
  const alarms = required(resources(deployed, "aws_cloudwatch_metric_alarm"), "alarms");
  const all = alarms.flatMap((alarm) => readBy(alarm as AlarmArguments));
  const read = [...new Map(all.map((metric) => [keyOf(metric), metric])).values()];
  const expected = read.filter(({ namespace, name }) => always.get(namespace)?.includes(name));
  const namespaces = [...new Set(read.map(({ namespace }) => namespace))];
  let missing: string[] = [];
  const known = await account
    .until("each metric that requests alone make, by the dimensions that alarms read", async () => {
      const found = (await Promise.all(namespaces.map((namespace) => account.metrics(namespace)))).flat();
      const keys = new Set(found.map(keyOf));
      missing = expected.map(keyOf).filter((key) => !keys.has(key));
      return missing.length === 0 ? found : undefined;
    })
    .catch((error: unknown) => {
      throw new Error(`${messageOf(error)}: ${missing.join(", ")}`);
    });
  const wrong = misread(read, known);
  if (wrong.length > 0) throw new Error(`alarms must read metrics as they are measured: ${wrong.join("; ")}`);
  return inWords(read, known);
};

/** Of each metric that alarms read, whether it was measured, or else whether its dimensions are those of another that was. */
function inWords(read: readonly KnownMetric[], known: readonly KnownMetric[]): string {
  const keys = new Set(known.map(keyOf));
  const dimensions = new Set(known.map(dimensionsOf));
  const others = read.filter((metric) => !keys.has(keyOf(metric)));
  const unseen = others.filter((metric) => !dimensions.has(dimensionsOf(metric)));
  return [
    `${read.length - others.length} of ${read.length} metrics that alarms read were measured`,
    `of ${others.length - unseen.length}, others were by the same dimensions`,
    `nothing was by those of ${unseen.map(keyOf).join(", ") || "none"}`,
  ].join("; ");
}

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
