import type { Members } from "../members";

const message: Members = {
  Message: "honoured",
  Subject: "honoured",
  MessageStructure: "honoured",
  MessageAttributes: { each: { DataType: "honoured", StringValue: "honoured", BinaryValue: "honoured" } },
  MessageDeduplicationId: "honoured",
  MessageGroupId: "honoured",
};

/** The members of SNS's operations. (SNS API reference, the operations' pages) */
export const snsMembers: Readonly<Record<string, Members>> = {
  Publish: { TopicArn: "honoured", TargetArn: "honoured", PhoneNumber: "refused", ...message },
  PublishBatch: { TopicArn: "honoured", PublishBatchRequestEntries: { each: { Id: "honoured", ...message } } },
  ListTopics: { NextToken: "honoured" },
  GetTopicAttributes: { TopicArn: "honoured" },
  ListSubscriptions: { NextToken: "honoured" },
  ListSubscriptionsByTopic: { TopicArn: "honoured", NextToken: "honoured" },
  GetSubscriptionAttributes: { SubscriptionArn: "honoured" },
  ListTagsForResource: { ResourceArn: "honoured" },
};
