import type { Context } from "aws-lambda";
import { environment, service } from "./telemetry";

/**
 * Counts an answer of 500 or above by function (`Faults`): Lambda, which has got an answer, counts no error. A line in the
 * embedded metric format, which has no level and so passes every filter. Without a library: functions that count nothing
 * else would start the later for it.
 */
export function countFault({ functionName, awsRequestId }: Context): void {
  const directive = {
    Namespace: "Terrace",
    Dimensions: [["service", "environment", "function"]],
    Metrics: [{ Name: "Faults", Unit: "Count" }],
  };
  const line = {
    _aws: { Timestamp: Date.now(), CloudWatchMetrics: [directive] },
    ...{ service, environment, function: functionName, function_request_id: awsRequestId },
    Faults: 1,
  };
  // Not by the console, whose lines Lambda wraps where logs are JSON.
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
