import { createHash } from "node:crypto";
import { apiGatewayLimits } from "../../../aws/limits";
import type { JsonObject } from "../../../lib/json";
import { only, type RestApiResource } from "../../read/gateway-resources";
import { readOpenApi } from "../../read/openapi-document";
import { DefinitionError, foreign, list, notEmulated, object, onlyKnown, optionalObject } from "./definition-error";
import { checkedPath, pathVariables } from "./document-path";
import { pathPrefix, readImportParameters } from "./import-parameters";
import { readOperation } from "./operation";
import type { DocumentParts, RouteDefinition, ValidatorDefinition } from "./route-definition";

/** The part of the OpenAPI document that serving requests needs. */
export interface ApiDocument {
  readonly routes: readonly RouteDefinition[];
  readonly schemas: JsonObject;
  readonly gatewayResponses: JsonObject;
  readonly binaryMediaTypes: readonly string[];
}

const rootMembers = new Set([
  ...["openapi", "info", "paths", "components", "servers", "security", "tags", "externalDocs"],
  ...["x-amazon-apigateway-request-validators", "x-amazon-apigateway-request-validator"],
  ...["x-amazon-apigateway-gateway-responses", "x-amazon-apigateway-binary-media-types"],
  ...["x-amazon-apigateway-api-key-source", "x-amazon-apigateway-importexport-version", "x-amazon-apigateway-policy"],
]);
const pathMembers = new Set(["summary", "description", "servers", "parameters"]);
const methods = new Set(["delete", "get", "head", "options", "patch", "post", "put"]);
const anyMethod = "x-amazon-apigateway-any-method";

/** Reads the document of a REST API, refusing what would be served by half. */
export function readDocument(restApi: RestApiResource): ApiDocument {
  const root = parsed(restApi);
  const { name } = restApi;
  onlyKnown(root, name, rootMembers);
  if (!String(root["openapi"]).startsWith("3.0"))
    throw notEmulated(name, `openapi ${root["openapi"] ?? root["swagger"]}`);
  const keySource = root["x-amazon-apigateway-api-key-source"] ?? "HEADER";
  if (keySource !== "HEADER") throw notEmulated(name, `x-amazon-apigateway-api-key-source ${keySource}`);
  const components = optionalObject(root["components"], `${name}: components`);
  const parts: DocumentParts = {
    validators: readValidators(root, name),
    defaultValidator: root["x-amazon-apigateway-request-validator"],
    components,
    security: list(root["security"], `${name}: security`),
    longestTimeout: longestTimeoutOf(restApi),
  };
  const binary = restApi.binary_media_types ?? root["x-amazon-apigateway-binary-media-types"];
  return {
    routes: readPaths(prefixed(object(root["paths"], `${name}: paths`), pathPrefix(root, restApi)), parts, name),
    schemas: optionalObject(components["schemas"], `${name}: components.schemas`),
    gatewayResponses: optionalObject(root["x-amazon-apigateway-gateway-responses"], `${name}: gateway responses`),
    binaryMediaTypes: list(binary, `${name}: binary media types`).map((type) => String(type).toLowerCase()),
  };
}

/** The roles with whose rights an API's integrations and authorizers call. */
export function integrationRoles(restApi: RestApiResource): readonly string[] {
  const roles = readDocument(restApi).routes.flatMap(({ integration, authorizer }) => [
    ...("credentials" in integration ? [integration.credentials ?? []].flat() : []),
    ...(authorizer && "credentials" in authorizer ? [authorizer.credentials ?? []].flat() : []),
  ]);
  return [...new Set(roles)];
}

/** Where an API is served from decides how long its integrations may take; without a word it is edge-optimized. */
function longestTimeoutOf(restApi: RestApiResource): number {
  const { endpointType = "EDGE" } = readImportParameters(restApi);
  const [type = endpointType] = only(restApi.endpoint_configuration)?.types ?? [];
  const { integrationTimeoutMs, raisedIntegrationTimeoutMs } = apiGatewayLimits;
  return type === "EDGE" ? integrationTimeoutMs[1] : raisedIntegrationTimeoutMs;
}

function parsed({ body, name }: RestApiResource): JsonObject {
  if (typeof body !== "string") return object(body, name);
  const document = readOpenApi(body);
  if (document) return document;
  throw new DefinitionError(name, "Invalid OpenAPI input.");
}

const prefixed = (paths: JsonObject, prefix: string): JsonObject =>
  Object.fromEntries(
    Object.entries(paths).map(([path, item]) => [prefix !== "" && path === "/" ? prefix : `${prefix}${path}`, item]),
  );

function readValidators(root: JsonObject, name: string): ReadonlyMap<string, ValidatorDefinition> {
  const place = `${name}: x-amazon-apigateway-request-validators`;
  const validators = optionalObject(root["x-amazon-apigateway-request-validators"], place);
  return new Map(
    Object.entries(validators).map(([id, value]) => {
      const validator = object(value, `${place}.${id}`);
      const parameters = validator["validateRequestParameters"] === true;
      return [id, { parameters, body: validator["validateRequestBody"] === true }];
    }),
  );
}

function readPaths(paths: JsonObject, parts: DocumentParts, name: string): RouteDefinition[] {
  return Object.entries(paths).flatMap(([path, value]) => {
    const place = `${name}: paths.${path}`;
    checkedPath(path, place);
    const item = object(value, place);
    const shared = list(item["parameters"], `${place}.parameters`);
    const resourceId = createHash("sha1").update(path).digest("hex").slice(0, 6);
    return Object.entries(item).flatMap(([member, operation]) => {
      if (pathMembers.has(member) || foreign(member)) return [];
      if (!methods.has(member) && member !== anyMethod) throw notEmulated(place, member);
      const method = member === anyMethod ? "ANY" : member.toUpperCase();
      const at = { place: `${place}.${member}`, shared, variables: pathVariables(path) };
      return [{ method, path, resourceId, ...readOperation(object(operation, at.place), parts, at) }];
    });
  });
}
