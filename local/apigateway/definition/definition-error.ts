import { isObject, type JsonObject } from "../../../lib/json";
import { UserError } from "../../../lib/user-error";

/** A mistake in a definition, and its place: the gateway does not start. */
export class DefinitionError extends UserError {
  override readonly name = "DefinitionError";

  constructor(place: string, problem: string) {
    super(`${place}: ${problem}`);
  }
}

/** A feature that would have to be served by half. */
export const notEmulated = (place: string, feature: string, instead = ""): DefinitionError =>
  new DefinitionError(place, `${feature} is not emulated here${instead && `; ${instead}`}`);

/** The value as an object, or an error that names the place. */
export function object(value: unknown, place: string): JsonObject {
  if (isObject(value)) return value;
  throw new DefinitionError(place, `must be an object, got ${JSON.stringify(value)}`);
}

/** The value as an object, {} if it is not there. */
export const optionalObject = (value: unknown, place: string): JsonObject =>
  value === undefined ? {} : object(value, place);

/** The value as a list, [] if it is not there. */
export function list(value: unknown, place: string): readonly unknown[] {
  if (value === undefined) return [];
  if (Array.isArray(value)) return value;
  throw new DefinitionError(place, `must be a list, got ${JSON.stringify(value)}`);
}

/** The value as text. */
export function text(value: unknown, place: string): string {
  if (typeof value === "string") return value;
  throw new DefinitionError(place, `must be a string, got ${JSON.stringify(value)}`);
}

/** Refuses a name that is neither read, nor known to change nothing, nor another tool's. */
export function onlyKnown(value: object, place: string, known: ReadonlySet<string>): void {
  for (const [name, member] of Object.entries(value)) {
    if (member === undefined || member === null || known.has(name) || foreign(name)) continue;
    throw notEmulated(place, name);
  }
}

/** Extensions of other tools mean nothing to API Gateway; its own are read or refused. */
export const foreign = (name: string): boolean => name.startsWith("x-") && !name.startsWith("x-amazon-");
