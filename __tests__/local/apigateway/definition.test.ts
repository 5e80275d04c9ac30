import { createGateway } from "../../../local/apigateway/gateway";
import type { GatewayDefinition } from "../../../local/read/gateway-resources";
import { type ApiSetup, definitionOf, functionArn } from "./support/api";
import { idle } from "./support/dependencies";
import { closeAll, serve } from "./support/serve";

afterEach(closeAll);
const plain: ApiSetup = { stage: "dev", routes: { "GET /x": {} } };
const integrated = (integration: object): Partial<ApiSetup> => ({ routes: { "GET /x": { integration } } });
const mocked = (responses: object): Partial<ApiSetup> => ({ routes: { "GET /x": { mock: { responses } } } });
const operation = { "x-amazon-apigateway-integration": { type: "mock" } };
const pathed = (paths: object): Partial<ApiSetup> => ({ root: { paths } });

describe("a document is refused at boot", () => {
  it.each<[string, Partial<ApiSetup>, string]>([
    ["of OpenAPI 3.1", { root: { openapi: "3.1.0" } }, "openapi 3.1.0 is not emulated here"],
    [
      "with an extension that is not read",
      { root: { "x-amazon-apigateway-endpoint-configuration": {} } },
      "x-amazon-apigateway-endpoint-configuration",
    ],
    ["with an unknown member", { root: { webhooks: {} } }, "an-api: webhooks"],
    ["with a path without a slash", pathed({ x: {} }), "must begin with /"],
    ["with a variable inside a segment", pathed({ "/a{b}": {} }), "segment a{b}"],
    ["with a reference as a path", pathed({ "/a": { $ref: "#" } }), "paths./a: $ref"],
    ["with an operation without an integration", pathed({ "/a": { get: {} } }), "No integration defined for method"],
    ["with callbacks", pathed({ "/a": { get: { ...operation, callbacks: {} } } }), "paths./a.get: callbacks"],
    [
      "with a parameter in a cookie",
      pathed({ "/a": { get: { ...operation, parameters: [{ name: "c", in: "cookie" }] } } }),
      "a parameter in cookie (c)",
    ],
    [
      "with IAM authorization",
      pathed({ "/a": { get: { ...operation, "x-amazon-apigateway-auth": { type: "AWS_IAM" } } } }),
      "x-amazon-apigateway-auth AWS_IAM",
    ],
    [
      "with a key in another header",
      {
        securitySchemes: { apiKey: { type: "apiKey", in: "header", name: "key" } },
        routes: { "GET /x": { key: true } },
      },
      "security scheme apiKey",
    ],
    ...[
      { type: "apiKey", in: "query", name: "x-api-key" },
      { type: "http", in: "header", name: "x-api-key" },
      { type: "apiKey", in: "header", name: "x-api-key", "x-amazon-apigateway-authtype": "custom" },
    ].map((apiKey): [string, Partial<ApiSetup>, string] => [
      `with the security scheme ${JSON.stringify(apiKey)}`,
      { securitySchemes: { apiKey }, routes: { "GET /x": { key: true } } },
      "security scheme apiKey",
    ]),
    [
      "with a validator of no one",
      { root: { "x-amazon-apigateway-request-validator": "valueOf" } },
      "Validator identifier",
    ],
    ["with a gateway response of no type", { gatewayResponses: { valueOf: {} } }, "gateway response valueOf"],
    ["with a model of an odd name", { schemas: { "a-b": {} } }, "model a-b"],
    [
      "with a role for its integration",
      integrated({ credentials: "arn" }),
      "x-amazon-apigateway-integration: credentials",
    ],
    ["with a link into a network", integrated({ connectionType: "VPC_LINK" }), "VPC_LINK"],
    ["with the newer event format", integrated({ payloadFormatVersion: "2.0" }), "payloadFormatVersion"],
    ["with content handling", integrated({ contentHandling: "CONVERT_TO_TEXT" }), "contentHandling"],
    ["with a timeout below 50 ms", integrated({ timeoutInMillis: 49 }), "timeoutInMillis must be 50–29000, got 49"],
    [
      "with a cache key that is no parameter",
      integrated({ cacheKeyParameters: ["method.request.path.id"] }),
      "cacheKeyParameters names method.request.path.id",
    ],
    [
      "with a mapping of a mock that is not read",
      mocked({
        default: {
          statusCode: 200,
          responseParameters: { "method.response.header.a": "integration.request.header.b" },
        },
      }),
      "the mapping integration.request.header.b",
    ],
    ["with a pattern that is none", mocked({ "(": { statusCode: 200 } }), "is no regular expression"],
    ...["ok", 99, 600].map((statusCode): [string, Partial<ApiSetup>, string] => [
      `with the status ${statusCode}`,
      mocked({ default: { statusCode } }),
      `statusCode must be an HTTP status, got ${statusCode}`,
    ]),
    [
      "with a gateway response's status that is none",
      { gatewayResponses: { THROTTLED: { statusCode: 1 } } },
      "statusCode must be 200–599",
    ],
    [
      "with a gateway response's parameter that is no header",
      { gatewayResponses: { THROTTLED: { responseParameters: { a: "'b'" } } } },
      "gatewayresponse.header.<name>",
    ],
  ])("%s", (_title, overrides, problem) => {
    expect(() => createGateway(definitionOf({ ...plain, ...overrides }), idle)).toThrow(problem);
  });
});

