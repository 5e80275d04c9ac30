import type { Graph, Resource } from "./graph";
import { keyOf } from "./keys";

/** A queue as the stack declares it. */
export interface QueueDefinition {
  readonly name: string;
  readonly arn: string;
  readonly visibilityTimeoutSeconds: number;
  readonly retentionSeconds: number;
  readonly delaySeconds: number;
  /** How long a receiver waits that does not say. @default 0 */
  readonly receiveWaitSeconds?: number;
  /** @default 1 MiB, the most */
  readonly maxMessageBytes?: number;
  readonly redrive?: { readonly deadLetterArn: string; readonly maxReceiveCount: number };
  readonly keyArn?: string;
}

function redrive(graph: Graph, queue: Resource): QueueDefinition["redrive"] {
  const separate = graph
    .all("aws_sqs_queue_redrive_policy")
    .find((policy) => policy.text("queue_url") === queue.computed("url"));
  const json = queue.optionalText("redrive_policy") ?? separate?.text("redrive_policy");
  if (json === undefined) return undefined;
  const { deadLetterTargetArn, maxReceiveCount } = JSON.parse(json) as Record<string, string | number>;
  return { deadLetterArn: String(deadLetterTargetArn), maxReceiveCount: Number(maxReceiveCount) };
}

function queue(graph: Graph, resource: Resource): QueueDefinition {
  resource.refuse("fifo_queue");
  const policy = redrive(graph, resource);
  return {
    name: resource.text("name"),
    arn: resource.arn,
    visibilityTimeoutSeconds: resource.number("visibility_timeout_seconds", 30),
    retentionSeconds: resource.number("message_retention_seconds", 345_600),
    delaySeconds: resource.number("delay_seconds", 0),
    receiveWaitSeconds: resource.number("receive_wait_time_seconds", 0),
    maxMessageBytes: resource.number("max_message_size", 1_048_576),
    ...(policy ? { redrive: policy } : {}),
    ...keyOf(graph, resource, "kms_master_key_id"),
  };
}

/** The queues of a stack. */
export const queuesOf = (graph: Graph): readonly QueueDefinition[] =>
  graph.all("aws_sqs_queue").map((resource) => queue(graph, resource));
