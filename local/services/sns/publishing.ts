import { createHash } from "node:crypto";
import { snsLimits } from "../../../aws/limits";
import { isObject } from "../../../lib/json";
import type { Topic } from "../../read/topic-definition";
import { type Input, mapIn, optionalTextIn } from "../json-protocol";
import { ServiceError } from "../service";
import { isNumber } from "../sqs/message-attributes";
import type { MessageAttribute } from "../sqs/queue";
import type { Message } from "./topics";

export const invalid = (reason: string): ServiceError =>
  new ServiceError("InvalidParameter", `Invalid parameter: ${reason}`);

/** An attribute that SNS does not take. (The SDK's `InvalidParameterValueException` has this code.) */
const wrongAttribute = (message: string): ServiceError => new ServiceError("ParameterValueInvalid", message);

const LONGEST = 256;

/** (SNS developer guide, "Amazon SNS message attributes": names as those of SQS) */
function checkName(name: string): void {
  if (Buffer.byteLength(name) > LONGEST)
    throw wrongAttribute("Length of message attribute name must be less than 256 bytes.");
  if (name === "") throw wrongAttribute("The message attribute name must not be empty.");
  const other = /[^\w.-]/u.exec(name)?.[0].codePointAt(0);
  if (other !== undefined)
    throw wrongAttribute(
      `Invalid non-alphanumeric character '#x${other.toString(16).toUpperCase()}' was found in the message attribute name. Can only include alphanumeric characters, hyphens, underscores, or dots.`,
    );
  if (name.startsWith("."))
    throw wrongAttribute("Invalid message attribute name starting with character '.' was found.");
  if (name.endsWith(".")) throw wrongAttribute("Invalid message attribute name ending with character '.' was found.");
  if (name.includes("..")) throw wrongAttribute("Message attribute name can not have successive '.' character.");
  if (/^(aws|amazon)\./i.test(name))
    throw wrongAttribute("Message attribute name can not begin with 'AWS.' or 'Amazon.', which are reserved.");
}

function attributeIn(input: Input, name: string): MessageAttribute {
  const type = optionalTextIn(input, "DataType") ?? "";
  if (!/^(String|Number|Binary)(\.|$)/.test(type) || Buffer.byteLength(type) > LONGEST)
    throw wrongAttribute(
      `The message attribute '${name}' has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String.`,
    );
  const isBinary = type.startsWith("Binary");
  const value = optionalTextIn(input, isBinary ? "BinaryValue" : "StringValue");
  if (value === undefined || value === "")
    throw wrongAttribute(
      `The message attribute '${name}' must contain non-empty message attribute value for message attribute type '${type}'.`,
    );
  if (type.startsWith("Number") && !isNumber(value))
    throw wrongAttribute(`Could not cast message attribute '${name}' value to number.`);
  return { DataType: type, ...(isBinary ? { BinaryValue: value } : { StringValue: value }) };
}

const attributesIn = (input: Input): Readonly<Record<string, MessageAttribute>> =>
  Object.fromEntries(
    [...mapIn(input, "MessageAttributes")].map(([name, attribute]) => {
      checkName(name);
      return [name, attributeIn(attribute, name)];
    }),
  );

const bytesOf = ({ message, attributes = {} }: Message): number =>
  Buffer.byteLength(message) +
  Object.entries(attributes)
    .flatMap(([name, attribute]) => [name, ...Object.values(attribute)])
    .reduce((sum, text) => sum + Buffer.byteLength(text), 0);

/** A message structure: the message for each protocol. (SNS API reference, Publish, MessageStructure) */
function variants(text: string): Readonly<Record<string, string>> {
  const structure = (reason: string) => invalid(`Message Structure - ${reason}`);
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw structure("JSON message body failed to parse");
  }
  if (!isObject(parsed)) throw structure("JSON message body failed to parse");
  const texts = Object.entries(parsed).filter((entry): entry is [string, string] => typeof entry[1] === "string");
  if (!texts.some(([protocol]) => protocol === "default")) throw structure("No default entry in JSON message body");
  return Object.fromEntries(texts);
}

function structureIn(input: Input, text: string): Pick<Message, "variants"> {
  const structure = optionalTextIn(input, "MessageStructure");
  if (structure === undefined) return {};
  if (structure !== "json") throw invalid("MessageStructure");
  return { variants: variants(text) };
}

/** Up to 128 letters, digits and punctuation. */
function idIn(input: Input, name: string): string | undefined {
  const id = optionalTextIn(input, name);
  if (id === undefined || /^[\x21-\x7e]{1,128}$/.test(id)) return id;
  throw invalid(`${name} Reason: can only include alphanumeric and punctuation characters. 1 to 128 in length.`);
}

/** Which of the messages it is, in topics that keep the order. */
function orderIn({ fifo }: Topic, input: Input, text: string): Pick<Message, "groupId" | "deduplicationId"> {
  const [groupId, given] = [idIn(input, "MessageGroupId"), idIn(input, "MessageDeduplicationId")];
  if (!fifo) {
    if (given === undefined) return groupId === undefined ? {} : { groupId };
    throw invalid(
      "MessageDeduplicationId Reason: The request includes MessageDeduplicationId parameter that is not valid for this topic type",
    );
  }
  if (groupId === undefined) throw invalid("The MessageGroupId parameter is required for FIFO topics");
  const byContent = createHash("sha256").update(text).digest("hex");
  const deduplicationId = given ?? (fifo.contentBasedDeduplication ? byContent : undefined);
  if (deduplicationId !== undefined) return { groupId, deduplicationId };
  throw invalid(
    "The topic should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly",
  );
}

/** The message of a request. @throws ServiceError when SNS would refuse it */
export function messageIn(input: Input): Message {
  const subject = optionalTextIn(input, "Subject");
  const text = optionalTextIn(input, "Message") ?? "";
  if (text === "") throw invalid("Empty message");
  const message = { message: text, attributes: attributesIn(input), ...structureIn(input, text) };
  if (subject !== undefined && (!/^[\x20-\x7e]+$/.test(subject) || subject.length > snsLimits.subjectCharacters))
    throw invalid("Subject");
  if (bytesOf(message) > snsLimits.messageBytes) throw invalid("Message too long");
  return { ...message, ...(subject === undefined ? {} : { subject }) };
}

/** The message as a topic takes it. @throws ServiceError when it does not */
export const messageTo = (topic: Topic, input: Input, message: Message): Message => ({
  ...message,
  ...orderIn(topic, input, message.message),
});

/** Of a batch, in bytes. */
export const batchBytes = (messages: readonly Message[]): number =>
  messages.reduce((sum, message) => sum + bytesOf(message), 0);
