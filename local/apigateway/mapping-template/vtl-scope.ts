import type { StageFacts } from "../definition/stage-facts";
import type { Exchange } from "../request/exchange";

/** What templates set in `$context`, for the answer and for each other: `requestOverride` and `responseOverride`. */
export type Overrides = Readonly<Record<string, unknown>>;

/** A map without a prototype: names come from requests. */
const map = (members: object = {}): Record<string, unknown> => Object.assign(Object.create(null), members);

/** Nothing is overridden yet. */
export const newOverrides = (): Overrides => ({
  requestOverride: map({ header: map(), path: map(), querystring: map() }),
  responseOverride: map({ header: map() }),
});

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

/** A member of a value: its name, or what the name is known by only when a request comes. */
export type Step = string | Expression;

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

/** Follows members whose names may depend on the request. */
export const follow = (value: unknown, path: readonly Step[], scope: TemplateScope): unknown =>
  walk(
    value,
    path.map((step) => stepName(step, scope)),
  );

export const stepName = (step: Step, scope: TemplateScope): string =>
  typeof step === "string" ? step : written(step(scope));
