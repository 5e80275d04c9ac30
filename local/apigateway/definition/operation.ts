import type { JsonObject } from "../../../lib/json";
import { DefinitionError, list, notEmulated, object, onlyKnown, optionalObject } from "./definition-error";
import { readIntegration } from "./integration-definition";
import type { DocumentParts, RouteDefinition, ValidatorDefinition } from "./route-definition";
import { readSecurity } from "./security";

/** The path and method of an operation, and the path's members for all of its operations. */
interface OperationPlace {
  readonly place: string;
  readonly shared: readonly unknown[];
  readonly variables: readonly string[];
}

type OperationDefinition = Omit<RouteDefinition, "method" | "path" | "resourceId">;

const members = new Set([
  ...["operationId", "summary", "description", "tags", "externalDocs", "deprecated", "servers"],
  ...["parameters", "requestBody", "responses", "security"],
  ...["x-amazon-apigateway-integration", "x-amazon-apigateway-request-validator", "x-amazon-apigateway-auth"],
]);
const locations = new Map([
  ["path", "path"],
  ["query", "querystring"],
  ["header", "header"],
]);

/** Reads one operation as API Gateway imports it. */
export function readOperation(value: JsonObject, parts: DocumentParts, at: OperationPlace): OperationDefinition {
  const { place } = at;
  onlyKnown(value, place, members);
  const auth = optionalObject(value["x-amazon-apigateway-auth"], place)["type"] ?? "NONE";
  if (auth !== "NONE") throw notEmulated(place, `x-amazon-apigateway-auth ${auth}`);
  const parameters = readParameters(value, parts, at);
  const integration = value["x-amazon-apigateway-integration"];
  if (integration === undefined) throw new DefinitionError(place, "No integration defined for method");
  const operationId = value["operationId"];
  return {
    operationId: operationId === undefined ? undefined : String(operationId),
    ...readSecurity(value, parts, place),
    parameters,
    requestModels: readModels(value, parts, place),
    validator: readValidator(value, parts, place),
    integration: readIntegration(object(integration, place), {
      place: `${place}.x-amazon-apigateway-integration`,
      parameters,
      longestTimeout: parts.longestTimeout,
    }),
  };
}

function readParameters(value: JsonObject, parts: DocumentParts, at: OperationPlace): Record<string, boolean> {
  const place = `${at.place}.parameters`;
  // API Gateway makes each variable of the path a required parameter by itself.
  const found = new Map(at.variables.map((name) => [`path ${name}`, { name, location: "path", required: true }]));
  for (const entry of [...at.shared, ...list(value["parameters"], place)]) {
    const parameter = resolved(entry, parts, place);
    const name = String(parameter["name"]);
    const location = locations.get(String(parameter["in"]));
    if (!location) throw notEmulated(place, `a parameter in ${parameter["in"]} (${name})`);
    const required = parameter["required"] === true || (location === "path" && at.variables.includes(name));
    found.set(`${location} ${name}`, { name, location, required });
  }
  const all = [...found.values()];
  if (new Set(all.map(({ name }) => name)).size < all.length) {
    throw new DefinitionError(place, "Parameter names must be unique across querystring, header and path");
  }
  return Object.fromEntries(
    all.map(({ name, location, required }) => [`method.request.${location}.${name}`, required]),
  );
}

/** The target of a `#/components/…` reference. */
function resolved(value: unknown, { components }: DocumentParts, place: string): JsonObject {
  const reference = object(value, place)["$ref"];
  if (reference === undefined) return object(value, place);
  const [root, section, kind, name, ...rest] = String(reference).split("/");
  if (root !== "#" || section !== "components" || !kind || !name || rest.length > 0) {
    throw notEmulated(place, `$ref ${reference}`);
  }
  return object(optionalObject(components[kind], place)[name], `${place}: ${reference}`);
}

function readModels(value: JsonObject, parts: DocumentParts, place: string): RouteDefinition["requestModels"] {
  if (value["requestBody"] === undefined) return {};
  const body = resolved(value["requestBody"], parts, `${place}.requestBody`);
  const content = optionalObject(body["content"], `${place}.requestBody.content`);
  return Object.fromEntries(
    Object.entries(content).flatMap(([mediaType, media]) => {
      const schema = object(media, `${place}.requestBody.content.${mediaType}`)["schema"];
      if (schema === undefined) return [];
      return [[mediaType.toLowerCase(), modelName(object(schema, place), parts, place) ?? object(schema, place)]];
    }),
  );
}

/** The model that a schema refers to; undefined for a schema of its own. */
function modelName(schema: JsonObject, { components }: DocumentParts, place: string): string | undefined {
  const reference = schema["$ref"];
  if (reference === undefined) return undefined;
  const name = String(reference).replace("#/components/schemas/", "");
  if (optionalObject(components["schemas"], place)[name] !== undefined) return name;
  throw new DefinitionError(place, `Invalid model identifier specified: ${name}`);
}

function readValidator(value: JsonObject, parts: DocumentParts, place: string): ValidatorDefinition | undefined {
  const id = value["x-amazon-apigateway-request-validator"] ?? parts.defaultValidator;
  if (id === undefined) return undefined;
  const validator = parts.validators.get(String(id));
  if (validator) return validator;
  throw new DefinitionError(place, `Invalid Request Validator identifier specified (${id})`);
}
