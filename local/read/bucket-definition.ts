import { type BucketNotification, notificationsOf } from "./bucket-notifications";
import type { Graph, Resource } from "./graph";
import { keyArn } from "./keys";
import { type VersionExpiration, versionExpirations } from "./version-expiration";

/** Whose pages may do what with a bucket. */
export interface CorsRule {
  readonly origins: readonly string[];
  readonly methods: readonly string[];
  readonly headers: readonly string[];
  readonly exposed: readonly string[];
  readonly maxAgeSeconds: number | undefined;
}

/** A bucket as the stack declares it. */
export interface BucketDefinition {
  readonly name: string;
  readonly cors: readonly CorsRule[];
  /** The key of its own that objects are encrypted with, and whether S3 uses it for all of them at once. */
  readonly encryption?: { readonly keyArn: string; readonly bucketKey: boolean };
  /** Whether what is put or deleted leaves what was there as a version. @default it never did */
  readonly versioning?: "Enabled" | "Suspended";
  /** Whom S3 calls when objects are created. @default nobody */
  readonly notifications?: readonly BucketNotification[];
  /** When such versions end. @default never */
  readonly expirations?: readonly VersionExpiration[];
}

function versioning(graph: Graph, bucket: Resource): Pick<BucketDefinition, "versioning"> {
  const [resource] = graph
    .all("aws_s3_bucket_versioning")
    .filter((configuration) => configuration.text("bucket") === bucket.id);
  const block = resource?.block("versioning_configuration");
  if (block?.optionalText("mfa_delete") === "Enabled") block.refuse("mfa_delete");
  const status = block?.text("status");
  return status === "Enabled" || status === "Suspended" ? { versioning: status } : {};
}

function encryption(graph: Graph, bucket: Resource): Pick<BucketDefinition, "encryption"> {
  const [rule] = graph
    .all("aws_s3_bucket_server_side_encryption_configuration")
    .filter((configuration) => configuration.text("bucket") === bucket.id)
    .flatMap((configuration) => configuration.blocks("rule"));
  const [standard] = rule?.blocks("apply_server_side_encryption_by_default") ?? [];
  const key = standard && keyArn(graph, standard, "kms_master_key_id");
  return key ? { encryption: { keyArn: key, bucketKey: rule?.flag("bucket_key_enabled") ?? false } } : {};
}

function notified(graph: Graph, resource: Resource): Pick<BucketDefinition, "notifications"> {
  const notifications = notificationsOf(graph, resource);
  return notifications.length === 0 ? {} : { notifications };
}

const bucket = (graph: Graph, resource: Resource): BucketDefinition => ({
  name: resource.text("bucket"),
  ...notified(graph, resource),
  ...encryption(graph, resource),
  ...versioning(graph, resource),
  expirations: versionExpirations(graph, resource),
  cors: graph
    .all("aws_s3_bucket_cors_configuration")
    .filter((configuration) => configuration.text("bucket") === resource.id)
    .flatMap((configuration) => configuration.blocks("cors_rule"))
    .map((rule) => ({
      origins: rule.texts("allowed_origins"),
      methods: rule.texts("allowed_methods"),
      headers: rule.texts("allowed_headers"),
      exposed: rule.texts("expose_headers"),
      maxAgeSeconds: rule.has("max_age_seconds") ? rule.number("max_age_seconds") : undefined,
    })),
});

/** The buckets of a stack. */
export const bucketsOf = (graph: Graph): readonly BucketDefinition[] =>
  graph.all("aws_s3_bucket").map((resource) => bucket(graph, resource));
