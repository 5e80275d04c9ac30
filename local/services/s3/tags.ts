import { s3Limits } from "../../../aws/limits";
import { ServiceError, type ServiceRequest } from "../service";
import { areTagCharacters } from "../tag-characters";
import { invalidArgument } from "./errors";
import { said } from "./rules";
import { malformed, parseXml, textsOf } from "./xml-input";

/** The tags of an object, in their order: key and value. */
export type Tags = readonly (readonly [key: string, value: string])[];

const header = "x-amz-tagging";

const invalidTag = (message: string, members: Readonly<Record<string, string>>): ServiceError =>
  new ServiceError("InvalidTag", message, { members });

const isText = (text: string, most: number): boolean => [...text].length <= most && areTagCharacters(text);

/** @throws ServiceError for tags that no object has (S3 User Guide, "Categorizing your objects using tags") */
function checked(tags: Tags): Tags {
  if (tags.length > s3Limits.tags) {
    throw new ServiceError("BadRequest", `Object tags cannot be greater than ${s3Limits.tags}`);
  }
  for (const [key, value] of tags) {
    if (key === "" || !isText(key, s3Limits.tagKeyCharacters)) {
      throw invalidTag("The TagKey you have provided is invalid", { TagKey: key });
    }
    if (!isText(value, s3Limits.tagValueCharacters)) {
      throw invalidTag("The TagValue you have provided is invalid", { TagKey: key, TagValue: value });
    }
    if (/^aws:/i.test(key)) throw invalidTag("Your TagKey cannot be prefixed with aws:", { TagKey: key });
  }
  return tags;
}

const repeatedIn = (tags: Tags): string | undefined =>
  tags.find(([key], index) => tags.slice(0, index).some(([before]) => before === key))?.[0];

/** A text of a form; undefined where its escapes are no characters. */
function unescaped(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return undefined;
  }
}

/** The tags in a request's header, as a form has them. @throws ServiceError for what is none, or S3 does not take */
export function tagsIn(request: ServiceRequest): Tags {
  const text = said(request)[header] ?? "";
  const pairs = text.split("&").filter((pair) => pair !== "");
  const tags = pairs.flatMap((pair): Tags => {
    const [key = "", ...value] = pair.split("=").map(unescaped);
    return value.includes(undefined) ? [] : [[key, value.join("=")]];
  });
  const isForm = tags.length === pairs.length && !pairs.some((pair) => unescaped(pair) === undefined);
  if (isForm && repeatedIn(tags) === undefined) return checked(tags);
  throw invalidArgument(
    header,
    text,
    "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query parameters without tag name duplicates.",
  );
}

/** Whether a request has tags for the object that it puts. */
export const hasTags = (request: ServiceRequest): boolean => (said(request)[header] ?? "") !== "";

/** The tags in a document. @throws ServiceError `MalformedXML`, or as above */
export function tagsOfDocument(body: Buffer): Tags {
  const root = parseXml(body);
  const [set, ...others] = root.children;
  if (root.name !== "Tagging" || set?.name !== "TagSet" || others.length > 0) throw malformed();
  const tags = set.children.map((tag): Tags[number] => {
    const { Key, Value, ...rest } = textsOf(tag);
    if (tag.name !== "Tag" || Key === undefined || Value === undefined || Object.keys(rest).length > 0)
      throw malformed();
    return [Key, Value];
  });
  const repeated = repeatedIn(tags);
  if (repeated === undefined) return checked(tags);
  throw invalidTag("Cannot provide multiple Tags with the same key", { TagKey: repeated });
}
