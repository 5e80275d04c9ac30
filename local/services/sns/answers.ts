import { type Answers, given } from "../answers";

const subscriptions: Answers = {
  Subscriptions: { each: given("SubscriptionArn Owner Protocol Endpoint TopicArn") },
  ...given("NextToken"),
};

/** The members of what SNS's operations answer. (SNS API reference, the operations' pages) */
export const snsAnswers: Readonly<Record<string, Answers>> = {
  GetSubscriptionAttributes: given("Attributes"),
  GetTopicAttributes: given("Attributes"),
  ListSubscriptions: subscriptions,
  ListSubscriptionsByTopic: subscriptions,
  ListTagsForResource: { Tags: { each: given("Key Value") } },
  ListTopics: { Topics: { each: given("TopicArn") }, ...given("NextToken") },
  Publish: given("MessageId SequenceNumber"),
  PublishBatch: {
    Successful: { each: given("Id MessageId SequenceNumber") },
    Failed: { each: given("Id Code SenderFault Message") },
  },
};
