import { createHash } from "node:crypto";
import type { MessageAttribute, ReceivedMessage } from "./queue";

/** Bytes with their length in front, as SQS feeds them to the digest. */
function measured(content: string | Buffer): Buffer {
  const bytes = Buffer.from(content);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/** Bytes between a type and a value of it. */
const text = Buffer.from([1]);
const binary = Buffer.from([2]);

const typedValue = ({ StringValue, BinaryValue }: MessageAttribute): Buffer =>
  BinaryValue === undefined
    ? Buffer.concat([text, measured(StringValue ?? "")])
    : Buffer.concat([binary, measured(Buffer.from(BinaryValue, "base64"))]);

/** The digest of a message's own attributes, by which a client sees that they are whole; none if there are none. */
export function md5OfAttributes(attributes: Readonly<Record<string, MessageAttribute>>): string | undefined {
  const named = Object.entries(attributes).sort(([a], [b]) => (a < b ? -1 : 1));
  if (named.length === 0) return undefined;
  const digest = createHash("md5");
  for (const [name, attribute] of named) {
    digest.update(Buffer.concat([measured(name), measured(attribute.DataType), typedValue(attribute)]));
  }
  return digest.digest("hex");
}

/** System attributes of a message. */
export const systemAttributes = (message: ReceivedMessage) => ({
  ApproximateReceiveCount: String(message.receiveCount),
  SentTimestamp: String(Math.floor(message.sentAt)),
  SenderId: "AIDALOCAL",
  ApproximateFirstReceiveTimestamp: String(Math.floor(message.firstReceivedAt)),
  ...(message.groupId === undefined ? {} : { MessageGroupId: message.groupId }),
  ...(message.deduplicationId === undefined ? {} : { MessageDeduplicationId: message.deduplicationId }),
  ...(message.sequenceNumber === undefined ? {} : { SequenceNumber: sequenceText(message.sequenceNumber) }),
  ...(message.traceHeader === undefined ? {} : { AWSTraceHeader: message.traceHeader }),
  ...(message.deadLetterSourceArn === undefined ? {} : { DeadLetterQueueSourceArn: message.deadLetterSourceArn }),
});

/** A sequence number as SQS writes it: 20 digits. */
export const sequenceText = (sequence: number): string => String(sequence).padStart(20, "0");

/** All that can be asked of a message. (SQS API reference, ReceiveMessage, MessageSystemAttributeNames) */
export const systemAttributeNames: readonly string[] = [
  "All",
  "SenderId",
  "SentTimestamp",
  "ApproximateReceiveCount",
  "ApproximateFirstReceiveTimestamp",
  "SequenceNumber",
  "MessageDeduplicationId",
  "MessageGroupId",
  "AWSTraceHeader",
  "DeadLetterQueueSourceArn",
];
