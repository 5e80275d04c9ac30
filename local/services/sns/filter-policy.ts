import { isObject, type JsonObject } from "../../../lib/json";
import { type Leaf, parsed, unmetIn, unmetWords, valuesAt } from "../event-pattern";
import type { MessageAttribute } from "../sqs/queue";

/** An attribute's values as policies see them: of an array each. */
function attributeValues({ DataType, StringValue = "" }: MessageAttribute): readonly Leaf[] {
  const [type, kind] = DataType.split(".");
  if (type === "Number") return [Number(StringValue)];
  if (type !== "String") return [];
  return kind === "Array" ? valuesAt(parsed(StringValue), []) : [StringValue];
}

/** Why a message is not wanted for its attributes, in words; undefined where it is. */
export function unwantedAttributes(
  policy: JsonObject,
  attributes: Readonly<Record<string, MessageAttribute>>,
): string | undefined {
  const valuesOf = ([name = ""]: readonly string[]) => {
    const attribute = Object.hasOwn(attributes, name) ? attributes[name] : undefined;
    return attribute ? attributeValues(attribute) : [];
  };
  const unmet = unmetIn(policy, valuesOf);
  return unmet && `of the message's attributes ${unmetWords(unmet)}`;
}

/** The same for its body, in JSON. */
export function unwantedBody(policy: JsonObject, body: string): string | undefined {
  const content = parsed(body);
  if (!isObject(content)) return "the message's body is no JSON object, and properties of it are asked for";
  const unmet = unmetIn(policy, (path) => valuesAt(content, path));
  return unmet && `of the message's body ${unmetWords(unmet)}`;
}