describe("an import's parameters", () => {
  it.each([
    [{ basepath: "append" }, "an-api: parameters: basepath must be ignore, prepend or split, got append"],
    [{ ignore: "models" }, "an-api: parameters: ignore models is not emulated"],
    [{ mode: "merge" }, "an-api: parameters: mode is not emulated"],
  ])("refuse %j", (parameters, problem) => {
    expect(() => createGateway(definitionOf({ ...plain, restApi: { parameters } }), idle)).toThrow(problem);
  });

  it("may say where the API is served from, and so how long integrations may take", () => {
    const routes = { "GET /x": { integration: { timeoutInMillis: 60_000 } } };
    const made = (parameters: object) => () =>
      createGateway(definitionOf({ ...plain, routes, restApi: { parameters } }), idle);
    expect(made({})).toThrow("timeoutInMillis must be 50–29000, got 60000");
    expect(made({ endpointConfigurationTypes: "REGIONAL", ignore: "documentation" })).not.toThrow();
  });
});

describe("a document in YAML", () => {
  const yaml = (extra = "") => `
openapi: 3.0.1
info: { title: an api, version: "1" }
x-shared: &integration
  type: aws_proxy
  httpMethod: POST
  uri: arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${functionArn}/invocations
paths:
  /x:
    get:
      x-amazon-apigateway-integration:
        <<: *integration
        timeoutInMillis: 100
${extra}`;

  it("is served like one in JSON", async () => {
    const served = await serve({ ...plain, text: yaml() });
    expect((await served.ask({ path: "/x" })).status).toBe(200);
  });

  it.each([
    ["is none", "openapi: [", "an-api: Invalid OpenAPI input."],
    ["is a text", "openapi", "an-api: Invalid OpenAPI input."],
    ["says a thing twice", yaml("openapi: 3.0.2"), "an-api: Invalid OpenAPI input."],
    ["says what is not read", yaml("x-amazon-apigateway-nothing: 1"), "x-amazon-apigateway-nothing is not emulated"],
  ])("that %s is refused", (_title, text, problem) => {
    expect(() => createGateway(definitionOf({ ...plain, text }), idle)).toThrow(problem);
  });
});

test.each([
  [19, "API Key value should be at least 20 characters"],
  [20, undefined],
  [128, undefined],
  [129, "API Key value exceeds maximum size of 128 characters"],
])("an API key of %i characters is taken or refused, as by CreateApiKey", (length, problem) => {
  const made = () => createGateway(definitionOf({ ...plain, keys: [{ name: "k", value: "k".repeat(length) }] }), idle);
  if (problem === undefined) expect(made).not.toThrow();
  else expect(made).toThrow(problem);
});

