import { type Answers, given } from "../answers";

/** The members of what EventBridge's operations answer. (EventBridge API reference, the operations' pages) */
export const eventsAnswers: Readonly<Record<string, Answers>> = {
  PutEvents: { ...given("FailedEntryCount"), Entries: { each: given("EventId ErrorCode ErrorMessage") } },
  TestEventPattern: given("Result"),
};
