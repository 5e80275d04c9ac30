import type { Members } from "../members";

const attributes: Members = {
  DataType: "honoured",
  StringValue: "honoured",
  BinaryValue: "honoured",
  // Refused as AWS does, which reserves them for future use.
  StringListValues: "honoured",
  BinaryListValues: "honoured",
};

const message: Members = {
  MessageBody: "honoured",
  DelaySeconds: "honoured",
  MessageAttributes: { each: attributes },
  MessageSystemAttributes: { each: attributes },
  MessageDeduplicationId: "honoured",
  MessageGroupId: "honoured",
};

/** The members of SQS's operations. (SQS API reference, the operations' pages) */
export const sqsMembers: Readonly<Record<string, Members>> = {
  SendMessage: { QueueUrl: "honoured", ...message },
  SendMessageBatch: { QueueUrl: "honoured", Entries: { each: { Id: "honoured", ...message } } },
  ReceiveMessage: {
    QueueUrl: "honoured",
    AttributeNames: "honoured",
    MessageSystemAttributeNames: "honoured",
    MessageAttributeNames: "honoured",
    MaxNumberOfMessages: "honoured",
    VisibilityTimeout: "honoured",
    WaitTimeSeconds: "honoured",
    ReceiveRequestAttemptId: "refused",
  },
  DeleteMessage: { QueueUrl: "honoured", ReceiptHandle: "honoured" },
  DeleteMessageBatch: { QueueUrl: "honoured", Entries: { each: { Id: "honoured", ReceiptHandle: "honoured" } } },
  ChangeMessageVisibility: { QueueUrl: "honoured", ReceiptHandle: "honoured", VisibilityTimeout: "honoured" },
  ChangeMessageVisibilityBatch: {
    QueueUrl: "honoured",
    Entries: { each: { Id: "honoured", ReceiptHandle: "honoured", VisibilityTimeout: "honoured" } },
  },
  GetQueueAttributes: { QueueUrl: "honoured", AttributeNames: "honoured" },
  GetQueueUrl: { QueueName: "honoured", QueueOwnerAWSAccountId: "honoured" },
  PurgeQueue: { QueueUrl: "honoured" },
  ListQueueTags: { QueueUrl: "honoured" },
  TagQueue: { QueueUrl: "honoured", Tags: "honoured" },
  UntagQueue: { QueueUrl: "honoured", TagKeys: "honoured" },
  ListQueues: { QueueNamePrefix: "honoured", NextToken: "honoured", MaxResults: "honoured" },
  ListDeadLetterSourceQueues: { QueueUrl: "honoured", NextToken: "honoured", MaxResults: "honoured" },
  StartMessageMoveTask: {
    SourceArn: "honoured",
    DestinationArn: "honoured",
    MaxNumberOfMessagesPerSecond: {
      harmless: "all are moved before the answer, which no consumer can distinguish from a fast queue",
    },
  },
  ListMessageMoveTasks: { SourceArn: "honoured", MaxResults: "honoured" },
  CancelMessageMoveTask: { TaskHandle: "honoured" },
};
