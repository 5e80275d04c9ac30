import type { Message } from "@aws-sdk/client-sqs";
import { parseFunctionName } from "../../aws/arn";

/** Lambda's record of a batch of a table's changes that failed for the last time, as far as it is read. */
interface FailedBatch {
  readonly requestContext: { readonly functionArn: string };
  readonly DDBStreamBatchInfo: {
    readonly batchSize: number;
    readonly streamArn: string;
    readonly startSequenceNumber: string;
    readonly endSequenceNumber: string;
  };
}

/** Where a batch of changes is that a message tells of: the stream has them for a day, and the message has not. */
export function streamBatchIn({ Body = "" }: Message): string | undefined {
  try {
    const { requestContext, DDBStreamBatchInfo: batch } = JSON.parse(Body) as Partial<FailedBatch>;
    if (!batch || !requestContext) return undefined;
    const { name } = parseFunctionName(requestContext.functionArn);
    const { batchSize, streamArn, startSequenceNumber: from, endSequenceNumber: to } = batch;
    return `${name}: ${batchSize} changes from ${from} to ${to} of ${streamArn}`;
  } catch {
    // Not JSON: a message of somebody else's.
    return undefined;
  }
}
