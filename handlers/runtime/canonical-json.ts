import { isObject } from "../../lib/json";

/**
 * The canonical text of a JSON value (RFC 8785): no spaces, names in the order of their UTF-16 units, numbers and
 * strings as ECMAScript prints them. Equal values have equal texts, however they were written.
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (!isObject(value)) return JSON.stringify(value ?? null);
  const names = Object.keys(value).filter((name) => value[name] !== undefined);
  return `{${names
    .sort()
    .map((name) => `${JSON.stringify(name)}:${canonicalJson(value[name])}`)
    .join(",")}}`;
}
