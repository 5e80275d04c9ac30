import { ServiceError } from "../service";
import type { Item } from "./attribute-value";
import type { Database } from "./database";
import { itemSize } from "./item-sizes";
import { type Stream, type StreamRecord, sequenceText } from "./stream";
import type { Table } from "./table";

interface StreamTable {
  readonly table: Table;
  readonly stream: Stream;
}

const streams = (database: Database): readonly StreamTable[] =>
  database.all().flatMap((table) => (table.stream ? [{ table, stream: table.stream }] : []));

/** @throws ServiceError when there is no such stream */
export function streamOf(database: Database, arn: string): StreamTable {
  const found = streams(database).find(({ stream }) => stream.arn === arn);
  if (!found)
    throw new ServiceError("ResourceNotFoundException", `Requested resource not found: Stream: ${arn} not found`);
  return found;
}

interface ListInput {
  readonly TableName?: string;
  readonly Limit?: number;
  readonly ExclusiveStartStreamArn?: string;
}

/** ListStreams: a page of them in the order of their ARNs. */
export function listStreams(database: Database, input: ListInput): object {
  const { TableName: name, Limit: limit = 100, ExclusiveStartStreamArn: start = "" } = input;
  const known = streams(database)
    .filter(({ table, stream }) => (name === undefined || table.name === name) && stream.arn > start)
    .sort((one, other) => (one.stream.arn < other.stream.arn ? -1 : 1));
  const page = known.slice(0, limit);
  return {
    Streams: page.map(({ table, stream }) => ({
      StreamArn: stream.arn,
      TableName: table.name,
      StreamLabel: stream.label,
    })),
    ...(known.length > limit ? { LastEvaluatedStreamArn: page.at(-1)?.stream.arn } : {}),
  };
}

interface DescribeInput {
  readonly StreamArn: string;
  readonly ExclusiveStartShardId?: string;
}

/** DescribeStream: one shard, which stays open. */
export function describeStream(database: Database, input: DescribeInput): object {
  const { table, stream } = streamOf(database, input.StreamArn);
  const shard = {
    ShardId: stream.shardId,
    SequenceNumberRange: { StartingSequenceNumber: sequenceText(1) },
  };
  return {
    StreamDescription: {
      StreamArn: stream.arn,
      StreamLabel: stream.label,
      StreamStatus: "ENABLED",
      StreamViewType: stream.view,
      CreationRequestDateTime: Date.parse(`${stream.label}Z`) / 1000,
      TableName: table.name,
      KeySchema: table.settings.KeySchema,
      Shards: input.ExclusiveStartShardId === undefined ? [shard] : [],
    },
  };
}

interface IteratorInput {
  readonly StreamArn: string;
  readonly ShardId: string;
  readonly ShardIteratorType: "TRIM_HORIZON" | "LATEST" | "AT_SEQUENCE_NUMBER" | "AFTER_SEQUENCE_NUMBER";
  readonly SequenceNumber?: string;
}

/** An iterator's life. (API reference: GetShardIterator) */
const ITERATOR_MILLISECONDS = 15 * 60 * 1000;

const iteratorText = (arn: string, sequence: number, at: number): string =>
  Buffer.from(JSON.stringify([arn, sequence, at])).toString("base64");

function readIterator(text: string): { arn: string; sequence: number; at: number } {
  try {
    const [arn, sequence, at] = JSON.parse(Buffer.from(text, "base64").toString()) as unknown[];
    if (typeof arn === "string" && typeof sequence === "number" && typeof at === "number") return { arn, sequence, at };
  } catch {
    // Refused like everything else that is no iterator.
  }
  throw new ServiceError("ValidationException", "Invalid ShardIterator");
}

function startOf(stream: Stream, { ShardIteratorType: type, SequenceNumber: number }: IteratorInput): number {
  if (type === "LATEST") return stream.next;
  if (type === "TRIM_HORIZON") return stream.records[0]?.sequence ?? stream.next;
  if (number === undefined)
    throw new ServiceError("ValidationException", `SequenceNumber must be specified for ShardIteratorType ${type}`);
  const sequence = Number(number) + (type === "AFTER_SEQUENCE_NUMBER" ? 1 : 0);
  if (sequence < (stream.records[0]?.sequence ?? stream.next))
    throw new ServiceError(
      "TrimmedDataAccessException",
      `The operation attempted to read past the oldest stream record in a shard: ${number}`,
    );
  return sequence;
}

/** GetShardIterator */
export function getShardIterator(database: Database, input: IteratorInput): object {
  const { stream } = streamOf(database, input.StreamArn);
  if (input.ShardId !== stream.shardId)
    throw new ServiceError(
      "ResourceNotFoundException",
      `Requested resource not found: Shard: ${input.ShardId} in stream: ${input.StreamArn} not found`,
    );
  return { ShardIterator: iteratorText(stream.arn, startOf(stream, input), database.clock()) };
}

/** A record as whoever reads the stream sees it. */
export interface RecordContent {
  readonly eventVersion: "1.1";
  readonly awsRegion: string;
  readonly eventID: string;
  readonly eventName: StreamRecord["eventName"];
  readonly eventSource: "aws:dynamodb";
  readonly dynamodb: { readonly SequenceNumber: string; readonly Keys: Item; readonly [more: string]: unknown };
}

export function recordOf({ table, stream }: StreamTable, record: StreamRecord, region: string): RecordContent {
  const { eventName, keys, before, after, sequence, at, expired } = record;
  const shows = (image: "NEW" | "OLD"): boolean =>
    stream.view === "NEW_AND_OLD_IMAGES" || stream.view === `${image}_IMAGE`;
  const images: Record<string, Item> = {
    ...(after && shows("NEW") ? { NewImage: after } : {}),
    ...(before && shows("OLD") ? { OldImage: before } : {}),
  };
  const sizes = [keys, ...Object.values(images)].map((item) => itemSize(item));
  return {
    eventID: Buffer.from(`${table.settings.TableId} ${sequence}`).toString("hex").slice(-32),
    eventName,
    eventVersion: "1.1",
    eventSource: "aws:dynamodb",
    awsRegion: region,
    dynamodb: {
      ApproximateCreationDateTime: Math.floor(at / 1000),
      Keys: keys,
      ...images,
      SequenceNumber: sequenceText(sequence),
      SizeBytes: sizes.reduce((sum, size) => sum + size, 0),
      StreamViewType: stream.view,
    },
    ...(expired ? { userIdentity: { PrincipalId: "dynamodb.amazonaws.com", Type: "Service" } } : {}),
  };
}

interface RecordsInput {
  readonly ShardIterator: string;
  readonly Limit?: number;
}

/** GetRecords */
export function getRecords(database: Database, { ShardIterator: text, Limit: limit = 1000 }: RecordsInput): object {
  const { arn, sequence, at } = readIterator(text);
  const now = database.clock();
  if (now - at > ITERATOR_MILLISECONDS)
    throw new ServiceError(
      "ExpiredIteratorException",
      "Iterator expired. The iterator was created more than 15 minutes ago.",
    );
  const found = streamOf(database, arn);
  const oldest = found.stream.records[0]?.sequence ?? found.stream.next;
  if (sequence < oldest)
    throw new ServiceError(
      "TrimmedDataAccessException",
      "The operation attempted to read past the oldest stream record in a shard.",
    );
  const records = found.stream.from(sequence, limit);
  const next = (records.at(-1)?.sequence ?? sequence - 1) + 1;
  return {
    Records: records.map((record) => recordOf(found, record, database.region)),
    NextShardIterator: iteratorText(arn, next, now),
  };
}
