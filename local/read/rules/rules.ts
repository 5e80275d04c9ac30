import type { Json } from "../../../lib/json";
import { UserError } from "../../../lib/user-error";
import { isAttributes } from "../arguments";
import type { Graph } from "../graph";
import { dataRules } from "./data";
import { gatewayRules } from "./gateway";
import { identityRules } from "./identity";
import { lambdaRules } from "./lambda";
import { messageRules } from "./messages";
import { policyRules, roleRules } from "./policies";
import type { Rule } from "./rule";
import { eventRules, scheduleRules } from "./schedules";

/** The rules by which AWS refuses a deployment. */
export const rules: readonly Rule[] = [
  ...lambdaRules,
  ...messageRules,
  ...gatewayRules,
  ...dataRules,
  ...scheduleRules,
  ...eventRules,
  ...identityRules,
  ...policyRules,
  ...roleRules,
];

/** The values at an argument: of each block on the way, and of each item of a list. */
function valuesAt(value: Json | undefined, path: readonly string[]): readonly Json[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value.flatMap((item: Json) => valuesAt(item, path));
  const [next, ...rest] = path;
  if (next === undefined) return [value];
  return isAttributes(value) ? valuesAt(value[next], rest) : [];
}

const shown = (value: Json): string => {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
};

/**
 * Refuses a stack that AWS would refuse at deployment.
 *
 * @throws UserError with a line for each: the resource, its argument, what it must be, and where AWS says so
 */
export function checkRules(graph: Graph): void {
  const problems = rules.flatMap((rule) =>
    graph.all(rule.type).flatMap((resource) =>
      valuesAt(resource.attributes, rule.argument.split("."))
        .filter((value) => !rule.accepts(value, graph, resource))
        .map(
          (value) =>
            `${resource.address}: ${rule.argument} must be ${rule.must}, got ${shown(value)}; AWS refuses it, too (${rule.source})`,
        ),
    ),
  );
  if (problems.length > 0) throw new UserError(problems.join("\n"));
}
