import { sqsLimits } from "../../../aws/limits";
import { withoutEndingZeros } from "../../lib/idle-zeros";
import { type Input, mapIn, optionalTextIn, textsIn } from "../json-protocol";
import { invalid, unsupported } from "./errors";
import type { MessageAttribute } from "./queue";

/**
 * The attributes of messages. (SQS developer guide, "Amazon SQS message metadata": names of up to 256 characters A–Z, a–z,
 * 0–9, _, - and ., no period at either end or after another, none that begins with AWS. or Amazon.; values that are not
 * empty; numbers of up to 38 digits, from -10^128 to 10^126)
 */

export type Attributes = Readonly<Record<string, MessageAttribute>>;

const LONGEST = 256;

/** Characters that XML has no form for. */
export const invalidCharacters = /[^\t\n\r\x20-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;

function checkName(name: string): void {
  if (Buffer.byteLength(name) > LONGEST) throw invalid("Message (user) attribute names must be shorter than 256 Bytes");
  if (!/^[\w.-]+$/.test(name))
    throw invalid(
      "Message (user) attributes name can only contain upper and lower score characters, digits, periods, hyphens and underscores. ",
    );
  if (/^(aws|amazon)\.|^\.|\.$|\.\./i.test(name))
    throw invalid(
      "You can't use message attribute names beginning with 'AWS.' or 'Amazon.'. These strings are reserved for internal use. Additionally, they cannot start or end with '.'.",
    );
}

function checkType(name: string, type: string): void {
  if (type === "") throw invalid(`The message attribute '${name}' must contain a non-empty message attribute type.`);
  if (Buffer.byteLength(type) > LONGEST) throw invalid("Message (user) attribute types must be shorter than 256 Bytes");
  if (!/^(String|Number|Binary)(\.|$)/.test(type))
    throw invalid(
      `The type of message (user) attribute '${name}' is invalid. You must use only the following types: the set of supported type prefixes is Binary, Number, and String.`,
    );
}

/** Whether a text is a number that SQS and SNS take. */
export function isNumber(text: string): boolean {
  const [, sign, whole = "", fraction = "", power = "0"] =
    /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,4}))?$/.exec(text) ?? [];
  if (sign === undefined || whole + fraction === "") return false;
  const digits = withoutEndingZeros((whole + fraction).replace(/^0+/, ""));
  const leading = whole.replace(/^0+/, "").length || -(/^0*/.exec(fraction)?.[0].length ?? 0);
  return digits.length <= 38 && leading + Number(power) <= (sign === "-" ? 129 : 127);
}

function attributeIn(input: Input, name: string): MessageAttribute {
  const type = optionalTextIn(input, "DataType") ?? "";
  checkType(name, type);
  const isBinary = type.startsWith("Binary");
  if (textsIn(input, "StringListValues").length > 0 || textsIn(input, "BinaryListValues").length > 0)
    throw unsupported("Message attribute list values in SendMessage operation are not supported.");
  const [text, binary] = [optionalTextIn(input, "StringValue"), optionalTextIn(input, "BinaryValue")];
  const [value, other] = isBinary ? [binary, text] : [text, binary];
  const [kind = ""] = type.split(".");
  if (value === undefined || value === "")
    throw invalid(`Message (user) attribute '${name}' must contain a non-empty value of type '${kind}'.`);
  if (other !== undefined) throw invalid(`Message (user) attribute '${name}' has more than one value.`);
  if (!isBinary && invalidCharacters.test(value))
    throw invalid(`Message (user) attribute '${name}' has a value with invalid characters.`);
  if (kind === "Number" && !isNumber(value))
    throw invalid(`Can't cast the value of message (user) attribute '${name}' to a number.`);
  return { DataType: type, ...(isBinary ? { BinaryValue: value } : { StringValue: value }) };
}

/** A message's own attributes. @throws ServiceError when one is none that SQS takes */
export function attributesIn(input: Input): Attributes {
  const given = mapIn(input, "MessageAttributes");
  const most = sqsLimits.messageAttributes;
  if (given.size > most)
    throw invalid(`Number of message attributes [${given.size}] exceeds the allowed maximum [${most}].`);
  return Object.fromEntries(
    [...given].map(([name, attribute]) => {
      checkName(name);
      return [name, attributeIn(attribute, name)];
    }),
  );
}

/** A message's system attributes, of which there is one that can be sent. @throws ServiceError when it is another */
export function systemAttributesIn(input: Input): Attributes {
  const given = [...mapIn(input, "MessageSystemAttributes")];
  return Object.fromEntries(
    given.map(([name, attribute]) => {
      if (name !== "AWSTraceHeader") throw invalid(`Message system attribute name '${name}' is invalid.`);
      const value = attributeIn(attribute, name);
      if (value.DataType !== "String")
        throw invalid(`The value of message system attribute '${name}' must be a String.`);
      return [name, value];
    }),
  );
}
