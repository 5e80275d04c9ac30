import { wordsOf } from "../../lib/user-error";
import { steadyNow } from "../lib/clock";
import type { QueueSource } from "../read/queue-sources";
import type { Services } from "../services/services";
import type { ReceivedMessage } from "../services/sqs/queue";
import { fitting } from "./fitting";
import type { LambdaFunction } from "./lambda-function";
import { queueRecord } from "./queue-record";

/** SQS gives no more to one receive. */
const MOST_AT_ONCE = 10;

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

export interface PollerOptions {
  readonly source: QueueSource;
  readonly services: Services;
  /** The function as it is now; its new code is waited for. */
  readonly fn: () => Promise<LambdaFunction | undefined> | LambdaFunction | undefined;
  readonly problem: (message: string) => void;
}

type Receive = (most: number, waitMs: number) => Promise<readonly ReceivedMessage[]>;

/** The messages of one receive; with a window, all that arrive within it, up to the batch's size. */
async function receiveBatch(
  { batchSize, windowSeconds }: QueueSource,
  receive: Receive,
  isStopped: () => boolean,
): Promise<ReceivedMessage[]> {
  const batch = [...(await receive(Math.min(batchSize, MOST_AT_ONCE), 1000))];
  const until = steadyNow() + windowSeconds * 1000;
  while (batch.length > 0 && batch.length < batchSize && steadyNow() < until && !isStopped()) {
    batch.push(
      ...(await receive(Math.min(batchSize - batch.length, MOST_AT_ONCE), Math.min(until - steadyNow(), 1000))),
    );
  }
  return batch;
}

/** A batch that was received, and what is to be called with it. */
interface Batch {
  readonly messages: readonly ReceivedMessage[];
  readonly functionArn: string;
}

const receiptHandles = (messages: readonly ReceivedMessage[]) => messages.map(({ receiptHandle }) => receiptHandle);

async function target({ source, fn }: PollerOptions): Promise<LambdaFunction> {
  const found = await fn();
  if (!found) throw new Error(`function ${source.functionName} is not in the stack`);
  return found;
}

/** The next batch; none while the queue is empty. */
async function nextBatch(options: PollerOptions, isStopped: () => boolean): Promise<Batch | undefined> {
  const { source, services } = options;
  const { queueArn } = source;
  const functionArn = (await target(options)).definition.arn;
  const receive: Receive = async (most, waitMs) => {
    const { messages = [] } = await services.call(functionArn, { kind: "receive", queueArn, most, waitMs });
    return messages;
  };
  const received = await receiveBatch(source, receive, isStopped);
  const messages = isStopped() ? [] : fitting(received, (message) => queueRecord(message, queueArn));
  // Whoever receives them next need not wait until they are visible again.
  const rest = receiptHandles(received.slice(messages.length));
  if (rest.length > 0) await services.call(functionArn, { kind: "release", queueArn, receiptHandles: rest });
  return messages.length > 0 ? { messages, functionArn } : undefined;
}

/** Gives a batch to the function, and deletes what succeeded. */
async function giveBatch(options: PollerOptions, { messages, functionArn }: Batch): Promise<void> {
  const { queueArn, reportsItemFailures } = options.source;
  const payload = JSON.stringify({ Records: messages.map((one) => queueRecord(one, queueArn)) });
  // A batch goes on with the trace of its first message: an invocation has one.
  const result = await (await target(options)).invoke(payload, { traceId: messages[0]?.traceHeader });
  if (result.functionError || result.throttled || result.tooLarge) return;
  const failed = reportsItemFailures ? failedIn(messages, result.payload) : new Set<string>();
  const done = messages.filter(({ messageId }) => !failed.has(messageId));
  await options.services.call(functionArn, { kind: "delete", queueArn, receiptHandles: receiptHandles(done) });
}

/** Longer and longer, up to half a minute. @param failures in a row */
const waitMs = (failures: number): number => Math.min(1000 * 2 ** (failures - 1), 30_000);

/**
 * Number of batches that Lambda processes at once to begin with (developer guide, "Configuring scaling behavior for SQS
 * event source mappings").
 */
const FIRST_CONCURRENCY = 5;

/**
 * Gives the messages of a queue to a function, until it is stopped: batch after batch is received, and some are worked on at
 * once. What goes on failing is said once.
 */
export function startPoller(options: PollerOptions): () => void {
  const most = Math.min(options.source.maximumConcurrency ?? FIRST_CONCURRENCY, FIRST_CONCURRENCY);
  const running = new Set<Promise<void>>();
  let stopped = false;
  let failures = 0;
  let said = "";
  const succeeded = (): void => {
    [failures, said] = [0, ""];
  };
  const failed = (error: unknown): void => {
    const message = wordsOf(error);
    if (!stopped && message !== said) options.problem(`${options.source.address}: ${message}`);
    said = message;
    failures += 1;
  };
  const start = (batch: Batch): void => {
    const work = giveBatch(options, batch)
      .then(succeeded, failed)
      .finally(() => running.delete(work));
    running.add(work);
  };
  const loop = async (): Promise<void> => {
    while (!stopped) {
      if (failures > 0) await new Promise((resolve) => setTimeout(resolve, waitMs(failures)).unref());
      try {
        const batch = stopped ? undefined : await nextBatch(options, () => stopped);
        if (batch) start(batch);
        else succeeded();
      } catch (error) {
        failed(error);
      }
      if (running.size >= most) await Promise.race(running);
    }
  };
  void loop();
  return () => {
    stopped = true;
  };
}
