/** A template that can't be rendered for this request. */
export class TemplateError extends Error {}

/** A list that was read from JSON, and is written as JSON (recorded). */
export class JsonList extends Array<unknown> {}

/**
 * A map of `$context`, which is written as nothing (recorded). What it has can't be set again: an override may be applied
 * once only, a second one is an error (developer guide, "Override your API's request and response parameters").
 */
export class ContextMap extends Map<string, unknown> {
  override set(name: string, value: unknown): this {
    if (this.has(name)) throw new TemplateError(`${name} is overridden twice`);
    return super.set(name, value);
  }
}

/** A member of a map, as `entrySet()` lists it. */
export class Entry {
  constructor(
    readonly key: string,
    readonly value: unknown,
  ) {}
}

/**
 * A template's value: a text, a whole number (Java's Integer and Long) as bigint, another number (Double) as number, a
 * boolean, a list, a map in the order of its members, or null.
 */
export type Value = unknown;

/** A list of a template's own, or of JSON. */
export const isList = (value: Value): value is unknown[] => Array.isArray(value);

export const isMap = (value: Value): value is Map<string, unknown> => value instanceof Map;

/**
 * The largest text that a template may make, in bytes: a response's largest payload (developer guide, "Quotas for
 * configuring and running a REST API in API Gateway").
 */
const LARGEST_TEXT = 10 * 1024 * 1024;
/** More nesting than any document has, and less than the stack takes. */
const DEEPEST = 500;

/** A text, if it is no larger than a template may make. */
export function bounded(text: string): string {
  if (text.length > LARGEST_TEXT) throw new TemplateError("a template made a text of more than 10 MB");
  return text;
}

/** Velocity's idea of true: all but null and false. */
export const truthy = (value: Value): boolean => value !== undefined && value !== null && value !== false;

/** A number as Java writes a Double: `1.0`, `1.5E10`. */
function double(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "Infinity" : "-Infinity";
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e7 || size < 1e-3)) {
    const [digits = "", exponent = ""] = value.toExponential().split("e");
    return `${digits.includes(".") ? digits : `${digits}.0`}E${exponent.replace("+", "")}`;
  }
  return Number.isInteger(value) ? `${Object.is(value, -0) ? "-0" : value}.0` : String(value);
}

/** Text of a value: a map and a list as Java writes them, a list of JSON as JSON (recorded). */
export function written(value: Value, depth = 0): string {
  if (typeof value === "string") return value;
  if (value === undefined || value === null) return "";
  if (typeof value === "number") return double(value);
  if (value instanceof JsonList) return json(value, depth);
  if (value instanceof Entry) return `${value.key}=${nested(value.value, depth)}`;
  if (value instanceof ContextMap) return "";
  if (isList(value)) return `[${joined(value, ", ", (item) => nested(item, depth))}]`;
  if (!isMap(value)) return String(value);
  return `{${joined([...value], ", ", ([name, member]) => `${name}=${nested(member, depth)}`)}}`;
}

/** Within a list or a map, Java writes null. */
const nested = (value: Value, depth: number): string =>
  value === undefined || value === null ? "null" : written(value, deeper(depth));

/** A value as JSON text. */
export function json(value: Value, depth = 0): string {
  if (value === undefined || value === null) return "null";
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "number") return Number.isFinite(value) ? double(value) : "null";
  if (value instanceof Entry) return json(new Map([[value.key, value.value]]), depth);
  const inner = (item: Value) => json(item, deeper(depth));
  if (isList(value)) return `[${joined(value, ",", inner)}]`;
  if (!isMap(value)) return String(value);
  return `{${joined([...value], ",", ([name, member]) => `${JSON.stringify(name)}:${inner(member)}`)}}`;
}

function deeper(depth: number): number {
  if (depth >= DEEPEST) throw new TemplateError("a template wrote a value that is nested too deeply");
  return depth + 1;
}

/** Joins as long as the whole is no larger than a text may be: one value may be in another many times. */
function joined<Item>(items: readonly Item[], separator: string, write: (item: Item) => string): string {
  let text = "";
  let first = true;
  for (const item of items) {
    text = bounded(first ? write(item) : text + separator + write(item));
    first = false;
  }
  return text;
}
