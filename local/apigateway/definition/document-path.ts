import { DefinitionError } from "./definition-error";

const variable = /^\{([A-Za-z0-9._-]+)(\+?)\}$/;
/**
 * Characters of a path segment (developer guide, "Amazon API Gateway important notes": important notes for REST APIs).
 */
const fixedSegment = /^[A-Za-z0-9_.,:-]+$/;

/** A path's segments; none for `/`. */
export const segments = (path: string): string[] => path.split("/").filter((segment) => segment !== "");

/** A `{variable}` or `{greedy+}` segment. */
export function variableOf(segment: string): { name: string; greedy: boolean } | undefined {
  const [, name, greedy] = variable.exec(segment) ?? [];
  return name === undefined ? undefined : { name, greedy: greedy === "+" };
}

/** The names of a path's variables. */
export const pathVariables = (path: string): string[] =>
  segments(path).flatMap((segment) => variableOf(segment)?.name ?? []);

/** Refuses a path that API Gateway would not import. */
export function checkedPath(path: string, place: string): void {
  if (!path.startsWith("/")) throw new DefinitionError(place, "a path must begin with /");
  for (const segment of segments(path)) {
    if (variableOf(segment) || fixedSegment.test(segment)) continue;
    throw new DefinitionError(
      place,
      `segment ${segment} must be one {variable}, or letters, digits and _ - . , : (API Gateway refuses others)`,
    );
  }
}
