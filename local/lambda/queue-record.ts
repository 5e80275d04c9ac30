import { parseArn } from "../../aws/arn";
import { md5OfAttributes, systemAttributes } from "../services/sqs/attributes";
import type { ReceivedMessage } from "../services/sqs/queue";

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
    attributes: systemAttributes(message),
    messageAttributes: Object.fromEntries(attributes),
    md5OfMessageAttributes: md5OfAttributes(message.messageAttributes) ?? null,
    md5OfBody: message.md5OfBody,
    eventSource: "aws:sqs",
    eventSourceARN: queueArn,
    awsRegion: parseArn(queueArn)?.region,
  };
}
