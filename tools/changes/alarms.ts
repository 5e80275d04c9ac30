import type { Arguments } from "../../stack-json/document";
import { type Change, changesAbout } from "./change";
import type { Comparison, Kept } from "./comparison";
import { differences, inFewWords } from "./differences";

const alarms = changesAbout("alarms");
const type = "aws_cloudwatch_metric_alarm";

/** Words about an alarm's change that make it fire later, or to nobody. */
function looser(before: Arguments, after: Arguments): string[] {
  const than = (name: string) => Number(after[name] ?? 0) - Number(before[name] ?? 0);
  const below = String(after["comparison_operator"]).startsWith("LessThan");
  const count = (args: Arguments, name: string) => ((args[name] as unknown[] | undefined) ?? []).length;
  const cases: [boolean, string][] = [
    [
      below ? than("threshold") < 0 : than("threshold") > 0,
      `fires at ${after["threshold"]} instead of ${before["threshold"]}`,
    ],
    [
      than("datapoints_to_alarm") > 0,
      `waits for ${after["datapoints_to_alarm"]} periods instead of ${before["datapoints_to_alarm"]}`,
    ],
    [than("period") > 0, `evaluates ${after["period"]} s at once instead of ${before["period"]}`],
    [count(after, "alarm_actions") < count(before, "alarm_actions"), "notifies fewer"],
    [after["actions_enabled"] === false && before["actions_enabled"] !== false, "notifies nobody"],
  ];
  return cases.filter(([isMet]) => isMet).map(([, words]) => words);
}

function changed({ before, after, changed: names }: Kept): Change[] {
  if (names.length === 0) return [];
  const words = looser(before.args, after.args);
  if (words.length > 0) return [alarms("notice", `${after.label} is looser: ${words.join(", ")}`)];
  const found = names.flatMap((name) => differences(before.args[name], after.args[name], name));
  const watches = names.some((name) => ["metric_query", "metric_name", "dimensions", "namespace"].includes(name));
  return [
    alarms(
      watches ? "notice" : "info",
      `${after.label} ${watches ? "watches something else" : "changes"}: ${inFewWords(found, 1)}`,
    ),
  ];
}

/** Alarms that are gone, or fire later than before. */
export function alarmChanges(comparison: Comparison): Change[] {
  const gone = comparison.removed.filter((resource) => resource.type === type);
  const topics = comparison.removed.filter((resource) => resource.type === "aws_sns_topic_subscription");
  return [
    ...gone.map(({ label }) => alarms("notice", `${label} is gone: nobody is notified`)),
    ...topics.map(({ label, args }) => alarms("notice", `${label} is gone: ${args["endpoint"]} is notified no more`)),
    ...comparison.keptOf(type).flatMap(changed),
  ];
}
