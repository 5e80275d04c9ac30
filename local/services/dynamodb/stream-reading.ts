import { parseArn } from "../../../aws/arn";
import type { Database } from "./database";
import { type RecordContent, recordOf, streamOf } from "./stream-operations";

/** A record of a stream, and where in the stream it is. */
export interface ReadRecord {
  readonly sequence: number;
  /** When the change was made, in milliseconds since 1970. */
  readonly at: number;
  /** As functions are given it. */
  readonly content: RecordContent & { readonly eventSourceARN: string; readonly userIdentity?: object };
}

/** The records of a stream at a position. */
export interface StreamPage {
  readonly shardId: string;
  readonly records: readonly ReadRecord[];
  /** The sequence number of the oldest record that there is. */
  readonly oldest: number;
  /** The sequence number of the next record that there will be. */
  readonly next: number;
}

/** Reads a stream for an event source mapping. @throws ServiceError when there is no such stream */
export function readStream(database: Database, streamArn: string, from: number, limit: number): StreamPage {
  const found = streamOf(database, streamArn);
  const { stream } = found;
  const region = parseArn(streamArn)?.region ?? database.region;
  const records = stream.from(from, limit).map((record) => ({
    sequence: record.sequence,
    at: record.at,
    content: {
      ...recordOf(found, record, region),
      eventSourceARN: streamArn,
      // Functions are given it in other letters than the API has.
      ...(record.expired ? { userIdentity: { type: "Service", principalId: "dynamodb.amazonaws.com" } } : {}),
    },
  }));
  return { shardId: stream.shardId, records, oldest: stream.records[0]?.sequence ?? stream.next, next: stream.next };
}
