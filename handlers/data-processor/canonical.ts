/** A parsed JSON value. */
type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

const member = (value: { readonly [name: string]: Json }, name: string): string =>
  `${JSON.stringify(name)}:${canonical(value[name] ?? null)}`;

/**
 * The canonical text of a JSON value (RFC 8785): no spaces, names in the order of their UTF-16 units, numbers and
 * strings as ECMAScript prints them. Equal values have equal texts, however they were written.
 */
export function canonical(value: Json): string {
  if (Array.isArray(value)) return `[${(value as readonly Json[]).map(canonical).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const object = value as { readonly [name: string]: Json };
  return `{${Object.keys(object)
    .sort()
    .map((name) => member(object, name))
    .join(",")}}`;
}

/** What kind of JSON value it is. */
export function typeOf(value: Json): "array" | "boolean" | "null" | "number" | "object" | "string" {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  return typeof value as "boolean" | "number" | "object" | "string";
}

/** What a request's parsed body holds, whose types the schema leaves open. */
export const asJson = (value: unknown): Json => value as Json;
