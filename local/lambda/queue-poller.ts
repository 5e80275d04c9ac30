import { wordsOf } from "../../lib/user-error";
import { steadyNow } from "../lib/clock";
import type { QueueSource } from "../read/queue-sources";
import type { Services } from "../services/services";
import type { ReceivedMessage } from "../services/sqs/queue";
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

/** What one receive brings; with a window, all that comes in it, up to the batch's size. */
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

/** One batch: received, given to the function, and deleted as far as it succeeded. */
async function giveBatch({ source, services, fn }: PollerOptions, isStopped: () => boolean): Promise<void> {
  const { queueArn, reportsItemFailures, functionName } = source;
  const target = await fn();
  if (!target) throw new Error(`function ${functionName} is not in the stack`);
  const call = (what: Parameters<Services["call"]>[1]) => services.call(target.definition.arn, what);
  const handles = (some: readonly ReceivedMessage[]) => some.map(({ receiptHandle }) => receiptHandle);
  const receive: Receive = (most, waitMs) => call({ kind: "receive", queueArn, most, waitMs });
  const messages = await receiveBatch(source, receive, isStopped);
  if (messages.length === 0) return;
  // Whoever polls from now on need not wait until they are visible again.
  if (isStopped()) return void (await call({ kind: "release", queueArn, receiptHandles: handles(messages) }));
  const current = (await fn()) ?? target;
  const payload = JSON.stringify({ Records: messages.map((one) => queueRecord(one, queueArn)) });
  // A batch goes on with the trace of its first message: an invocation has one.
  const result = await current.invoke(payload, { traceId: messages[0]?.traceHeader });
  if (result.functionError || result.throttled || result.tooLarge) return;
  const failed = reportsItemFailures ? failedIn(messages, result.payload) : new Set<string>();
  const done = messages.filter(({ messageId }) => !failed.has(messageId));
  await call({ kind: "delete", queueArn, receiptHandles: handles(done) });
}

/** Longer and longer, up to half a minute. @param failures in a row */
const waitMs = (failures: number): number => Math.min(1000 * 2 ** (failures - 1), 30_000);

/** Gives the messages of a queue to a function, batch by batch, until it is stopped. What goes on failing is said once. */
export function startPoller(options: PollerOptions): () => void {
  let stopped = false;
  let failures = 0;
  let said = "";
  const report = (message: string): void => {
    if (!stopped && message !== said) options.problem(`${options.source.address}: ${message}`);
    said = message;
  };
  const loop = async (): Promise<void> => {
    while (!stopped) {
      try {
        await giveBatch(options, () => stopped);
        [failures, said] = [0, ""];
      } catch (error) {
        report(wordsOf(error));
        failures += 1;
        await new Promise((resolve) => setTimeout(resolve, waitMs(failures)).unref());
      }
    }
  };
  void loop();
  return () => {
    stopped = true;
  };
}
