import type { RunnerEvent } from "../../../local/run/events";
import { metricKey } from "./metric-key";

/** Metric data of one period: a metric's key → its values. */
export type Period = ReadonlyMap<string, readonly number[]>;

/** A value of a metric, by its key. */
type Value = readonly [key: string, value: number];

const lambda = (FunctionName: string, values: Readonly<Record<string, number>>): Value[] =>
  Object.entries(values).map(([name, value]) => [metricKey("AWS/Lambda", name, { FunctionName }), value]);

/** API Gateway counts by API and stage, which stands first in a path. */
function requested({ system, path, status, ms }: Extract<RunnerEvent, { event: "request" }>): Value[] {
  const [, Stage = ""] = path.split("/");
  const values = { Count: 1, "5XXError": Number(status >= 500), "4XXError": Number(status >= 400 && status < 500) };
  return Object.entries({ ...values, Latency: ms }).map(([name, value]) => [
    metricKey("AWS/ApiGateway", name, { ApiName: `${system}-dev-api`, Stage }),
    value,
  ]);
}

/** Metric data of an event of a local run. */
function valuesOf(event: RunnerEvent): Value[] {
  if (event.event === "request") return requested(event);
  if (event.event === "invocation") {
    const { function: name, durationMs, error } = event;
    return lambda(name, { Invocations: 1, Errors: error ? 1 : 0, Duration: durationMs, Throttles: 0 });
  }
  if (event.event === "throttle") return lambda(event.function, { Throttles: 1 });
  if (event.event === "metric") {
    return [event.value].flat().map((value) => [metricKey(event.namespace, event.name, event.dimensions), value]);
  }
  if (event.event === "message") {
    const TopicName = event.topic.split(":").at(-1) ?? "";
    return [[metricKey("AWS/SNS", "NumberOfMessagesPublished", { TopicName }), 1]];
  }
  // Lambda sends with the function's role, so what is refused to it is lost.
  if (event.event === "denial" && event.action === "sqs:SendMessage")
    return lambda(event.function, { DestinationDeliveryFailures: 1 });
  return [];
}

/** Metric data of a local run, as if it all happened in one period. */
export function measuredIn(events: readonly RunnerEvent[], ...others: readonly Value[]): Period {
  const period = new Map<string, number[]>();
  for (const [key, value] of [...events.flatMap(valuesOf), ...others]) {
    period.set(key, [...(period.get(key) ?? []), value]);
  }
  return period;
}
