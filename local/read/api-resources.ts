import { isObject, type Json, type JsonObject } from "../../lib/json";
import { UserError } from "../../lib/user-error";
import { authorizerSchemes, securityOf } from "./authorizer-resources";
import type { Graph, Resource } from "./graph";

/** The resources by which Terraform makes a REST API piece by piece, beside or instead of a document. */
const types = [
  ...["resource", "method", "method_response", "integration", "integration_response"],
  ...["model", "request_validator", "gateway_response", "authorizer"],
].map((part) => `aws_api_gateway_${part}`);

/** Models that every API has by itself (developer guide, "Data models for REST APIs"). */
const ownModels: JsonObject = { Empty: { type: "object" }, Error: { type: "object" } };

const keyScheme = { type: "apiKey", in: "header", name: "x-api-key" };

/**
 * Puts the resources of a REST API into its document, as API Gateway puts what they make beside what was imported.
 *
 * @throws UserError naming a resource that is of no API, method or parent of the stack
 */
export function withApiResources(graph: Graph, restApi: Resource, document: JsonObject): JsonObject {
  const all = types.flatMap((type) => graph.all(type));
  const stray = all.find((resource) => resource.text("rest_api_id") !== restApi.id);
  if (stray) throw new UserError(`${stray.address}: rest_api_id ${stray.text("rest_api_id")} is no API of the stack`);
  if (all.length === 0) return document;
  const parts = new ApiParts(graph, restApi);
  return merged(document, {
    paths: parts.paths(),
    components: { schemas: parts.models(), securitySchemes: { "x-api-key": keyScheme, ...authorizerSchemes(graph) } },
    "x-amazon-apigateway-request-validators": parts.validators(),
    "x-amazon-apigateway-gateway-responses": parts.gatewayResponses(),
  });
}

/** One object over another, member by member. */
function merged(below: JsonObject, above: JsonObject): JsonObject {
  const members = Object.entries(above).map(([name, value]) => {
    const before = Object.hasOwn(below, name) ? below[name] : undefined;
    return [name, isObject(before) && isObject(value) ? merged(before, value) : value] as const;
  });
  return { ...below, ...Object.fromEntries(members) };
}

/** Members that have a value, under the names of the document. */
const named = (members: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined && value !== null));

class ApiParts {
  private readonly resources: readonly Resource[];

  constructor(
    private readonly graph: Graph,
    private readonly restApi: Resource,
  ) {
    this.resources = this.all("resource");
  }

  paths(): JsonObject {
    const paths: Record<string, JsonObject> = {};
    for (const method of this.all("method")) {
      const path = this.pathOf(method.text("resource_id"), method.address);
      const verb = method.text("http_method").toUpperCase();
      const member = verb === "ANY" ? "x-amazon-apigateway-any-method" : verb.toLowerCase();
      const item = Object.hasOwn(paths, path) ? paths[path] : undefined;
      if (item?.[member]) throw new UserError(`${method.address}: ${verb} ${path} is there already`);
      paths[path] = { ...item, [member]: this.operation(method) };
    }
    this.refuseStray(["method_response", "integration", "integration_response"]);
    return paths;
  }

  models(): JsonObject {
    const models = this.all("model").map((model) => [model.text("name"), schemaOf(model)] as const);
    return { ...ownModels, ...Object.fromEntries(models) };
  }

  validators(): JsonObject {
    const validators = this.all("request_validator").map((validator) => [
      validator.id,
      {
        validateRequestBody: validator.flag("validate_request_body"),
        validateRequestParameters: validator.flag("validate_request_parameters"),
      },
    ]);
    return Object.fromEntries(validators);
  }

  gatewayResponses(): JsonObject {
    const responses = this.all("gateway_response").map((response) => [
      response.text("response_type"),
      named({
        statusCode: response.optionalText("status_code"),
        responseParameters: response.attributes["response_parameters"],
        responseTemplates: response.attributes["response_templates"],
      }),
    ]);
    return Object.fromEntries(responses);
  }

  private all(part: string): readonly Resource[] {
    return this.graph.all(`aws_api_gateway_${part}`);
  }

  /** The path of a resource: its parents' parts, and its own. */
  private pathOf(id: string, address: string): string {
    if (id === this.restApi.computed("root_resource_id")) return "/";
    const resource = this.resources.find((candidate) => candidate.id === id);
    if (!resource) throw new UserError(`${address}: resource ${id} is no resource of the API`);
    const parent = this.pathOf(resource.text("parent_id"), resource.address);
    return `${parent === "/" ? "" : parent}/${resource.text("path_part")}`;
  }

