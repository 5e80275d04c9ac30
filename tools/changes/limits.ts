import { type Change, changesAbout } from "./change";
import type { Comparison, Kept } from "./comparison";
import { type Difference, differences } from "./differences";

const limits = changesAbout("limits");

/** Names of limits, by their path in the arguments. */
const names: Readonly<Record<string, string>> = {
  "settings.throttling_rate_limit": "requests a second",
  "settings.throttling_burst_limit": "requests at once",
  "throttle_settings.rate_limit": "requests a second and key",
  "throttle_settings.burst_limit": "requests at once and key",
  "quota_settings.limit": "requests a period and key",
};

function inWords({ path, before, after }: Difference): Change {
  const name = names[path] ?? path;
  // API Gateway takes a limit that is not there, or negative, as none.
  const size = (value: unknown) =>
    value === undefined || Number(value) < 0 ? Number.POSITIVE_INFINITY : Number(value);
  const values = `${before ?? "none"} → ${after ?? "none"}`;
  if (!(path in names)) return limits("info", `${name} ${values}`);
  const tighter = size(after) < size(before);
  return limits("notice", `${name} ${values}, ${tighter ? "tighter: clients may get 429" : "looser"}`);
}

/** Changed throttles, quotas and caching. */
export function limitChanges(comparison: Comparison): Change[] {
  const types = ["aws_api_gateway_method_settings", "aws_api_gateway_usage_plan"];
  const one = ({ before, after, changed }: Kept): Change[] =>
    changed
      .flatMap((name) => differences(before.args[name], after.args[name], name))
      .map(inWords)
      .map((change) => ({ ...change, text: `${after.path}: ${change.text}` }));
  return types.flatMap((type) => comparison.keptOf(type)).flatMap(one);
}
