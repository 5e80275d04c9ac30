import { resourceType } from "../../aws/catalogue";
import type { Resource } from "../../stack-json/resource";
import { type Change, changesAbout } from "./change";
import type { Comparison, Kept } from "./comparison";

const data = changesAbout("data");

/** Whether Terraform is kept from destroying it. */
const isGuarded = ({ args }: Resource): boolean =>
  args["deletion_protection_enabled"] === true || ("bucket" in args && args["force_destroy"] !== true);

const guarded = (resource: Resource): string =>
  isGuarded(resource) ? "; protection refuses that while it is on, or the bucket not empty" : "";

/** An argument that keeps data safe: how it reads, and when it got worse. */
interface Guard {
  readonly type: string;
  readonly path: readonly string[];
  readonly worse: (before: unknown, after: unknown) => boolean;
  readonly text: string;
}

const isOff = (before: unknown, after: unknown): boolean => before === true && after !== true;

const guards: readonly Guard[] = [
  {
    type: "aws_dynamodb_table",
    path: ["deletion_protection_enabled"],
    worse: isOff,
    text: "loses its deletion protection",
  },
  {
    type: "aws_dynamodb_table",
    path: ["point_in_time_recovery", "enabled"],
    worse: isOff,
    text: "can't be restored to a point in time any more",
  },
  {
    type: "aws_dynamodb_table",
    path: ["server_side_encryption", "enabled"],
    worse: isOff,
    text: "goes over to a key of AWS's own",
  },
  {
    type: "aws_dynamodb_table",
    path: ["ttl", "attribute_name"],
    worse: (before, after) => after !== undefined && before !== after,
    text: "deletes items by another attribute",
  },
  {
    type: "aws_s3_bucket",
    path: ["force_destroy"],
    worse: (before, after) => isOff(after, before),
    text: "is emptied when it is destroyed",
  },
  {
    type: "aws_s3_bucket_versioning",
    path: ["versioning_configuration", "status"],
    worse: (before) => before === "Enabled",
    text: "keeps no versions any more",
  },
  {
    type: "aws_cloudwatch_log_group",
    path: ["retention_in_days"],
    worse: (before, after) => Number(after ?? 0) !== 0 && (Number(before ?? 0) === 0 || Number(after) < Number(before)),
    text: "forgets sooner",
  },
  {
    type: "aws_sqs_queue",
    path: ["message_retention_seconds"],
    worse: (before, after) => Number(after) < Number(before),
    text: "forgets sooner",
  },
  {
    type: "aws_kms_key",
    path: ["deletion_window_in_days"],
    worse: (before, after) => Number(after) < Number(before),
    text: "is gone sooner after it is destroyed",
  },
  {
    type: "aws_s3_bucket_lifecycle_configuration",
    path: ["rule"],
    worse: () => true,
    text: "keeps objects otherwise",
  },
];

const at = (value: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>((inner, key) => {
    const one = Array.isArray(inner) ? inner[0] : inner;
    return (one as Record<string, unknown> | undefined)?.[key];
  }, value);

function weakened({ before, after, changed }: Kept): Change[] {
  const ofIt = guards.filter(({ type, path: [first = ""] }) => type === after.type && changed.includes(first));
  return ofIt.flatMap(({ path, worse, text }) => {
    const [left, right] = [at(before.args, path), at(after.args, path)];
    if (JSON.stringify(left) === JSON.stringify(right) || !worse(left, right)) return [];
    const values = typeof left === "object" ? "" : ` (${path.join(".")} ${left ?? "none"} → ${right ?? "none"})`;
    return [data("risk", `${after.label} ${text}${values}`)];
  });
}

/** Changes that lose data, or make it less safe. */
export function dataChanges(comparison: Comparison): Change[] {
  const lost = (resource: Resource, how: string): Change[] => {
    const consequence = resourceType(resource.type)?.lostWithIt;
    return consequence ? [data("risk", `${resource.label} is ${how}: ${consequence}${guarded(resource)}`)] : [];
  };
  const because = ({ after }: Kept) => comparison.replaced.get(after.address);
  return [
    ...comparison.removed.flatMap((resource) => lost(resource, "destroyed")),
    ...comparison.imported.map(([{ label }, id]) =>
      data("notice", `${label} goes over to ${id}, which has to be there: Terraform imports it`),
    ),
    ...comparison.forgotten.map(({ label, args }) =>
      data("notice", `${label}: Terraform forgets ${args["name"] ?? "it"}, which stays with all its data`),
    ),
    ...comparison.kept.flatMap((kept) =>
      comparison.isReplaced(kept)
        ? lost(kept.before, `replaced by an empty one, because ${because(kept)}`)
        : weakened(kept),
    ),
  ];
}

/** Whether something is lost with a resource of a type. */
export const holdsData = (type: string): boolean => resourceType(type)?.lostWithIt !== undefined;

/** The labels of resources that store data. */
export const dataHolders = (resources: Iterable<Resource>): string[] =>
  [...resources].filter(({ type }) => holdsData(type) && type !== "aws_cloudwatch_log_group").map(({ label }) => label);
