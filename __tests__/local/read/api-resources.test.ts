import { readDocument } from "../../../local/apigateway/definition/document";
import { createGateway } from "../../../local/apigateway/gateway";
import { gatewayDefinition } from "../../../local/read/gateway-definition";
import { idle } from "../apigateway/support/dependencies";
import { graphOf } from "../support/stack-file";

const id = (type: string, name: string): string => `\${aws_api_gateway_${type}.${name}.id}`;
const rest_api_id = id("rest_api", "api");
const mock = { type: "MOCK", request_templates: { "application/json": '{"statusCode": 200}' } };

type Resources = Record<string, Record<string, Record<string, unknown>>>;

/** `GET /things/{id}` of an API that has no document, a mock behind it. */
const base = (): Resources => {
  const at = { rest_api_id, resource_id: id("resource", "thing"), http_method: "GET" };
  return {
    aws_api_gateway_rest_api: { api: { name: "things" } },
    aws_api_gateway_resource: {
      things: { rest_api_id, parent_id: "${aws_api_gateway_rest_api.api.root_resource_id}", path_part: "things" },
      thing: { rest_api_id, parent_id: id("resource", "things"), path_part: "{id}" },
    },
    aws_api_gateway_method: { get: { ...at, authorization: "NONE" } },
    aws_api_gateway_integration: { get: { ...at, ...mock } },
    aws_api_gateway_method_response: { ok: { ...at, status_code: "200" } },
    aws_api_gateway_integration_response: { ok: { ...at, status_code: "200" } },
    aws_api_gateway_deployment: {
      d: { rest_api_id, triggers: { redeployment: "${sha1(jsonencode(aws_api_gateway_resource.things))}" } },
    },
    aws_api_gateway_stage: { s: { rest_api_id, stage_name: "dev", deployment_id: id("deployment", "d") } },
  };
};

/** The resources with changed arguments, or others besides them. */
const changed = (type: string, name: string, change: Record<string, unknown>): Resources => {
  const resources = base();
  const ofType = resources[`aws_api_gateway_${type}`] ?? {};
  return { ...resources, [`aws_api_gateway_${type}`]: { ...ofType, [name]: { ...ofType[name], ...change } } };
};

const definitionOf = (resources: Resources) => {
  const definition = gatewayDefinition(graphOf(resources));
  if (!definition) throw new Error("there is no API");
  return definition;
};
const routesOf = (resources: Resources) => readDocument(definitionOf(resources).restApi).routes;
const boot = (resources: Resources) => () => createGateway(definitionOf(resources), idle);

test("an API is made of its resources, their paths put together", () => {
  expect(boot(base())).not.toThrow();
  expect(routesOf(base())).toEqual([
    expect.objectContaining({
      method: "GET",
      path: "/things/{id}",
      apiKeyRequired: false,
      operationId: undefined,
      parameters: { "method.request.path.id": true },
      integration: expect.objectContaining({
        type: "MOCK",
        timeoutInMillis: 29_000,
        passthroughBehavior: "WHEN_NO_MATCH",
      }),
    }),
  ]);
});

test("a method of the root, for any verb, has all that its arguments say", () => {
  const validator = { rest_api_id, name: "all", validate_request_body: true, validate_request_parameters: true };
  const resources = changed("method", "get", {
    resource_id: "${aws_api_gateway_rest_api.api.root_resource_id}",
    http_method: "ANY",
    api_key_required: true,
    operation_name: "anything",
    request_parameters: { "method.request.header.X-A": true, "method.request.querystring.q": false },
    request_models: { "application/json": "${aws_api_gateway_model.thing.name}", "text/plain": "Empty" },
    request_validator_id: id("request_validator", "all"),
  });
  const at = { resource_id: "${aws_api_gateway_rest_api.api.root_resource_id}", http_method: "any" };
  for (const part of ["integration", "integration_response", "method_response"]) {
    for (const one of Object.values(resources[`aws_api_gateway_${part}`] ?? {})) Object.assign(one, at);
  }
  resources["aws_api_gateway_model"] = {
    thing: { rest_api_id, name: "Thing", content_type: "application/json", schema: '{"type": "object"}' },
  };
  resources["aws_api_gateway_request_validator"] = { all: validator };
  expect(boot(resources)).not.toThrow();
  expect(routesOf(resources)).toEqual([
    expect.objectContaining({
      ...{ method: "ANY", path: "/", apiKeyRequired: true, operationId: "anything" },
      parameters: { "method.request.header.X-A": true, "method.request.querystring.q": false },
      requestModels: { "application/json": "Thing", "text/plain": "Empty" },
      validator: { parameters: true, body: true },
    }),
  ]);
});

