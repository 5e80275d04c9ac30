import type { Exchange } from "./exchange";
import type { StageFacts } from "./stage-facts";

/** What a template has set for the answer. */
export interface Overrides {
  readonly headers: Map<string, string>;
  status: number | undefined;
}

/** What a template is rendered with. */
export interface TemplateScope {
  readonly exchange: Exchange;
  readonly stage: StageFacts;
  readonly overrides: Overrides;
  /** Of the request, or of the integration's answer. */
  readonly body: string;
  /** Set by the template itself. */
  variables?: Map<string, unknown>;
}

/** A mapping template, compiled. */
export type Template = (scope: TemplateScope) => string;

/** A template that can't be rendered for this request. */
export class TemplateError extends Error {}

/** A value that depends on the request. */
export type Expression = (scope: TemplateScope) => unknown;

/** Velocity's idea of true: all but null and false. */
export const truthy = (value: unknown): boolean => value !== undefined && value !== null && value !== false;

/** How a value is written into the text: an object as Java writes a map, a list as JSON (both recorded). */
export function written(value: unknown): string {
  if (value === undefined || value === null) return "";
  if (Array.isArray(value)) return JSON.stringify(value);
  if (typeof value !== "object") return String(value);
  const members = Object.entries(value).map(
    ([name, member]) => `${name}=${member === null ? "null" : written(member)}`,
  );
  return `{${members.join(", ")}}`;
}

/** Follows members of plain data only. */
export function walk(value: unknown, path: readonly string[]): unknown {
  let found = value;
  for (const name of path) {
    if (typeof found !== "object" || found === null || !Object.hasOwn(found, name)) return undefined;
    found = (found as Record<string, unknown>)[name];
  }
  return found;
}
