import { invalidArgument } from "./errors";
import { isAfter } from "./key-order";

const MOST_KEYS = 1000;

function lengthIn(query: URLSearchParams, name: string): number {
  const text = query.get(name) ?? String(MOST_KEYS);
  if (/^\d+$/.test(text) && Number(text) < 2 ** 31) return Math.min(Number(text), MOST_KEYS);
  throw invalidArgument(name, text, `Provided ${name} not an integer or within integer range`);
}

/** Encoding of keys: as they are, or as in URLs, for those that XML can't contain. */
function encoder(type: string | null): (text: string) => string {
  if (type === null) return (text) => text;
  if (type === "url") return (text) => encodeURIComponent(text).replaceAll("%2F", "/").replaceAll("%20", "+");
  throw invalidArgument("encoding-type", type, "Invalid Encoding Method specified in Request");
}

/** Parameters that all lists of a bucket share. */
export interface ListParameters {
  readonly prefix: string;
  readonly delimiter: string;
  readonly limit: number;
  readonly encode: (text: string) => string;
  /** Parameters that the response repeats. */
  readonly echo: Readonly<Record<string, string | number>>;
}

/**
 * @param length the parameter that says how long a page is
 * @throws ServiceError `InvalidArgument`
 */
export function listParameters(query: URLSearchParams, length = "max-keys"): ListParameters {
  const [prefix, delimiter] = [query.get("prefix") ?? "", query.get("delimiter") ?? ""];
  const limit = lengthIn(query, length);
  const encode = encoder(query.get("encoding-type"));
  const echo = {
    Prefix: encode(prefix),
    MaxKeys: limit,
    ...(delimiter === "" ? {} : { Delimiter: encode(delimiter) }),
    ...(query.has("encoding-type") ? { EncodingType: "url" } : {}),
  };
  return { prefix, delimiter, limit, encode, echo };
}

/** The condition keys of a list (Service Authorization Reference, "Condition keys for Amazon S3"). */
export function listContextKeys(query: URLSearchParams): Readonly<Record<string, string>> {
  const given = ["prefix", "delimiter", "max-keys"].flatMap((name) => {
    const value = query.get(name);
    return value === null ? [] : [[`s3:${name}`, value]];
  });
  return Object.fromEntries(given);
}

/** The common prefix of a key in a list, up to the delimiter; undefined where the key is listed itself. */
function groupOf(key: string, { prefix, delimiter }: ListParameters): string | undefined {
  const end = delimiter === "" ? -1 : key.indexOf(delimiter, prefix.length);
  return end < 0 ? undefined : key.slice(0, end + delimiter.length);
}

export interface ListEntry<T> {
  /** The key, or what several have in common: whereby lists are sorted. */
  readonly name: string;
  /** None for a group. */
  readonly item: T | undefined;
}

export interface ListPage<T> {
  readonly items: readonly T[];
  readonly groups: readonly string[];
  /** The entry after which the next page goes on, if there is one. */
  readonly last: ListEntry<T> | undefined;
}

/**
 * The part of a sorted list that comes after a place.
 *
 * @param isPast whether an item comes after it; groups do by their name
 */
export function listPage<T extends { readonly key: string }>(
  sorted: readonly T[],
  parameters: ListParameters,
  { after, isPast }: { readonly after: string; readonly isPast: (item: T) => boolean },
): ListPage<T> {
  const { limit } = parameters;
  const page: ListEntry<T>[] = [];
  for (const item of sorted) {
    const group = groupOf(item.key, parameters);
    const isNew = group === undefined ? isPast(item) : isAfter(group, after) && page.at(-1)?.name !== group;
    if (!isNew) continue;
    if (page.length === limit) return pageOf(page, limit > 0 ? page.at(-1) : undefined);
    page.push(group === undefined ? { name: item.key, item } : { name: group, item: undefined });
  }
  return pageOf(page, undefined);
}

function pageOf<T>(page: readonly ListEntry<T>[], last: ListEntry<T> | undefined): ListPage<T> {
  return {
    items: page.flatMap(({ item }) => (item === undefined ? [] : [item])),
    groups: page.flatMap(({ name, item }) => (item === undefined ? [name] : [])),
    last,
  };
}
