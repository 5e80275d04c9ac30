import { DefinitionError, notEmulated, onlyKnown, optionalObject } from "./definition-error";

/** Whether a body is made text or binary on its way. */
export type ContentHandling = "CONVERT_TO_TEXT" | "CONVERT_TO_BINARY" | undefined;

/** Mapping of an integration's response to the method's. */
export interface IntegrationResponseDefinition {
  /** Undefined for the default. */
  readonly selectionPattern: string | undefined;
  readonly statusCode: number;
  readonly responseParameters: Readonly<Record<string, string>>;
  readonly responseTemplates: Readonly<Record<string, string>>;
  readonly contentHandling: ContentHandling;
}

const members = new Set(["statusCode", "responseParameters", "responseTemplates", "contentHandling"]);

/** Reads an integration's `responses`: by the pattern that selects each, or `default`. */
export function readResponses(value: unknown, place: string): IntegrationResponseDefinition[] {
  return Object.entries(optionalObject(value, `${place}.responses`)).map(([pattern, response]) => {
    const at = `${place}.responses.${pattern}`;
    const read = optionalObject(response, at);
    onlyKnown(read, at, members);
    const statusCode = Number(read["statusCode"]);
    if (!(statusCode >= 100 && statusCode <= 599)) {
      throw new DefinitionError(at, `statusCode must be an HTTP status, got ${read["statusCode"]}`);
    }
    return {
      selectionPattern: pattern === "default" ? undefined : pattern,
      statusCode,
      responseParameters: strings(read["responseParameters"], at),
      responseTemplates: strings(read["responseTemplates"], at),
      contentHandling: readContentHandling(read["contentHandling"], at),
    };
  });
}

export function readContentHandling(value: unknown, place: string): ContentHandling {
  if (value === undefined || value === null) return undefined;
  if (value === "CONVERT_TO_TEXT" || value === "CONVERT_TO_BINARY") return value;
  throw notEmulated(place, `contentHandling ${value}`);
}

/** A map of texts; what is no text is dropped, as an import drops it with a warning. */
export function strings(value: unknown, place: string): Record<string, string> {
  const entries = Object.entries(optionalObject(value ?? undefined, place));
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === "string"));
}
