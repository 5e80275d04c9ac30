import type { GatewayDependencies } from "../../../../local/apigateway/gateway";
import type { ServicesBackend } from "../../../../local/apigateway/integration/backends";
import type { GatewayDefinition, MethodSettings } from "../../../../local/read/gateway-resources";

/** A route, with what differs from a plain proxy to the function. */
export interface RouteSetup {
  readonly key?: boolean;
  /** Of the scheme `users`. */
  readonly scopes?: readonly string[];
  readonly operationId?: string;
  /** By location, such as `method.request.header.x`: whether it is required. */
  readonly parameters?: Readonly<Record<string, boolean>>;
  /** By media type, the names of models. */
  readonly models?: Readonly<Record<string, string>>;
  /** Members of the integration. */
  readonly integration?: object;
  /** An integration of another type than the function. */
  readonly other?: object;
  /** A mock instead of the function: its request template and responses, or the text it says. */
  readonly mock?: { request?: string; responses?: object; passthroughBehavior?: string; says?: string };
}

/** An API, with what differs from one that has no settings. */
export interface ApiSetup {
  readonly stage: string;
  /** By `METHOD /path`; several methods are separated by `|`. */
  readonly routes: Readonly<Record<string, RouteSetup>>;
  readonly schemas?: object;
  readonly validator?: object;
  readonly gatewayResponses?: object;
  readonly securitySchemes?: object;
  readonly binaryMediaTypes?: readonly string[];
  readonly variables?: Readonly<Record<string, string>>;
  readonly keys?: readonly { name: string; value: string; planned?: boolean; enabled?: boolean }[];
  readonly plan?: object;
  readonly methodSettings?: Readonly<Record<string, MethodSettings>>;
  readonly accessLogFormat?: string;
  readonly stageAttributes?: object;
  /** Further members of the document. */
  readonly root?: object;
  /** In place of the document. */
  readonly text?: string;
  readonly permitted?: boolean;
  /** The API's resource policy. */
  readonly policy?: object;
  /** Attributes of the API. */
  readonly restApi?: object;
  /** The keys of user pools. */
  readonly tokenKeys?: GatewayDependencies["tokenKeys"];
  /** The services that integrations call. */
  readonly services?: ServicesBackend;
}

export const functionArn = "arn:aws:lambda:us-east-1:000000000000:function:f";
const uri = `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${functionArn}/invocations`;
const locations: Record<string, string> = { header: "header", querystring: "query", path: "path" };

function mockOf({ request, responses, passthroughBehavior, says }: NonNullable<RouteSetup["mock"]>): object {
  const templates = says === undefined ? {} : { responseTemplates: { "application/json": says } };
  return {
    type: "mock",
    requestTemplates: { "application/json": request ?? '{"statusCode": 200}' },
    responses: responses ?? { default: { statusCode: "200", ...templates } },
    ...(passthroughBehavior ? { passthroughBehavior } : {}),
  };
}

function operationOf({ key, scopes, operationId, parameters, models, integration, mock, other }: RouteSetup): object {
  const content = Object.entries(models ?? {}).map(([type, name]) => [
    type,
    { schema: { $ref: `#/components/schemas/${name}` } },
  ]);
  return {
    ...(operationId === undefined ? {} : { operationId }),
    ...(key ? { security: [{ apiKey: [] }] } : {}),
    ...(scopes ? { security: [{ users: scopes }] } : {}),
    ...(models ? { requestBody: { content: Object.fromEntries(content) } } : {}),
    parameters: Object.entries(parameters ?? {}).map(([location, required]) => {
      const [, , where = "", name] = /^(method\.request)\.(\w+)\.(.+)$/.exec(location) ?? [];
      return { name, in: locations[where], required, schema: { type: "string" } };
    }),
    responses: {},
    "x-amazon-apigateway-integration":
      other ?? (mock ? mockOf(mock) : { type: "aws_proxy", httpMethod: "POST", uri, ...integration }),
  };
}

function documentOf(api: ApiSetup): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const [name, route] of Object.entries(api.routes)) {
    const [methods = "", path = ""] = name.split(" ");
    for (const method of methods.split("|")) {
      const member = method === "ANY" ? "x-amazon-apigateway-any-method" : method.toLowerCase();
      paths[path] = { ...paths[path], [member]: operationOf(route) };
    }
  }
  return {
    openapi: "3.0.1",
    info: { title: "api", version: "1" },
    paths,
    components: {
      schemas: api.schemas ?? {},
      securitySchemes: api.securitySchemes ?? { apiKey: { type: "apiKey", in: "header", name: "x-api-key" } },
    },
    ...(api.validator
      ? {
          "x-amazon-apigateway-request-validators": { all: api.validator },
          "x-amazon-apigateway-request-validator": "all",
        }
      : {}),
    ...(api.gatewayResponses ? { "x-amazon-apigateway-gateway-responses": api.gatewayResponses } : {}),
    ...api.root,
  };
}

/** The resources that a stack would have for the API. */
export function definitionOf(api: ApiSetup): GatewayDefinition {
  const planned = (api.keys ?? []).filter(({ planned: isPlanned = true }) => isPlanned);
  return {
    region: "us-east-1",
    accountId: "000000000000",
    restApi: {
      id: "api1234567",
      name: "an-api",
      body: api.text ?? documentOf(api),
      ...api.restApi,
      ...(api.binaryMediaTypes ? { binary_media_types: api.binaryMediaTypes } : {}),
    },
    ...(api.policy
      ? { policy: { json: JSON.stringify(api.policy), address: "aws_api_gateway_rest_api_policy.p" } }
      : {}),
    stages: [
      {
        stage_name: api.stage,
        ...(api.variables ? { variables: api.variables } : {}),
        ...(api.accessLogFormat === undefined ? {} : { access_log_settings: { format: api.accessLogFormat } }),
        ...api.stageAttributes,
      },
    ],
    methodSettings: Object.entries(api.methodSettings ?? {}).map(([method_path, settings]) => ({
      stage_name: api.stage,
      method_path,
      settings,
    })),
    usagePlans: [{ id: "plan1", name: "plan", api_stages: [{ api_id: "api1234567", stage: api.stage }], ...api.plan }],
    apiKeys: (api.keys ?? []).map(({ name, value, enabled }) => ({
      id: `id-${name}`,
      name,
      value,
      ...(enabled === undefined ? {} : { enabled }),
    })),
    usagePlanKeys: planned.map(({ name }) => ({ key_id: `id-${name}`, usage_plan_id: "plan1" })),
  };
}
