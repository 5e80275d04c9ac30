import { isObject } from "../../lib/json";
import { isLogged } from "./log-line";
import { logger } from "./telemetry";

/** Whether a function writes what helps to follow one request. */
export const isDebugging = isLogged("DEBUG");

/**
 * Writes a line that helps to follow one request, at DEBUG.
 *
 * @param fields names, numbers and decisions of ours, made when they are wanted: nothing that a caller sent, no secret
 *
 * @example
 * debug("idempotency", () => ({ idempotency: { key: key !== undefined, created } }));
 */
export function debug(message: string, fields: () => Readonly<Record<string, unknown>>): void {
  if (isDebugging) logger().debug(message, fields());
}

/** Type and size of a value, without its content. */
function shapeOf(value: unknown): string {
  if (typeof value === "string") return `text of ${value.length}`;
  if (Array.isArray(value)) return `list of ${value.length}`;
  if (isObject(value)) return `object of ${Object.keys(value).length}`;
  return value === null ? "null" : typeof value;
}

/** The shape of each field of a parsed part of a request, whose fields are those that its schema declares. */
export const shapesOf = (part: unknown): unknown =>
  isObject(part)
    ? Object.fromEntries(Object.entries(part).map(([name, value]) => [name, shapeOf(value)]))
    : shapeOf(part);
