import { arnParts } from "../../../aws/arn";
import { snsLimits } from "../../../aws/limits";
import type { Topic } from "../../read/topic-definition";
import { formInput } from "../form-input";
import { type Input, objectsIn, optionalTextIn } from "../json-protocol";
import { viaService } from "../key-use";
import { checkMembers } from "../members";
import { pageOf } from "../pages";
import { queryProtocol } from "../query-protocol";
import {
  type Need,
  notEmulated,
  type Operation,
  type Service,
  ServiceError,
  type ServiceRequest,
  type ServiceResponse,
} from "../service";
import { sequenceText } from "../sqs/attributes";
import type { Element } from "../xml";
import { snsMembers } from "./members";
import { batchBytes, invalid, messageIn, messageTo } from "./publishing";
import type { Message, Sent, Topics } from "./topics";

const { success, failure } = queryProtocol("http://sns.amazonaws.com/doc/2010-03-31/");

function checkedArn(arn: string): string {
  const parts = arnParts(arn).length;
  if (parts >= 6) return arn;
  throw invalid(`TopicArn Reason: An ARN must have at least 6 elements, not ${parts}`);
}

function topicNamed(topics: Topics, arn: string): Topic {
  const topic = topics.byArn(arn);
  if (!topic) throw new ServiceError("NotFound", "Topic does not exist", { status: 404 });
  return topic;
}

/** Result of publishing a message. */
const delivered = ({ messageId, sequenceNumber }: Sent) => ({
  MessageId: messageId,
  SequenceNumber: sequenceNumber === undefined ? undefined : sequenceText(sequenceNumber),
});

async function publish(topics: Topics, input: Input, arn: string): Promise<ServiceResponse> {
  const message = messageIn(input);
  const topic = topicNamed(topics, arn);
  return success("Publish", delivered(await topics.publish(topic, messageTo(topic, input, message))));
}

/** The entries of a batch. @throws ServiceError when SNS would take none of them */
function entriesIn(input: Input): readonly Input[] {
  const entries = objectsIn(input, "PublishBatchRequestEntries");
  const most = snsLimits.batchEntries;
  if (entries.length === 0)
    throw new ServiceError("EmptyBatchRequest", "The batch request doesn't contain any entries.");
  if (entries.length > most)
    throw new ServiceError(
      "TooManyEntriesInBatchRequest",
      `The batch request contains more entries than permissible (got ${entries.length}, at most ${most}).`,
    );
  const ids = entries.map((entry) => optionalTextIn(entry, "Id") ?? "");
  if (ids.some((id) => !/^[\w-]{1,80}$/.test(id)))
    throw new ServiceError(
      "InvalidBatchEntryId",
      "The Id of a batch entry in a batch request doesn't abide by the specification.",
    );
  if (new Set(ids).size < ids.length)
    throw new ServiceError("BatchEntryIdsNotDistinct", "Two or more batch entries in the request have the same Id.");
  return entries;
}

/** Publishes several messages; one that is refused stops none of the others. */
async function publishBatch(topics: Topics, input: Input, arn: string): Promise<ServiceResponse> {
  const entries = entriesIn(input);
  const topic = topicNamed(topics, arn);
  const [successful, failed]: [Element[], Element[]] = [[], []];
  const messages: { readonly Id: string; readonly message: Message }[] = [];
  for (const entry of entries) {
    const Id = String(entry["Id"]);
    try {
      messages.push({ Id, message: messageTo(topic, entry, messageIn(entry)) });
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      failed.push({ Id, Code: error.code, Message: error.message, SenderFault: "true" });
    }
  }
  if (batchBytes(messages.map(({ message }) => message)) > snsLimits.messageBytes)
    throw new ServiceError(
      "BatchRequestTooLong",
      "The length of all the batch messages put together is more than the limit.",
    );
  for (const { Id, message } of messages) successful.push({ Id, ...delivered(await topics.publish(topic, message)) });
  return success("PublishBatch", { Successful: { member: successful }, Failed: { member: failed } });
}

/** The rights that publishing takes; of the topic's own key, too. */
export function publishNeeds(topics: Topics, arn: string): Need[] {
  const keyArn = topics.byArn(arn)?.keyArn;
  const uses = keyArn === undefined ? [] : ["kms:GenerateDataKey", "kms:Decrypt"];
  const context = { "aws:sns:topicArn": arn };
  return [
    { action: "sns:Publish", resource: arn },
    ...uses.map((action) => viaService("sns", { action, keyArn: keyArn ?? "", context })),
  ];
}

/** Number of topics in a page (SNS API reference, ListTopics). */
const TOPICS_A_PAGE = 100;

function listTopics(topics: Topics, input: Input): Operation {
  const token = optionalTextIn(input, "NextToken");
  return {
    needs: [{ action: "sns:ListTopics", resource: "*" }],
    run: () => {
      const { items, next } = pageOf(topics.all, TOPICS_A_PAGE, token, "InvalidParameter");
      const members = { member: items.map(({ arn }) => ({ TopicArn: arn })) };
      return success("ListTopics", { Topics: members, NextToken: next });
    },
  };
}

/** SNS: publishing, and which topics there are. */
export function snsService(topics: Topics): Service {
  return {
    failure,
    operation: ({ body }: ServiceRequest) => {
      const form = new URLSearchParams(body.toString("utf8"));
      const operation = form.get("Action") ?? "";
      const members = Object.hasOwn(snsMembers, operation) ? snsMembers[operation] : undefined;
      if (!members) throw notEmulated("SNS", operation);
      const input = formInput(form);
      checkMembers("SNS", operation, input, members);
      if (operation === "ListTopics") return listTopics(topics, input);
      const arn = checkedArn(optionalTextIn(input, "TopicArn") ?? optionalTextIn(input, "TargetArn") ?? "");
      const perform = operation === "Publish" ? publish : publishBatch;
      return { needs: publishNeeds(topics, arn), run: () => perform(topics, input, arn) };
    },
  };
}
