import { isObject, type JsonObject } from "../../../lib/json";
import { DefinitionError, object, onlyKnown, optionalObject } from "../definition/definition-error";
import { compileMapping, type Mapping } from "../mapping-template/mapping";
import { compileSubstitution, type Substitution } from "../mapping-template/substitution";
import type { Exchange } from "../request/exchange";
import { firstAccepted } from "../request/media-type";
import type { Answer } from "./answer";
import { sendable } from "./answer";
import { gatewayResponseTypes, type Refusal } from "./refusal";

/** Turns refusals into answers, in the shape that the API gives them. */
export type GatewayResponses = (exchange: Exchange, refusal: Refusal) => Answer;

interface GatewayResponse {
  readonly status: number | undefined;
  readonly templates: readonly (readonly [mediaType: string, render: Substitution])[];
  readonly headers: readonly (readonly [name: string, value: Mapping])[];
}

/** As it is listed for every type. */
const listedTemplate = '{"message":$context.error.messageString}';
/** Refusals before a request reaches its integration. */
const atTheDoor = new Set([
  ...["MISSING_AUTHENTICATION_TOKEN", "INVALID_API_KEY", "THROTTLED", "QUOTA_EXCEEDED"],
  ...["UNAUTHORIZED", "AUTHORIZER_CONFIGURATION_ERROR", "AUTHORIZER_FAILURE"],
]);

/**
 * Template of a response type that the API does not define: those after the integration have a space (recorded by its
 * length).
 */
function undefinedTemplate(type: string): string {
  if (type === "ACCESS_DENIED") return '{"Message":$context.error.messageString}'; // The capital is observed at AWS.
  return atTheDoor.has(type) ? listedTemplate : '{"message": $context.error.messageString}';
}

const members = new Set(["statusCode", "responseParameters", "responseTemplates"]);

/**
 * Compiles `x-amazon-apigateway-gateway-responses`. A type that is not defined follows DEFAULT_4XX or DEFAULT_5XX in
 * everything; one that is defined follows nothing (both recorded).
 */
export function compileGatewayResponses(definitions: JsonObject, api: string): GatewayResponses {
  const compiled = new Map<string, GatewayResponse>();
  for (const [type, definition] of Object.entries(definitions)) {
    const place = `${api}: gateway response ${type}`;
    if (!Object.hasOwn(gatewayResponseTypes, type)) throw unknownType(place);
    compiled.set(type, compileResponse(object(definition, place), place));
  }
  const undefinedOnes = new Map(
    Object.keys(gatewayResponseTypes).map((type) => [type, compileResponse({}, api, undefinedTemplate(type))]),
  );
  return (exchange, refusal) => {
    const { type, status } = refusal;
    const response =
      compiled.get(type) ?? compiled.get(status < 500 ? "DEFAULT_4XX" : "DEFAULT_5XX") ?? undefinedOnes.get(type);
    return render(response as GatewayResponse, refusal, exchange);
  };
}

function unknownType(place: string): DefinitionError {
  const types = Object.keys(gatewayResponseTypes).join(", ");
  return new DefinitionError(place, `failed to satisfy constraint: Member must satisfy enum value set: [${types}]`);
}

function compileResponse(definition: JsonObject, place: string, template = listedTemplate): GatewayResponse {
  onlyKnown(definition, place, members);
  const standard = { "application/json": template };
  const templates = Object.entries(optionalObject(definition["responseTemplates"] ?? standard, place));
  const parameters = optionalObject(definition["responseParameters"] ?? undefined, place);
  const status = definition["statusCode"];
  if (
    isObject(status) ||
    (status !== undefined && status !== null && !(Number(status) >= 200 && Number(status) <= 599))
  ) {
    throw new DefinitionError(place, `statusCode must be 200–599, got ${JSON.stringify(status)}`);
  }
  return {
    status: status === undefined || status === null ? undefined : Number(status),
    templates: templates.map(([mediaType, template]) => {
      if (typeof template !== "string" || template === "") {
        throw new DefinitionError(place, "Invalid null or empty value in responseTemplates");
      }
      const escaped = mediaType.includes("json");
      return [mediaType.toLowerCase(), compileSubstitution(template, { escaped, missing: "" })];
    }),
    headers: Object.entries(parameters).map(([target, source]) => {
      const [, name] = /^gatewayresponse\.header\.(.+)$/.exec(target) ?? [];
      if (!name) throw new DefinitionError(place, `a parameter must be gatewayresponse.header.<name>, got ${target}`);
      return [name, compileMapping(String(source), place)];
    }),
  };
}

function render(response: GatewayResponse, refusal: Refusal, exchange: Exchange): Answer {
  exchange.refusal = refusal;
  const accepted = firstAccepted(exchange.headers.get("accept"));
  const { templates } = response;
  const [mediaType, template] = templates.find(([type]) => type === accepted) ??
    templates.find(([type]) => type === "application/json") ??
    templates[0] ?? ["application/json", () => ""];
  const headers = ["x-amzn-ErrorType", refusal.errorType];
  let contentType = mediaType;
  for (const [name, value] of response.headers) {
    const content = value(exchange);
    if (content === undefined || !sendable(name, content)) continue;
    if (name.toLowerCase() === "content-type") contentType = content;
    else headers.push(name, content);
  }
  headers.push("Content-Type", contentType);
  return { status: response.status ?? refusal.status, headers, body: template(exchange), traced: false };
}
