import { sqsLimits } from "../../../aws/limits";
import { type Input, mapIn, objectsIn, optionalTextIn } from "../json-protocol";
import { ServiceError } from "../service";
import { md5OfAttributes } from "./attributes";
import { badBatch, invalid, missing, within } from "./errors";
import { type MessageAttribute, md5, type Queue } from "./queue";

type Attributes = Readonly<Record<string, MessageAttribute>>;

const bodyOf = (input: Input): string => optionalTextIn(input, "MessageBody") ?? "";

function attributeIn(input: Input, name: string): MessageAttribute {
  const type = optionalTextIn(input, "DataType") ?? "";
  if (!/^(String|Number|Binary)(\..+)?$/.test(type)) {
    const rule = "the set of supported type prefixes is Binary, Number, and String.";
    throw invalid(
      `The type of message (user) attribute '${name}' is invalid. You must use only the following types: ${rule}`,
    );
  }
  const [text, binary] = [optionalTextIn(input, "StringValue"), optionalTextIn(input, "BinaryValue")];
  if ((type.startsWith("Binary") ? binary : text) === undefined) {
    throw invalid(`The message attribute '${name}' must contain a value of its type.`);
  }
  return {
    DataType: type,
    ...(text === undefined ? {} : { StringValue: text }),
    ...(binary === undefined ? {} : { BinaryValue: binary }),
  };
}

function attributesOf(input: Input): Attributes {
  const given = mapIn(input, "MessageAttributes");
  const most = sqsLimits.messageAttributes;
  if (given.size > most) {
    throw invalid(`Number of message attributes [${given.size}] exceeds the allowed maximum [${most}].`);
  }
  return Object.fromEntries([...given].map(([name, attribute]) => [name, attributeIn(attribute, name)]));
}

function bytesOf(input: Input): number {
  const attributes = [...mapIn(input, "MessageAttributes")].flatMap(([name, attribute]) => [
    name,
    ...Object.values(attribute).filter((value): value is string => typeof value === "string"),
  ]);
  return [bodyOf(input), ...attributes].reduce((sum, text) => sum + Buffer.byteLength(text), 0);
}

/** What is sent. @throws ServiceError when SQS would not take it */
function messageIn({ definition: { maxMessageBytes = sqsLimits.messageBytes } }: Queue, input: Input) {
  const body = bodyOf(input);
  if (body === "") throw missing("MessageBody");
  const attributes = attributesOf(input);
  if (bytesOf(input) > maxMessageBytes) {
    throw invalid(`One or more parameters are invalid. Reason: Message must be shorter than ${maxMessageBytes} bytes.`);
  }
  // What XML has no form for.
  if (/[^\t\n\r\x20-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u.test(body)) {
    throw new ServiceError(
      "InvalidMessageContents",
      "Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF.",
    );
  }
  within("DelaySeconds", input["DelaySeconds"], sqsLimits.delaySeconds, "DelaySeconds must be >= 0 and <= 900.");
  return { body, attributes };
}

/** Takes a message. */
export function send(queue: Queue, input: Input) {
  const { body, attributes } = messageIn(queue, input);
  const delay = typeof input["DelaySeconds"] === "number" ? input["DelaySeconds"] : undefined;
  return {
    MessageId: queue.send(body, attributes, delay),
    MD5OfMessageBody: md5(body),
    MD5OfMessageAttributes: md5OfAttributes(attributes),
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

/** Does something with each entry of a batch; one that is refused holds up none of the others. */
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

/** Takes several messages, as far as each can be taken. */
export function sendBatch(queue: Queue, input: Input) {
  const entries = entriesIn(input, "SendMessageBatch");
  const bytes = entries.reduce((sum, entry) => sum + bytesOf(entry), 0);
  if (bytes > sqsLimits.messageBytes) {
    const message = `Batch requests cannot be longer than ${sqsLimits.messageBytes} bytes. You have sent ${bytes} bytes.`;
    throw badBatch("BatchRequestTooLong", message);
  }
  return eachEntry(entries, (entry) => send(queue, entry));
}
