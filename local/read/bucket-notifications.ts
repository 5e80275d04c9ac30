import type { Graph, Resource } from "./graph";

/** A function that S3 calls when objects are created. */
export interface BucketNotification {
  readonly id: string;
  readonly functionArn: string;
  /** `s3:ObjectCreated:*` */
  readonly events: readonly string[];
  readonly prefix: string;
  readonly suffix: string;
}

function notifications(resource: Resource): readonly BucketNotification[] {
  resource.refuse("queue", "topic", "eventbridge");
  return resource.blocks("lambda_function").map((block, index) => {
    const events = block.texts("events");
    const other = events.find((event) => !event.startsWith("s3:ObjectCreated:"));
    if (other !== undefined) throw block.notEmulated(`event ${other}`);
    return {
      id: block.optionalText("id") ?? `${resource.name}-${index}`,
      functionArn: block.text("lambda_function_arn"),
      events,
      prefix: block.optionalText("filter_prefix") ?? "",
      suffix: block.optionalText("filter_suffix") ?? "",
    };
  });
}

/** Whom S3 calls for a bucket. @throws UserError for what is not emulated */
export const notificationsOf = (graph: Graph, bucket: Resource): readonly BucketNotification[] =>
  graph
    .all("aws_s3_bucket_notification")
    .filter((resource) => resource.text("bucket") === bucket.id)
    .flatMap(notifications);
