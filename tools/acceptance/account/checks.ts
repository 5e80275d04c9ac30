import { messageOf } from "../../../lib/user-error";
import { resourcesOf } from "../../../stack-json/resource";
import { type Check, type Deployment, functionNames, NotHere, required, text } from "./deployment";
import { accessLogs, flowLogs, functionLogs } from "./of-logs";
import { alarmMetrics, alarmNotifies, cacheHits, unmeasuredAlarms } from "./of-metrics";
import { activity, archivedLines, distributionLogs } from "./of-objects";
import { answeredAlike, throttles } from "./of-requests";
import { tagConditions } from "./of-tags";
import { traces, tracesWithoutWayOut } from "./of-traces";

/** Result of a check. */
export interface CheckResult {
  readonly name: string;
  readonly result: "passed" | "failed" | "not tried";
  /** The finding, in words for a person. */
  readonly words: string;
}

const deployment: Check = async (deployed) => {
  const names = required(functionNames(deployed), "functions");
  const states = await Promise.all(names.map((name) => deployed.account.function(name, "live")));
  const wrong = names.filter((_, index) => states[index]?.state !== "Active");
  if (wrong.length > 0)
    throw new Error(`functions must be Active under their alias live, got others: ${wrong.join(", ")}`);
  const ids = new Map(Object.entries((deployed.outputs["resources"] ?? {}) as Record<string, unknown>));
  const without = [...resourcesOf(deployed.json).keys()].filter((address) => text(ids.get(address)) === "");
  if (without.length > 0)
    throw new Error(`the output resources must have the id of each resource, got none of ${without.join(", ")}`);
  return `${names.length} functions are active, ${ids.size} resources have ids`;
};

/** Each check by its name, in the order in which they are made: what comes at once first. */
export const checks: Readonly<Record<string, Check>> = {
  deployment,
  "gateway-refusals": answeredAlike(/every problem|quotes|half a body/, "what the gateway refuses"),
  "cache-keys": answeredAlike(/^getRecord .*(blank|twice|cache|version|at once)/, "the cache's keys"),
  "signed-uploads": answeredAlike(/^S3 /, "signed URLs"),
  throttles,
  "tag-conditions": tagConditions,
  "function-logs": functionLogs,
  "access-logs": accessLogs,
  activity,
  traces,
  "traces-without-a-way-out": tracesWithoutWayOut,
  "alarm-metrics": alarmMetrics,
  "cache-hits": cacheHits,
  "unmeasured-metrics": unmeasuredAlarms,
  "alarms-notify": alarmNotifies,
  "flow-logs": flowLogs,
  "archived-lines": archivedLines,
  "distribution-logs": distributionLogs,
};

/** Makes checks, one after the other, and prints each as it is over. @param only the names of some. @default all */
export async function runChecks(
  deployed: Deployment,
  report: (result: CheckResult) => void,
  only: readonly string[] = Object.keys(checks),
): Promise<CheckResult[]> {
  const results: CheckResult[] = [];
  for (const [name, check] of Object.entries(checks).filter(([each]) => only.includes(each))) {
    const result = await check(deployed).then(
      (words): CheckResult => ({ name, result: "passed", words }),
      (error: unknown): CheckResult => ({
        name,
        result: error instanceof NotHere ? "not tried" : "failed",
        words: messageOf(error),
      }),
    );
    report(result);
    results.push(result);
  }
  return results;
}