  private operation(method: Resource): JsonObject {
    const [integration, second] = this.all("integration").filter((candidate) => isOf(candidate, method));
    if (second) throw new UserError(`${second.address}: ${method.address} has an integration already`);
    const models = method.attributes["request_models"];
    return named({
      operationId: method.optionalText("operation_name"),
      security: securityOf(this.graph, method),
      parameters: parametersOf(method),
      requestBody: isObject(models) ? { content: contentOf(models) } : undefined,
      "x-amazon-apigateway-request-validator": method.optionalText("request_validator_id"),
      "x-amazon-apigateway-integration": integration && this.integration(integration, method),
    });
  }

  private integration(integration: Resource, method: Resource): JsonObject {
    const { attributes } = integration;
    integration.refuse("connection_id", "response_transfer_mode");
    const tls = integration.block("tls_config");
    return named({
      type: integration.text("type"),
      httpMethod: attributes["integration_http_method"],
      uri: attributes["uri"],
      credentials: attributes["credentials"],
      connectionType: attributes["connection_type"],
      requestParameters: attributes["request_parameters"],
      requestTemplates: attributes["request_templates"],
      passthroughBehavior: attributes["passthrough_behavior"],
      contentHandling: attributes["content_handling"],
      cacheKeyParameters: attributes["cache_key_parameters"],
      cacheNamespace: attributes["cache_namespace"],
      timeoutInMillis: integration.has("timeout_milliseconds") ? integration.number("timeout_milliseconds") : undefined,
      tlsConfig: tls && { insecureSkipVerification: tls.flag("insecure_skip_verification") },
      responses: this.integrationResponses(method),
    });
  }

  private integrationResponses(method: Resource): JsonObject {
    const responses: Record<string, JsonObject> = {};
    for (const response of this.all("integration_response").filter((candidate) => isOf(candidate, method))) {
      const pattern = response.optionalText("selection_pattern") || "default";
      if (Object.hasOwn(responses, pattern)) {
        throw new UserError(`${response.address}: selection_pattern ${pattern} is another response's already`);
      }
      this.checkDeclared(response, method);
      responses[pattern] = named({
        statusCode: response.text("status_code"),
        responseParameters: response.attributes["response_parameters"],
        responseTemplates: response.attributes["response_templates"],
        contentHandling: response.attributes["content_handling"],
      });
    }
    return responses;
  }

  /** An integration response needs a method response of its status, which has its headers (API reference, PutIntegrationResponse). */
  private checkDeclared(response: Resource, method: Resource): void {
    const status = response.text("status_code");
    const declared = this.all("method_response").find(
      (candidate) => isOf(candidate, method) && candidate.text("status_code") === status,
    );
    if (!declared) throw new UserError(`${response.address}: Invalid Response status code specified (${status})`);
    const known = declared.attributes["response_parameters"] ?? {};
    const undeclared = Object.keys(response.attributes["response_parameters"] ?? {}).find(
      (name) => !isObject(known) || !Object.hasOwn(known, name),
    );
    if (undeclared === undefined) return;
    throw new UserError(`${response.address}: Invalid mapping expression parameter specified: ${undeclared}`);
  }

  /** Refuses what belongs to no method: Terraform would fail, too. */
  private refuseStray(parts: readonly string[]): void {
    const methods = this.all("method");
    const stray = parts.flatMap((part) => this.all(part)).find((one) => !methods.some((method) => isOf(one, method)));
    if (!stray) return;
    throw new UserError(`${stray.address}: Invalid Method identifier specified (${stray.text("http_method")})`);
  }
}

/** Whether a part is of a method: by its resource, and by its verb. */
const isOf = (part: Resource, method: Resource): boolean =>
  part.text("resource_id") === method.text("resource_id") &&
  part.text("http_method").toUpperCase() === method.text("http_method").toUpperCase();

const locations = new Map([
  ["path", "path"],
  ["querystring", "query"],
  ["header", "header"],
]);

function parametersOf(method: Resource): readonly JsonObject[] {
  return Object.entries(method.attributes["request_parameters"] ?? {}).map(([parameter, required]: [string, Json]) => {
    const [, location = "", name = ""] = /^method\.request\.(\w+)\.(.+)$/.exec(parameter) ?? [];
    const where = locations.get(location);
    if (!where) {
      throw new UserError(`${method.address}: Invalid mapping expression parameter specified: ${parameter}`);
    }
    return { name, in: where, required: required === true || required === "true", schema: { type: "string" } };
  });
}

const contentOf = (models: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(models).map(([type, name]) => [type, { schema: { $ref: `#/components/schemas/${name}` } }]),
  );

function schemaOf(model: Resource): JsonObject {
  const text = model.optionalText("schema") ?? "{}";
  try {
    const schema: unknown = JSON.parse(text);
    if (isObject(schema)) return schema;
  } catch {
    // Refused like everything else that is no object.
  }
  throw new UserError(`${model.address}: schema must be a JSON object, got ${text.slice(0, 80)}`);
}
