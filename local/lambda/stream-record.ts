import { randomUUID } from "node:crypto";
import type { InvocationResult } from "../lib/invocation";
import type { FunctionDefinition } from "../read/function-definition";
import type { ReadRecord } from "../services/dynamodb/stream-reading";

/** A batch that has failed for good. */
interface FailedBatch {
  readonly streamArn: string;
  readonly shardId: string;
  readonly records: readonly ReadRecord[];
  /** How often the function was called with it. */
  readonly attempts: number;
  /** Of the last attempt. */
  readonly result: InvocationResult;
}

/** To the second, as AWS writes it. */
const timeOf = (record: ReadRecord | undefined): string =>
  new Date(record?.at ?? 0).toISOString().replace(/\.\d+Z$/, "Z");

/**
 * The body of a message to the destination of failures: where the records are, and not what they hold (Lambda developer
 * guide, "Retaining discarded records for a DynamoDB data source in Lambda").
 */
export function batchRecord({ arn, version }: FunctionDefinition, batch: FailedBatch): string {
  const { streamArn, shardId, records, attempts, result } = batch;
  const [first, last] = [records[0], records.at(-1)];
  return JSON.stringify({
    requestContext: {
      requestId: randomUUID(),
      functionArn: arn,
      condition: "RetryAttemptsExhausted",
      approximateInvokeCount: attempts,
    },
    responseContext: {
      statusCode: 200,
      executedVersion: version,
      functionError: result.functionError ?? null,
    },
    version: "1.0",
    timestamp: new Date().toISOString(),
    DDBStreamBatchInfo: {
      shardId,
      startSequenceNumber: first?.content.dynamodb.SequenceNumber,
      endSequenceNumber: last?.content.dynamodb.SequenceNumber,
      approximateArrivalOfFirstRecord: timeOf(first),
      approximateArrivalOfLastRecord: timeOf(last),
      batchSize: records.length,
      streamArn,
    },
  });
}
