import { createHash } from "node:crypto";
import { sqsLimits } from "../../../aws/limits";
import { type Input, mapIn, objectsIn, optionalTextIn } from "../json-protocol";
import { ServiceError } from "../service";
import { md5OfAttributes, sequenceText } from "./attributes";
import { badBatch, invalid, missing, within } from "./errors";
import { attributesIn, invalidCharacters, systemAttributesIn } from "./message-attributes";
import { md5, type Queue } from "./queue";

const bodyOf = (input: Input): string => optionalTextIn(input, "MessageBody") ?? "";

function bytesOf(input: Input): number {
  const attributes = [...mapIn(input, "MessageAttributes")].flatMap(([name, attribute]) => [
    name,
    ...Object.values(attribute).filter((value): value is string => typeof value === "string"),
  ]);
  return [bodyOf(input), ...attributes].reduce((sum, text) => sum + Buffer.byteLength(text), 0);
}

/** Which of the messages it is, in queues that keep the order. @throws ServiceError when the queue does not take it */
function orderIn({ definition: { fifo } }: Queue, input: Input, body: string) {
  const [groupId, given] = [
    idIn(input, "MessageGroupId", fifo !== undefined),
    idIn(input, "MessageDeduplicationId", false),
  ];
  const group = groupId === undefined ? {} : { groupId };
  if (!fifo) {
    if (given !== undefined) throw notOfThisType("MessageDeduplicationId", given);
    return group;
  }
  if (input["DelaySeconds"]) throw notOfThisType("DelaySeconds", input["DelaySeconds"]);
  const deduplicationId = given ?? (fifo.contentBasedDeduplication ? sha256(body) : undefined);
  if (deduplicationId === undefined) throw noDeduplication();
  return { ...group, deduplicationId };
}

const noDeduplication = () =>
  invalid(
    "The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly",
  );

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

const notOfThisType = (parameter: string, value: unknown) =>
  invalid(
    `Value ${value} for parameter ${parameter} is invalid. Reason: The request include parameter that is not valid for this queue type.`,
  );

/** Up to 128 letters, digits and punctuation. (SQS API reference, SendMessage) */
function idIn(input: Input, parameter: string, isRequired: boolean): string | undefined {
  const id = optionalTextIn(input, parameter);
  if (id === undefined) {
    if (isRequired) throw missing(parameter);
    return undefined;
  }
  if (/^[\x21-\x7e]{1,128}$/.test(id)) return id;
  throw invalid(
    `Value ${id} for parameter ${parameter} is invalid. Reason: ${parameter} can only include alphanumeric and punctuation characters. 1 to 128 in length.`,
  );
}

/** The message of a request. @throws ServiceError when SQS would refuse it */
function messageIn(queue: Queue, input: Input) {
  const { maxMessageBytes = sqsLimits.messageBytes } = queue.definition;
  const body = bodyOf(input);
  if (body === "") throw missing("MessageBody");
  const [attributes, system] = [attributesIn(input), systemAttributesIn(input)];
  if (bytesOf(input) > maxMessageBytes) {
    throw invalid(`One or more parameters are invalid. Reason: Message must be shorter than ${maxMessageBytes} bytes.`);
  }
  if (invalidCharacters.test(body)) {
    throw new ServiceError(
      "InvalidMessageContents",
      "Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF.",
    );
  }
  const delay = input["DelaySeconds"];
  within("DelaySeconds", delay, sqsLimits.delaySeconds, "DelaySeconds must be >= 0 and <= 900.");
  const traceHeader = system["AWSTraceHeader"]?.StringValue;
  const content = { body, attributes, ...orderIn(queue, input, body), ...(traceHeader ? { traceHeader } : {}) };
  return { content: { ...content, delaySeconds: typeof delay === "number" ? delay : undefined }, system };
}

/** Takes a message. */
export function send(queue: Queue, input: Input) {
  const { content, system } = messageIn(queue, input);
  const { messageId, sequenceNumber } = queue.send(content);
  return {
    MessageId: messageId,
    MD5OfMessageBody: md5(content.body),
    MD5OfMessageAttributes: md5OfAttributes(content.attributes),
    MD5OfMessageSystemAttributes: md5OfAttributes(system),
    SequenceNumber: sequenceNumber === undefined ? undefined : sequenceText(sequenceNumber),
  };
}

/** The entries of a batch. @throws ServiceError when SQS would take none of them */
export function entriesIn(input: Input, operation: string): readonly Input[] {
  const entries = objectsIn(input, "Entries");
  if (entries.length === 0) {
    throw badBatch("EmptyBatchRequest", `There should be at least one ${operation}RequestEntry in the request.`);
  }
  if (entries.length > sqsLimits.batchEntries) {
    const message = `Maximum number of entries per request are ${sqsLimits.batchEntries}. You have sent ${entries.length}.`;
    throw badBatch("TooManyEntriesInBatchRequest", message);
  }
  const ids = entries.map((entry) => optionalTextIn(entry, "Id") ?? "");
  if (ids.some((id) => !/^[\w-]{1,80}$/.test(id))) {
    const form = "A batch entry id can only contain alphanumeric characters, hyphens and underscores.";
    throw badBatch("InvalidBatchEntryId", `${form} It can be at most 80 letters long.`);
  }
  const repeated = ids.find((id, index) => ids.indexOf(id) !== index);
  if (repeated !== undefined) throw badBatch("BatchEntryIdsNotDistinct", `Id ${repeated} repeated.`);
  return entries;
}

/** Does something with each entry of a batch; one that is refused stops none of the others. */
export function eachEntry(entries: readonly Input[], work: (entry: Input) => object) {
  const Successful: object[] = [];
  const Failed: object[] = [];
  for (const entry of entries) {
    try {
      Successful.push({ Id: entry["Id"], ...work(entry) });
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      const [Code = error.code] = error.members["x-amzn-query-error"]?.split(";") ?? [];
      Failed.push({ Id: entry["Id"], SenderFault: true, Code, Message: error.message });
    }
  }
  return { Successful, Failed };
}

/**
 * A queue that keeps the order takes none of a batch of which one entry lacks an id (recorded: LocalStack's tests,
 * test_send_batch_missing_message_group_id_for_fifo_queue and test_send_batch_missing_deduplication_id_for_fifo_queue).
 */
function checkIds({ definition: { fifo } }: Queue, entries: readonly Input[]): void {
  if (!fifo) return;
  const lacks = (name: string) => entries.some((entry) => optionalTextIn(entry, name) === undefined);
  if (lacks("MessageGroupId")) throw invalid("The request must contain the parameter MessageGroupId.");
  if (!fifo.contentBasedDeduplication && lacks("MessageDeduplicationId")) throw noDeduplication();
}

/** Takes several messages, as far as each can be taken. */
export function sendBatch(queue: Queue, input: Input) {
  const entries = entriesIn(input, "SendMessageBatch");
  const bytes = entries.reduce((sum, entry) => sum + bytesOf(entry), 0);
  if (bytes > sqsLimits.messageBytes) {
    const message = `Batch requests cannot be longer than ${sqsLimits.messageBytes} bytes. You have sent ${bytes} bytes.`;
    throw badBatch("BatchRequestTooLong", message);
  }
  checkIds(queue, entries);
  return eachEntry(entries, (entry) => send(queue, entry));
}
