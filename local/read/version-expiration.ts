import { type Arguments, isAttributes } from "./arguments";
import type { Graph, Resource } from "./graph";

/** When versions of a bucket's objects are deleted that others followed. */
export interface VersionExpiration {
  readonly prefix: string;
  /** All of which a version has to have. */
  readonly tags: Readonly<Record<string, string>>;
  /** In bytes; both bounds are outside. */
  readonly size: { readonly above: number; readonly below: number };
  /** After so many days; never where there is none. */
  readonly days: number | undefined;
  /** So many of the newest of them stay, however old they are. */
  readonly kept: number;
  /** Whether a marker goes, too, once it is all that is left of an object. */
  readonly endsMarkers: boolean;
}

/** One tag is a block, several are a map. */
function tagsOf(conditions: Arguments | undefined): Readonly<Record<string, string>> {
  const one = conditions?.block("tag");
  const several = conditions?.attributes["tags"];
  return {
    ...(one ? { [one.text("key")]: one.text("value") } : {}),
    ...(isAttributes(several)
      ? Object.fromEntries(Object.entries(several).map(([key, value]) => [key, String(value)]))
      : {}),
  };
}

/** A rule's conditions stand in its filter, or within the filter where there are several. */
function expiration(rule: Arguments): readonly VersionExpiration[] {
  const [noncurrent, current, filter] = ["noncurrent_version_expiration", "expiration", "filter"].map((name) =>
    rule.block(name),
  );
  const conditions = filter?.block("and") ?? filter;
  const endsMarkers = current?.flag("expired_object_delete_marker") ?? false;
  if (rule.text("status") !== "Enabled" || !(noncurrent || endsMarkers)) return [];
  return [
    {
      prefix: conditions?.optionalText("prefix") ?? rule.optionalText("prefix") ?? "",
      tags: tagsOf(conditions),
      size: {
        above: conditions?.number("object_size_greater_than", -1) ?? -1,
        below: conditions?.number("object_size_less_than", Number.POSITIVE_INFINITY) ?? Number.POSITIVE_INFINITY,
      },
      days: noncurrent?.number("noncurrent_days"),
      kept: noncurrent?.number("newer_noncurrent_versions", 0) ?? 0,
      endsMarkers,
    },
  ];
}

/** Expirations of versions in a bucket's lifecycle. */
export const versionExpirations = (graph: Graph, bucket: Resource): readonly VersionExpiration[] =>
  graph
    .all("aws_s3_bucket_lifecycle_configuration")
    .filter((configuration) => configuration.text("bucket") === bucket.id)
    .flatMap((configuration) => configuration.blocks("rule"))
    .flatMap(expiration);
