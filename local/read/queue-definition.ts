import type { Graph, Resource } from "./graph";
import { keyOf } from "./keys";
import { tagsOf } from "./tags";

/** A queue as the stack declares it. */
export interface QueueDefinition {
  readonly name: string;
  readonly arn: string;
  readonly visibilityTimeoutSeconds: number;
  readonly retentionSeconds: number;
  readonly delaySeconds: number;
  /** Seconds for which a receive waits by default. @default 0 */
  readonly receiveWaitSeconds?: number;
  /** @default 1 MiB, the most */
  readonly maxMessageBytes?: number;
  readonly redrive?: { readonly deadLetterArn: string; readonly maxReceiveCount: number };
  /** Which queues may have it for their dead letters, in JSON. */
  readonly redriveAllowPolicy?: string;
  /** Of a queue that keeps the order in each group of messages. */
  readonly fifo?: { readonly contentBasedDeduplication: boolean };
  /** In JSON. */
  readonly policy?: string;
  readonly keyArn?: string;
  /** How long data keys are used again. @default 300 */
  readonly dataKeyReuseSeconds?: number;
  /** Whether SQS encrypts with keys of its own. @default where there is no other */
  readonly managedEncryption?: boolean;
  readonly tags?: Readonly<Record<string, string>>;
}

/** A queue's setting, from its own argument or from a separate resource. */
function stated(graph: Graph, queue: Resource, argument: string): string | undefined {
  const separate = graph
    .all(`aws_sqs_queue_${argument}`)
    .find((resource) => resource.text("queue_url") === queue.computed("url"));
  return queue.optionalText(argument) ?? separate?.text(argument);
}

function redrive(graph: Graph, queue: Resource): QueueDefinition["redrive"] {
  const json = stated(graph, queue, "redrive_policy");
  if (json === undefined) return undefined;
  const { deadLetterTargetArn, maxReceiveCount } = JSON.parse(json) as Record<string, string | number>;
  return { deadLetterArn: String(deadLetterTargetArn), maxReceiveCount: Number(maxReceiveCount) };
}

function queue(graph: Graph, resource: Resource): QueueDefinition {
  if (resource.optionalText("fifo_throughput_limit") === "perMessageGroupId") resource.refuse("fifo_throughput_limit");
  if (resource.optionalText("deduplication_scope") === "messageGroup") resource.refuse("deduplication_scope");
  const deadLetters = redrive(graph, resource);
  const [allow, policy] = [stated(graph, resource, "redrive_allow_policy"), stated(graph, resource, "policy")];
  return {
    name: resource.text("name"),
    arn: resource.arn,
    visibilityTimeoutSeconds: resource.number("visibility_timeout_seconds", 30),
    retentionSeconds: resource.number("message_retention_seconds", 345_600),
    delaySeconds: resource.number("delay_seconds", 0),
    receiveWaitSeconds: resource.number("receive_wait_time_seconds", 0),
    maxMessageBytes: resource.number("max_message_size", 1_048_576),
    ...(deadLetters ? { redrive: deadLetters } : {}),
    ...(allow === undefined ? {} : { redriveAllowPolicy: allow }),
    ...(resource.flag("fifo_queue")
      ? { fifo: { contentBasedDeduplication: resource.flag("content_based_deduplication") } }
      : {}),
    ...(policy === undefined ? {} : { policy }),
    ...keyOf(graph, resource, "kms_master_key_id"),
    ...(resource.has("kms_data_key_reuse_period_seconds")
      ? { dataKeyReuseSeconds: resource.number("kms_data_key_reuse_period_seconds") }
      : {}),
    ...(resource.has("sqs_managed_sse_enabled") ? { managedEncryption: resource.flag("sqs_managed_sse_enabled") } : {}),
    tags: tagsOf(graph, resource),
  };
}

/** The queues of a stack. */
export const queuesOf = (graph: Graph): readonly QueueDefinition[] =>
  graph.all("aws_sqs_queue").map((resource) => queue(graph, resource));