test("an integration has all that its arguments say", () => {
  const resources = changed("integration", "get", {
    ...{ type: "HTTP", integration_http_method: "POST", uri: "https://there.example/{id}", request_templates: {} },
    ...{ passthrough_behavior: "NEVER", content_handling: "CONVERT_TO_TEXT", timeout_milliseconds: 1000 },
    request_parameters: { "integration.request.path.id": "method.request.path.id" },
    cache_key_parameters: ["method.request.path.id"],
    cache_namespace: "space",
    tls_config: [{ insecure_skip_verification: true }],
  });
  Object.assign(resources["aws_api_gateway_method_response"]?.["ok"] ?? {}, {
    response_parameters: { "method.response.header.X-A": true },
  });
  Object.assign(resources["aws_api_gateway_integration_response"]?.["ok"] ?? {}, {
    selection_pattern: "2..",
    response_parameters: { "method.response.header.X-A": "'a'" },
    response_templates: { "application/json": "t" },
    content_handling: "CONVERT_TO_BINARY",
  });
  expect(routesOf(resources)[0]?.integration).toEqual({
    ...{ type: "HTTP", httpMethod: "POST", uri: "https://there.example/{id}", insecure: true },
    ...{ passthroughBehavior: "NEVER", contentHandling: "CONVERT_TO_TEXT", timeoutInMillis: 1000 },
    ...{ cacheKeyParameters: ["method.request.path.id"], cacheNamespace: "space", requestTemplates: {} },
    requestParameters: { "path.id": "method.request.path.id" },
    responses: [
      {
        ...{ selectionPattern: "2..", statusCode: 200, contentHandling: "CONVERT_TO_BINARY" },
        responseParameters: { "method.response.header.X-A": "'a'" },
        responseTemplates: { "application/json": "t" },
      },
    ],
  });
});

test("gateway responses stand beside those of a document, and methods beside its methods", () => {
  const body = JSON.stringify({
    openapi: "3.0.1",
    paths: { "/things/{id}": { post: { "x-amazon-apigateway-integration": { type: "mock" } } } },
    "x-amazon-apigateway-gateway-responses": { THROTTLED: { statusCode: "420" } },
  });
  const resources = changed("rest_api", "api", { body });
  resources["aws_api_gateway_gateway_response"] = {
    r: { rest_api_id, response_type: "DEFAULT_4XX", status_code: "404" },
  };
  expect(boot(resources)).not.toThrow();
  expect(routesOf(resources).map(({ method, path }) => `${method} ${path}`)).toEqual([
    "POST /things/{id}",
    "GET /things/{id}",
  ]);
  expect(readDocument(definitionOf(resources).restApi).gatewayResponses).toEqual({
    THROTTLED: { statusCode: "420" },
    DEFAULT_4XX: { statusCode: "404" },
  });
});

const at = { rest_api_id, resource_id: id("resource", "thing"), http_method: "GET" };

