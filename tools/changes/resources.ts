import { resourceType } from "../../aws/catalogue";
import { type Change, changesAbout } from "./change";
import type { Comparison, Kept } from "./comparison";
import { holdsData } from "./data";
import { differences, inFewWords } from "./differences";

const resources = changesAbout("resources");

/** Types, and arguments of types, whose changes others put into better words. */
const reportedElsewhere: Readonly<Record<string, readonly string[] | "all">> = {
  aws_api_gateway_deployment: "all",
  aws_api_gateway_method_settings: "all",
  aws_api_gateway_rest_api: ["body"],
  aws_api_gateway_usage_plan: "all",
  aws_cloudwatch_log_group: ["retention_in_days"],
  aws_cloudwatch_metric_alarm: "all",
  aws_iam_role: ["assume_role_policy"],
  aws_iam_role_policy: ["policy"],
  aws_kms_key: ["policy"],
  aws_lambda_function: "all",
  aws_lambda_permission: "all",
  aws_s3_bucket_policy: ["policy"],
  aws_sns_topic_policy: ["policy"],
  aws_sqs_queue_policy: ["policy"],
  aws_vpc_endpoint: ["policy"],
};

/** Ids and secrets of a resource that clients and people keep, and that a replacement invalidates. */
const heldOutside: Readonly<Record<string, string>> = {
  aws_api_gateway_api_key: "clients need the new key",
  aws_api_gateway_domain_name: "clients can't reach it meanwhile",
  aws_api_gateway_rest_api: "its URL changes for every client",
  aws_api_gateway_stage: "clients can't reach it meanwhile",
  aws_cloudfront_distribution: "its URL changes for every client",
};

/** Documents too long to show. */
const documents = ["dashboard_body"];

/** That something is gone or made anew, with what that means for those outside. */
function reported(type: string, what: string): Change {
  const consequence = heldOutside[type];
  return consequence ? resources("risk", `${what}: ${consequence}`) : resources("notice", what);
}

function inPlace({ before, after, changed }: Kept): Change[] {
  const known = resourceType(after.type)?.replacing !== undefined;
  const elsewhere = reportedElsewhere[after.type] ?? [];
  const names = elsewhere === "all" ? [] : changed.filter((name) => !elsewhere.includes(name));
  if (names.length === 0) return [];
  const found = names
    .filter((name) => !documents.includes(name))
    .flatMap((name) => differences(before.args[name], after.args[name], name));
  const how = known ? "changes in place" : "changes in place or is replaced: see the plan";
  return [
    resources(known ? "info" : "notice", [`${after.label} ${how}`, inFewWords(found)].filter(Boolean).join(": ")),
  ];
}

/** Resources created, destroyed, replaced or changed. */
export function resourceChanges(comparison: Comparison): Change[] {
  const { added, removed, kept, replaced } = comparison;
  return [
    ...added.map(({ label }) => resources("info", `${label} is made`)),
    ...removed.flatMap(({ type, label }) =>
      holdsData(type) || type === "aws_cloudwatch_metric_alarm" ? [] : [reported(type, `${label} is destroyed`)],
    ),
    ...kept.flatMap((one) => {
      const { label, type, address } = one.after;
      const reason = replaced.get(address);
      if (reason === undefined) return inPlace(one);
      // Every deployment is a new one; the stage goes over to it.
      if (type === "aws_api_gateway_deployment" || holdsData(type)) return [];
      return [reported(type, `${label} is replaced, because ${reason}`)];
    }),
  ];
}
