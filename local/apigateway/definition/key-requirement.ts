import type { JsonObject } from "../../../lib/json";
import { list, notEmulated, object, optionalObject } from "./definition-error";
import type { DocumentParts } from "./route-definition";

/**
 * Whether a caller needs a key. API Gateway reads key schemes at the operation only; an authorizer from
 * the document too, for operations that say nothing.
 */
export function needsKey(value: JsonObject, parts: DocumentParts, place: string): boolean {
  const own = list(value["security"], `${place}.security`);
  const inherited = value["security"] === undefined ? parts.security : [];
  for (const requirement of inherited) keySchemes(object(requirement, place), parts, place);
  return own.some((requirement) => keySchemes(object(requirement, place), parts, place) > 0);
}

function keySchemes(requirement: JsonObject, { components }: DocumentParts, place: string): number {
  const schemes = optionalObject(components["securitySchemes"], place);
  for (const name of Object.keys(requirement)) {
    const scheme = object(schemes[name], `${place}: security scheme ${name}`);
    const isKey = scheme["type"] === "apiKey" && scheme["in"] === "header";
    const isPlain = !Object.keys(scheme).some((member) => member.startsWith("x-amazon-"));
    if (isKey && isPlain && String(scheme["name"]).toLowerCase() === "x-api-key") continue;
    throw notEmulated(place, `security scheme ${name}`, "the gateway knows API keys in the header x-api-key");
  }
  return Object.keys(requirement).length;
}
