import { isObject, type JsonObject } from "../../../lib/json";
import { allMet, type Leaf, parsed, valuesAt } from "../event-pattern";
import type { MessageAttribute } from "../sqs/queue";

/** An attribute's values as policies see them: of an array each. */
function attributeValues({ DataType, StringValue = "" }: MessageAttribute): readonly Leaf[] {
  const [type, kind] = DataType.split(".");
  if (type === "Number") return [Number(StringValue)];
  if (type !== "String") return [];
  return kind === "Array" ? valuesAt(parsed(StringValue), []) : [StringValue];
}

/** Whether a message's attributes are wanted. */
export function wantsAttributes(policy: JsonObject, attributes: Readonly<Record<string, MessageAttribute>>): boolean {
  const valuesOf = ([name = ""]: readonly string[]) => {
    const attribute = Object.hasOwn(attributes, name) ? attributes[name] : undefined;
    return attribute ? attributeValues(attribute) : [];
  };
  return allMet(policy, valuesOf, []);
}

/** Whether a message's body, in JSON, is wanted. */
export function wantsBody(policy: JsonObject, body: string): boolean {
  const content = parsed(body);
  return isObject(content) && allMet(policy, (path) => valuesAt(content, path), []);
}
