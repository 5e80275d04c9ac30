import { type Input, textsIn } from "../json-protocol";
import { areTagCharacters } from "../tag-characters";
import { invalid, missing } from "./errors";
import type { Queue } from "./queue";

/** (SQS developer guide, "Amazon SQS cost allocation tags") */
const MOST_TAGS = 50;

/** @throws ServiceError for a key that no tag has */
function checkKey(key: string): void {
  if (key.length < 1 || key.length > 128 || !areTagCharacters(key)) throw invalid(`Tag key ${key} is invalid.`);
  if (key.toLowerCase().startsWith("aws:")) throw invalid("Tag keys must not begin with aws:, which is reserved.");
}

function tagsIn(input: Input): readonly (readonly [string, string])[] {
  const tags = input["Tags"];
  if (typeof tags !== "object" || tags === null) throw missing("Tags");
  return Object.entries(tags).map(([key, value]) => {
    checkKey(key);
    const isValue = typeof value === "string" && value.length <= 256 && areTagCharacters(value);
    if (!isValue) throw invalid(`The value of tag ${key} is invalid.`);
    return [key, value] as const;
  });
}

/** `TagQueue`: adds tags, and replaces those of the same keys. */
export function tagQueue(queue: Queue, input: Input): object {
  const tags = new Map([...queue.tags, ...tagsIn(input)]);
  if (tags.size > MOST_TAGS) throw invalid(`Too many tags added for queue ${queue.definition.name}.`);
  queue.tags = tags;
  return {};
}

/** `UntagQueue`; keys without a tag make no difference. */
export function untagQueue(queue: Queue, input: Input): object {
  const keys = textsIn(input, "TagKeys");
  if (keys.length === 0) throw missing("TagKeys");
  queue.tags = new Map([...queue.tags].filter(([key]) => !keys.includes(key)));
  return {};
}

/** `ListQueueTags`; no member where there are none. */
export const queueTags = ({ tags }: Queue): object => (tags.size === 0 ? {} : { Tags: Object.fromEntries(tags) });
