import { type Message, SendMessageCommand, type SQSClient } from "@aws-sdk/client-sqs";
import { parseArn } from "../../aws/arn";

/** The URL of the queue that SQS moved a message from, since it was received too often; undefined if it was sent here. */
export function sourceUrlOf({ Attributes }: Message, queueUrl: string): string | undefined {
  const { accountId, resource } = parseArn(Attributes?.DeadLetterQueueSourceArn ?? "") ?? {};
  return resource === undefined ? undefined : new URL(`/${accountId}/${resource}`, queueUrl).href;
}

/** Sends a message to the queue that it came from. Of a FIFO queue once in five minutes, however often it is tried. */
export async function sendBack(sqs: SQSClient, sourceUrl: string, message: Message): Promise<void> {
  const { Body, MessageAttributes, MessageId, Attributes } = message;
  const group = Attributes?.MessageGroupId;
  const isFifo = sourceUrl.endsWith(".fifo");
  await sqs.send(
    new SendMessageCommand({
      QueueUrl: sourceUrl,
      MessageBody: Body,
      MessageAttributes,
      ...(group === undefined ? {} : { MessageGroupId: group }),
      ...(isFifo ? { MessageDeduplicationId: MessageId } : {}),
    }),
  );
}
