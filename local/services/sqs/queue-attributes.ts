import { type Input, textsIn } from "../json-protocol";
import { badAttribute } from "./errors";
import type { Queue } from "./queue";

/** When the queues began to be served, in seconds. */
const since = String(Math.floor(Date.now() / 1000));

/** Attributes that a queue need not have. */
const optional = ["Policy", "RedrivePolicy", "RedriveAllowPolicy", "KmsMasterKeyId", "KmsDataKeyReusePeriodSeconds"];

/** All attributes of a queue. (SQS API reference, GetQueueAttributes) */
function allOf(queue: Queue): Readonly<Record<string, string | undefined>> {
  const { visible, inFlight, delayed } = queue.counts();
  const { definition } = queue;
  const { redrive, keyArn, fifo } = definition;
  const deadLetters = redrive && {
    deadLetterTargetArn: redrive.deadLetterArn,
    maxReceiveCount: redrive.maxReceiveCount,
  };
  return {
    QueueArn: definition.arn,
    ApproximateNumberOfMessages: String(visible),
    ApproximateNumberOfMessagesNotVisible: String(inFlight),
    ApproximateNumberOfMessagesDelayed: String(delayed),
    CreatedTimestamp: since,
    LastModifiedTimestamp: since,
    VisibilityTimeout: String(definition.visibilityTimeoutSeconds),
    MaximumMessageSize: String(definition.maxMessageBytes ?? 1_048_576),
    MessageRetentionPeriod: String(definition.retentionSeconds),
    DelaySeconds: String(definition.delaySeconds),
    ReceiveMessageWaitTimeSeconds: String(definition.receiveWaitSeconds ?? 0),
    Policy: definition.policy,
    RedrivePolicy: deadLetters && JSON.stringify(deadLetters),
    RedriveAllowPolicy: definition.redriveAllowPolicy,
    KmsMasterKeyId: keyArn,
    KmsDataKeyReusePeriodSeconds: keyArn === undefined ? undefined : String(definition.dataKeyReuseSeconds ?? 300),
    SqsManagedSseEnabled: String(keyArn === undefined && (definition.managedEncryption ?? true)),
    ...(fifo
      ? {
          FifoQueue: "true",
          ContentBasedDeduplication: String(fifo.contentBasedDeduplication),
          DeduplicationScope: "queue",
          FifoThroughputLimit: "perQueue",
        }
      : {}),
  };
}

/** The attributes that are asked for, as far as the queue has them; none where none are. */
export function queueAttributes(queue: Queue, input: Input): object {
  const all = allOf(queue);
  const asked = textsIn(input, "AttributeNames");
  const unknown = asked.find((name) => name !== "All" && !Object.hasOwn(all, name) && !optional.includes(name));
  if (unknown !== undefined) throw badAttribute(unknown);
  const chosen = Object.entries(all).filter(([name]) => asked.includes("All") || asked.includes(name));
  const found = chosen.filter(([, value]) => value !== undefined);
  return { Attributes: Object.fromEntries(found) };
}
