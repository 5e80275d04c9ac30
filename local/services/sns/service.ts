import { snsLimits } from "../../../aws/limits";
import { formInput } from "../form-input";
import { type Input, objectsIn, optionalTextIn } from "../json-protocol";
import { viaService } from "../key-use";
import { checkMembers } from "../members";
import { queryProtocol } from "../query-protocol";
import {
  type Need,
  notEmulated,
  type Service,
  ServiceError,
  type ServiceRequest,
  type ServiceResponse,
} from "../service";
import { sequenceText } from "../sqs/attributes";
import type { Element } from "../xml";
import { snsMembers } from "./members";
import { arnIn, topicNamed } from "./names";
import { batchBytes, messageIn, messageTo } from "./publishing";
import { readingOperations } from "./reading";
import type { Message, Sent, Topics } from "./topics";

const { success, failure } = queryProtocol("http://sns.amazonaws.com/doc/2010-03-31/");

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

/** SNS: publishing, and reading what topics and subscriptions there are. */
export function snsService(topics: Topics): Service {
  return {
    failure,
    operation: ({ body }: ServiceRequest) => {
      const form = new URLSearchParams(body.toString("utf8"));
      const operation = form.get("Action") ?? "";
      const members = Object.hasOwn(snsMembers, operation) ? snsMembers[operation] : undefined;
      if (!members) throw notEmulated("SNS", operation);
      const input = formInput(form, members);
      checkMembers("SNS", operation, input, members);
      const read = Object.hasOwn(readingOperations, operation) ? readingOperations[operation] : undefined;
      if (read) return read(topics, input);
      const isOne = operation === "Publish";
      const arn = isOne ? arnIn(input, "TopicArn", "TargetArn") : arnIn(input, "TopicArn");
      const perform = isOne ? publish : publishBatch;
      return { needs: publishNeeds(topics, arn), run: () => perform(topics, input, arn) };
    },
  };
}
