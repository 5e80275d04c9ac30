import { InvokeCommand, type LambdaClient } from "@aws-sdk/client-lambda";
import type { Message } from "@aws-sdk/client-sqs";
import { parseFunctionName, unqualifiedArn } from "../../aws/arn";
import { UserError } from "../../lib/user-error";
import { StreamError, type StreamRecord, Streams } from "./streams";

/** Lambda's record of a batch of a table's changes that failed for the last time, as far as it is read. */
interface FailedBatch {
  readonly requestContext: { readonly functionArn: string };
  readonly DDBStreamBatchInfo: {
    readonly shardId: string;
    readonly batchSize: number;
    readonly streamArn: string;
    readonly startSequenceNumber: string;
    readonly endSequenceNumber: string;
  };
}

/** Changes of a table, by where they are: the stream has them for a day, and the message has not. */
export interface StreamBatch {
  readonly functionArn: string;
  readonly shardId: string;
  readonly streamArn: string;
  readonly from: string;
  readonly to: string;
  readonly count: number;
}

/** The changes that a message tells of; undefined when it tells of something else. */
export function streamBatchIn({ Body = "" }: Message): StreamBatch | undefined {
  try {
    const { requestContext, DDBStreamBatchInfo: batch } = JSON.parse(Body) as Partial<FailedBatch>;
    if (!batch || !requestContext) return undefined;
    const { shardId, batchSize: count, streamArn, startSequenceNumber: from, endSequenceNumber: to } = batch;
    return { functionArn: requestContext.functionArn, shardId, streamArn, from, to, count };
  } catch {
    // Not JSON: a message of somebody else's.
    return undefined;
  }
}

export function batchWords({ functionArn, count, from, to, streamArn }: StreamBatch): string {
  return `${parseFunctionName(functionArn).name}: ${count} changes from ${from} to ${to} of ${streamArn}`;
}

/** As Lambda gives it to a function, whose names for who deleted something are others. */
const eventOf = ({ userIdentity, ...record }: StreamRecord, streamArn: string): object => ({
  ...record,
  eventSourceARN: streamArn,
  ...(userIdentity ? { userIdentity: { principalId: userIdentity.PrincipalId, type: userIdentity.Type } } : {}),
});

/** What a function said of a batch: the first that failed. */
function failureIn(payload: string): string | undefined {
  const answer = JSON.parse(payload || "null") as {
    readonly batchItemFailures?: readonly { readonly itemIdentifier?: string }[];
  } | null;
  const [first] = answer?.batchItemFailures ?? [];
  return first ? `it failed again, from ${first.itemIdentifier} on` : undefined;
}

async function read(lambda: LambdaClient, batch: StreamBatch): Promise<readonly StreamRecord[]> {
  const { streamArn, shardId, from, to } = batch;
  const records = await new Streams(lambda.config).read(streamArn, shardId, from, to).catch((error: unknown) => {
    if (error instanceof StreamError) throw new UserError(`the stream no longer has them: ${error.name}`);
    throw error;
  });
  if (records.length === batch.count) return records;
  throw new UserError(`the stream has ${records.length} of them`);
}

/**
 * Reads the changes again and gives them to the function's version that serves, waiting for what it makes of them.
 *
 * @throws UserError saying why they have to stay: they are in the stream no longer, or fail again
 */
export async function redriveBatch(lambda: LambdaClient, batch: StreamBatch): Promise<void> {
  const records = await read(lambda, batch);
  const FunctionName = `${unqualifiedArn(batch.functionArn)}:live`;
  const event = { Records: records.map((record) => eventOf(record, batch.streamArn)) };
  const { FunctionError, Payload } = await lambda.send(
    new InvokeCommand({ FunctionName, Payload: JSON.stringify(event) }),
  );
  const payload = Buffer.from(Payload ?? []).toString();
  const failure = FunctionError === undefined ? failureIn(payload) : `it failed again: ${payload.slice(0, 300)}`;
  if (failure !== undefined) throw new UserError(failure);
}