describe("a resource is refused at boot", () => {
  const changed = (change: (definition: GatewayDefinition) => object): GatewayDefinition => {
    const definition = definitionOf({ ...plain, keys: [{ name: "k", value: "k".repeat(20) }] });
    return { ...definition, ...change(definition) };
  };
  const settings = (method_path: string, values = {}) => ({
    methodSettings: [{ stage_name: "dev", method_path, settings: [values] }],
  });

  it.each<[string, GatewayDefinition, string]>([
    [
      "an API that compresses",
      changed(({ restApi }) => ({ restApi: { ...restApi, minimum_compression_size: "1024" } })),
      "minimum_compression_size",
    ],
    [
      "an API with keys from an authorizer",
      changed(({ restApi }) => ({ restApi: { ...restApi, api_key_source: "AUTHORIZER" } })),
      "api_key_source AUTHORIZER",
    ],
    [
      "a stage with a client certificate",
      changed(() => ({ stages: [{ stage_name: "dev", client_certificate_id: "c" }] })),
      "client_certificate_id",
    ],
    ["settings for a path with slashes, which have no effect", changed(() => settings("/x/GET")), "has no effect"],
    ["settings for a method that is not there", changed(() => settings("~1y/GET")), "names no method of the API"],
    [
      "settings with an unknown strategy",
      changed(() => settings("*/*", { unauthorized_cache_control_header_strategy: "x" })),
      "must be one of FAIL_WITH_403",
    ],
    [
      "settings with too long a time to live",
      changed(() => settings("*/*", { cache_ttl_in_seconds: 3601 })),
      "0–3600, got 3601",
    ],
    ["settings that are not known", changed(() => settings("*/*", { unknown: 1 })), "*/*: unknown"],
    [
      "a quota for an hour",
      changed(({ usagePlans }) => ({
        usagePlans: [{ ...usagePlans[0], quota_settings: { limit: 1, period: "HOUR" } }],
      })),
      "must be DAY, WEEK or MONTH, got HOUR",
    ],
    [
      "a quota with an offset",
      changed(({ usagePlans }) => ({
        usagePlans: [{ ...usagePlans[0], quota_settings: { limit: 1, period: "DAY", offset: 1 } }],
      })),
      "quota_settings.offset 1",
    ],
  ])("%s", (_title, definition, problem) => {
    expect(() => createGateway(definition, idle)).toThrow(problem);
  });
});

describe("a document may", () => {
  it("say that an operation needs no key, by a requirement of nothing", async () => {
    const get = { ...operation, security: [{}] };
    const served = await serve({ ...plain, root: { paths: { "/x": { get } } } });
    expect((await served.ask({ path: "/x" })).status).not.toBe(403);
  });

  it("have the first and the last HTTP status, and timeouts at their limits", () => {
    const made = (overrides: Partial<ApiSetup>) => () => createGateway(definitionOf({ ...plain, ...overrides }), idle);
    expect(made(mocked({ a: { statusCode: 100 }, default: { statusCode: 599 } }))).not.toThrow();
    for (const timeoutInMillis of [50, 29_000]) expect(made(integrated({ timeoutInMillis }))).not.toThrow();
  });

  it("have extensions of other tools, parameters of a path, and parts by reference", async () => {
    const uri = `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${functionArn}/invocations`;
    const get = {
      parameters: [{ $ref: "#/components/parameters/q" }],
      "x-amazon-apigateway-request-validator": "all",
      "x-amazon-apigateway-integration": { type: "AWS_PROXY", httpMethod: "post", uri },
      "x-tool": 1,
    };
    const paths = { "/x": { parameters: [{ name: "h", in: "header", required: true }], get, "x-tool": 1 } };
    const components = { parameters: { q: { name: "q", in: "query", required: true } } };
    const validator = { validateRequestParameters: true };
    const served = await serve({ ...plain, validator, root: { paths, components, "x-tool": 1 } });
    expect((await served.ask({ path: "/x" })).body).toBe('{"message": "Missing required request parameters: [h, q]"}');
    expect((await served.ask({ path: "/x", query: "q=1", headers: { h: "1" } })).status).toBe(200);
  });

  it("be served on several stages, each with its own variables and limits", async () => {
    const seen: string[] = [];
    const definition = definitionOf(plain);
    const stages = ["a", "b"].map((stage_name) => ({ stage_name, variables: { name: stage_name } }));
    const invoke = async (_arn: string, event: string) => {
      seen.push(JSON.parse(event).stageVariables.name);
      return { payload: "{}" };
    };
    const gateway = createGateway({ ...definition, stages, usagePlans: [], usagePlanKeys: [] }, { ...idle, invoke });
    const { createServer } = await import("node:http");
    const server = createServer(gateway.handle).listen(0);
    const { port } = server.address() as { port: number };
    for (const stage of ["a", "b"]) expect((await fetch(`http://localhost:${port}/${stage}/x`)).status).toBe(200);
    server.closeAllConnections();
    server.close();
    expect(seen).toEqual(["a", "b"]);
  });
});
