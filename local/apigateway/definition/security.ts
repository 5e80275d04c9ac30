import type { JsonObject } from "../../../lib/json";
import { type AuthorizerDefinition, readAuthorizer } from "./authorizer-definition";
import { DefinitionError, list, notEmulated, object, optionalObject } from "./definition-error";
import type { DocumentParts } from "./route-definition";

/** Whoever may call a method: those with a key, those whom an authorizer lets in, or those with both. */
interface Security {
  readonly apiKeyRequired: boolean;
  readonly authorizer: AuthorizerDefinition | undefined;
  readonly scopes: readonly string[];
}

/**
 * Reads the security of an operation. API Gateway reads key schemes at the operation only; an authorizer from the document
 * too, for operations that say nothing.
 */
export function readSecurity(value: JsonObject, parts: DocumentParts, place: string): Security {
  const isOwn = value["security"] !== undefined;
  const requirements = isOwn ? list(value["security"], `${place}.security`) : parts.security;
  let apiKeyRequired = false;
  let authorizer: AuthorizerDefinition | undefined;
  let scopes: readonly string[] = [];
  for (const requirement of requirements) {
    for (const [name, given] of Object.entries(object(requirement, place))) {
      const found = schemeOf(name, parts, place);
      if (found === "key") {
        apiKeyRequired ||= isOwn;
        continue;
      }
      if (authorizer && authorizer.name !== name) {
        throw new DefinitionError(place, `a method can have one authorizer, got ${authorizer.name} and ${name}`);
      }
      const named = list(given, `${place}.security.${name}`).map(String);
      if (named.length > 0 && found.type !== "COGNITO_USER_POOLS") {
        throw new DefinitionError(place, "scopes are for authorizers of Cognito user pools; a function reads its own");
      }
      authorizer = found;
      scopes = [...scopes, ...named];
    }
  }
  return { apiKeyRequired, authorizer, scopes };
}

function schemeOf(name: string, { components }: DocumentParts, place: string): "key" | AuthorizerDefinition {
  const schemes = optionalObject(components["securitySchemes"], place);
  const scheme = object(Object.hasOwn(schemes, name) ? schemes[name] : undefined, `${place}: security scheme ${name}`);
  const authorizer = readAuthorizer(name, scheme, place);
  if (authorizer) return authorizer;
  const isKey = scheme["type"] === "apiKey" && scheme["in"] === "header";
  const isPlain = !Object.keys(scheme).some((member) => member.startsWith("x-amazon-"));
  if (isKey && isPlain && String(scheme["name"]).toLowerCase() === "x-api-key") return "key";
  throw notEmulated(place, `security scheme ${name}`, "the gateway knows API keys in the header x-api-key");
}
