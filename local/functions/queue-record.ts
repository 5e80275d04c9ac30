import { createHash } from "node:crypto";
import type { MessageAttribute, ReceivedMessage } from "../services/sqs/queue";

/** A text with its length in front, as SQS feeds it to the digest. */
function measured(text: string): Buffer {
  const bytes = Buffer.from(text);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/** What stands between a type and a value that is text. */
const textValue = Buffer.from([1]);

/** The digest of a message's attributes; null if it has none. */
function md5OfAttributes(attributes: Readonly<Record<string, MessageAttribute>>): string | null {
  const names = Object.keys(attributes).sort();
  if (names.length === 0) return null;
  const digest = createHash("md5");
  for (const name of names) {
    const { DataType = "", StringValue = "" } = attributes[name] ?? {};
    digest.update(Buffer.concat([measured(name), measured(DataType), textValue, measured(StringValue)]));
  }
  return digest.digest("hex");
}

/** A queue's message as a function is given it. */
export function queueRecord(message: ReceivedMessage, queueArn: string): object {
  const attributes = Object.entries(message.messageAttributes).map(([name, { DataType, StringValue }]) => [
    name,
    { stringValue: StringValue, stringListValues: [], binaryListValues: [], dataType: DataType },
  ]);
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
    messageAttributes: Object.fromEntries(attributes),
    md5OfMessageAttributes: md5OfAttributes(message.messageAttributes),
    md5OfBody: message.md5OfBody,
    eventSource: "aws:sqs",
    eventSourceARN: queueArn,
    awsRegion: queueArn.split(":")[3],
  };
}
