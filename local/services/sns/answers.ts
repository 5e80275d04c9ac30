import { type Answers, given } from "../answers";

/** The members of what SNS's operations answer. (SNS API reference, the operations' pages) */
export const snsAnswers: Readonly<Record<string, Answers>> = {
  ListTopics: { Topics: { each: given("TopicArn") }, ...given("NextToken") },
  Publish: given("MessageId SequenceNumber"),
  PublishBatch: {
    Successful: { each: given("Id MessageId SequenceNumber") },
    Failed: { each: given("Id Code SenderFault Message") },
  },
};
