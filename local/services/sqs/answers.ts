import { type Answers, given, leftOut } from "../answers";

const sent: Answers = {
  ...given("MD5OfMessageBody MD5OfMessageAttributes MD5OfMessageSystemAttributes MessageId SequenceNumber"),
};
const failed: Answers = { Failed: { each: given("Id SenderFault Code Message") } };

/** The members of what SQS's operations answer. (SQS API reference, the operations' pages) */
export const sqsAnswers: Readonly<Record<string, Answers>> = {
  CancelMessageMoveTask: given("ApproximateNumberOfMessagesMoved"),
  ChangeMessageVisibility: {},
  ChangeMessageVisibilityBatch: { Successful: { each: given("Id") }, ...failed },
  DeleteMessage: {},
  DeleteMessageBatch: { Successful: { each: given("Id") }, ...failed },
  GetQueueAttributes: given("Attributes"),
  GetQueueUrl: given("QueueUrl"),
  ListDeadLetterSourceQueues: given("queueUrls NextToken"),
  ListMessageMoveTasks: {
    Results: {
      each: {
        ...leftOut("only a task that runs has one, and each has ended before its answer", "TaskHandle"),
        ...given("Status SourceArn DestinationArn MaxNumberOfMessagesPerSecond"),
        ...given("ApproximateNumberOfMessagesMoved ApproximateNumberOfMessagesToMove FailureReason StartedTimestamp"),
      },
    },
  },
  ListQueues: given("QueueUrls NextToken"),
  ListQueueTags: given("Tags"),
  PurgeQueue: {},
  ReceiveMessage: {
    Messages: {
      each: {
        ...given("MessageId ReceiptHandle MD5OfBody Body Attributes MD5OfMessageAttributes"),
        MessageAttributes: {
          each: {
            ...given("DataType StringValue BinaryValue"),
            ...leftOut("AWS has no lists in messages yet", "StringListValues BinaryListValues"),
          },
        },
      },
    },
  },
  SendMessage: sent,
  SendMessageBatch: { Successful: { each: { ...given("Id"), ...sent } }, ...failed },
  StartMessageMoveTask: given("TaskHandle"),
  TagQueue: {},
  UntagQueue: {},
};