test.each([
  [
    "another API",
    changed("resource", "things", { rest_api_id: "other" }),
    "aws_api_gateway_resource.things: rest_api_id other is no API of the stack",
  ],
  [
    "no parent",
    changed("resource", "things", { parent_id: "none" }),
    "aws_api_gateway_resource.things: resource none is no resource of the API",
  ],
  [
    "no resource",
    changed("method", "get", { resource_id: "none" }),
    "aws_api_gateway_method.get: resource none is no resource of the API",
  ],
  [
    "a method twice",
    changed("method", "again", { ...at, authorization: "NONE" }),
    "aws_api_gateway_method.again: GET /things/{id} is there already",
  ],
  [
    "two integrations",
    changed("integration", "again", { ...at, ...mock }),
    "aws_api_gateway_integration.again: aws_api_gateway_method.get has an integration already",
  ],
  [
    "an integration of no method",
    changed("integration", "put", { ...at, ...mock, http_method: "PUT" }),
    "aws_api_gateway_integration.put: Invalid Method identifier specified (PUT)",
  ],
  [
    "two default responses",
    changed("integration_response", "again", { ...at, status_code: "200" }),
    "aws_api_gateway_integration_response.again: selection_pattern default is another response's already",
  ],
  [
    "a status that no method response has",
    changed("integration_response", "ok", { status_code: "404" }),
    "aws_api_gateway_integration_response.ok: Invalid Response status code specified (404)",
  ],
  [
    "a header that its method response does not have",
    changed("integration_response", "ok", { response_parameters: { "method.response.header.A": "'a'" } }),
    "aws_api_gateway_integration_response.ok: Invalid mapping expression parameter specified: method.response.header.A",
  ],
  [
    "a parameter of nothing",
    changed("method", "get", { request_parameters: { "method.request.cookie.a": true } }),
    "aws_api_gateway_method.get: Invalid mapping expression parameter specified: method.request.cookie.a",
  ],
  [
    "an authorizer",
    changed("method", "get", { authorization: "AWS_IAM" }),
    "aws_api_gateway_method.get: authorization AWS_IAM is not emulated",
  ],
  [
    "a link to a network",
    changed("integration", "get", { connection_id: "link" }),
    "aws_api_gateway_integration.get: connection_id is not emulated",
  ],
  [
    "a schema that is none",
    changed("model", "m", { rest_api_id, name: "M", content_type: "application/json", schema: "{" }),
    "aws_api_gateway_model.m: schema must be a JSON object, got {",
  ],
])("%s is refused by the resource's name", (_title, resources, problem) => {
  expect(boot(resources)).toThrow(problem);
});

describe("an authorizer of user pools", () => {
  const pools = { provider_arns: ["${aws_cognito_user_pool.people.arn}"], type: "COGNITO_USER_POOLS" };
  const withPool = (method: object, authorizer: object = pools): Resources => ({
    ...changed("method", "get", { authorizer_id: id("authorizer", "users"), ...method }),
    aws_api_gateway_authorizer: { users: { rest_api_id, name: "users", ...authorizer } },
    aws_cognito_user_pool: { people: { name: "people" } },
  });
  const byPool = { authorization: "COGNITO_USER_POOLS" };

  it("is that of methods that name it, with their scopes", () => {
    const [route] = routesOf(withPool({ ...byPool, authorization_scopes: ["things/read"] }));
    expect([route?.authorizer?.type, route?.scopes]).toEqual(["COGNITO_USER_POOLS", ["things/read"]]);
    expect(route?.authorizer).toMatchObject({
      header: "authorization",
      issuers: [expect.stringMatching(/^https:\/\/cognito-idp\.us-east-1\.amazonaws\.com\/us-east-1_[0-9a-z]{9}$/)],
    });
    expect(routesOf(withPool(byPool))[0]?.scopes).toEqual([]);
  });

  it.each<[string, Resources, string]>([
    [
      "of a method that wants a function",
      withPool({ authorization: "CUSTOM" }),
      "aws_api_gateway_method.get: authorization CUSTOM is none of aws_api_gateway_authorizer.users, of type COGNITO_USER_POOLS",
    ],
    [
      "that is a function",
      withPool(byPool, { authorizer_uri: "arn" }),
      "aws_api_gateway_method.get: authorization COGNITO_USER_POOLS is none of aws_api_gateway_authorizer.users, of type TOKEN",
    ],
    ["without pools", withPool(byPool, { type: "COGNITO_USER_POOLS" }), "providerARNs must name a user pool, got none"],
    [
      "whose token is no header",
      withPool(byPool, { ...pools, identity_source: "method.request.querystring.token" }),
      "identity_source must be method.request.header.<name>",
    ],
  ])("%s is refused", (_title, resources, problem) => {
    expect(boot(resources)).toThrow(problem);
  });
});

test("a method without an integration is refused, as a deployment of it would be", () => {
  const resources = base();
  for (const part of ["integration", "integration_response"]) delete resources[`aws_api_gateway_${part}`];
  expect(boot(resources)).toThrow("things: paths./things/{id}.get: No integration defined for method");
});
