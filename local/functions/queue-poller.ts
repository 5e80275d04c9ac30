import type { Services } from "../services/services";
import type { ReceivedMessage } from "../services/sqs/queue";
import type { QueueSource } from "../system/queue-sources";
import { messageOf } from "../user-error";
import type { LambdaFunction } from "./lambda-function";

function record(message: ReceivedMessage, queueArn: string) {
  return {
    messageId: message.messageId,
    receiptHandle: message.receiptHandle,
    body: message.body,
    attributes: {
      ApproximateReceiveCount: String(message.receiveCount),
      SentTimestamp: String(message.sentAt),
      SenderId: "AIDALOCAL",
      ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt),
    },
    messageAttributes: Object.fromEntries(
      Object.entries(message.messageAttributes).map(([name, { DataType, StringValue }]) => [
        name,
        { stringValue: StringValue, stringListValues: [], binaryListValues: [], dataType: DataType },
      ]),
    ),
    md5OfBody: message.md5OfBody,
    eventSource: "aws:sqs",
    eventSourceARN: queueArn,
    awsRegion: queueArn.split(":")[3],
  };
}

/** The messages that have to come again; all of them when the answer is not what it should be. */
function failedIn(messages: readonly ReceivedMessage[], payload: string): ReadonlySet<string> {
  const everything = new Set(messages.map(({ messageId }) => messageId));
  const answer = JSON.parse(payload) as { batchItemFailures?: unknown } | null;
  const failures = answer?.batchItemFailures ?? [];
  if (!Array.isArray(failures)) return everything;
  const ids = failures.map((failure: { itemIdentifier?: unknown } | null) => failure?.itemIdentifier);
  const known = ids.every((id): id is string => typeof id === "string" && everything.has(id));
  return known ? new Set(ids as string[]) : everything;
}

/** Lambda's own rights on the queue come from the function's role. */
const needs = (queueArn: string) =>
  ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"].map((action) => ({
    action,
    resource: queueArn,
    byLambda: true,
  }));

export interface PollerOptions {
  readonly source: QueueSource;
  readonly services: Services;
  readonly fn: () => LambdaFunction | undefined;
  readonly problem: (message: string) => void;
}

/** One batch: received, given to the function, and deleted as far as it succeeded. */
async function giveBatch({ source, services, fn }: PollerOptions, isStopped: () => boolean): Promise<void> {
  const { queueArn, batchSize, windowSeconds, reportsItemFailures, functionName } = source;
  const target = fn();
  if (!target) throw new Error(`function ${functionName} is not in the stack`);
  const call = (what: Parameters<Services["call"]>[2]) => services.call(target.definition.arn, needs(queueArn), what);
  const waitMs = Math.max(windowSeconds * 1000, 1000);
  const messages = await call({ kind: "receive", queueArn, most: Math.min(batchSize, 10), waitMs });
  if (messages.length === 0 || isStopped()) return;
  const result = await target.invoke(JSON.stringify({ Records: messages.map((one) => record(one, queueArn)) }));
  if (result.functionError || result.throttled || result.tooLarge) return;
  const failed = reportsItemFailures ? failedIn(messages, result.payload) : new Set<string>();
  const done = messages.filter(({ messageId }) => !failed.has(messageId));
  await call({ kind: "delete", queueArn, receiptHandles: done.map(({ receiptHandle }) => receiptHandle) });
}

/** Gives the messages of a queue to a function, batch by batch, until it is stopped. */
export function startPoller(options: PollerOptions): () => void {
  let stopped = false;
  const loop = async (): Promise<void> => {
    while (!stopped) {
      try {
        await giveBatch(options, () => stopped);
      } catch (error) {
        if (!stopped) options.problem(`${options.source.address}: ${messageOf(error)}`);
        await new Promise((resolve) => setTimeout(resolve, 1000).unref());
      }
    }
  };
  void loop();
  return () => {
    stopped = true;
  };
}
