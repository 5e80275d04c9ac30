import { invocationUri } from "../aws/arn";
import type { Json } from "../lib/json";
import { isOfUsers, securityOf } from "./access";
import { isMedia, responsesOf } from "./answers";
import type { Api, Route } from "./api";
import { fieldNames } from "./api";
import { headerName, type OpenApiDocument, type Operation, openApi } from "./openapi";
import { isStream, streams } from "./streams";

/** Lambda integration of an operation: the function, and its timeout. */
export interface Integration {
  readonly functionArn: string;
  /** 50–29000 ms, API Gateway's own bounds; of an answer that is streamed up to 900000. */
  readonly timeoutMs: number;
}

/** Who says whether a token is a user's: a function of ours, or a Cognito user pool. */
export type UserAuthorizer =
  | {
      readonly functionArn: string;
      /** Seconds for which an answer counts for its token. */
      readonly resultTtlSeconds: number;
    }
  | { readonly userPoolArn: string };

/** Options of the document for API Gateway. */
export interface GatewayOptions {
  readonly region: string;
  /** The function of each operation, by operation id. */
  readonly integrations: Readonly<Record<string, Integration>>;
  /** The origins that browsers may call from; none makes an API that browsers can't call. */
  readonly corsOrigins: readonly string[];
  /** @default none: the API has no operation of users */
  readonly users?: UserAuthorizer;
}

/** Name of a parameter in API Gateway: `method.request.path.recordId`. */
export function parameterLocation(route: Route, name: string): string | undefined {
  if (fieldNames(route.params).includes(name)) return `method.request.path.${name}`;
  if (fieldNames(route.query).includes(name)) return `method.request.querystring.${name}`;
  if (fieldNames(route.headers).includes(name)) return `method.request.header.${headerName(name)}`;
  return undefined;
}

function cacheKey(route: Route, corsOrigins: readonly string[]): string[] {
  const key = (route.cache?.keyParameters ?? []).flatMap((name) => parameterLocation(route, name) ?? []);
  // The handler echoes one of several origins, so an answer must not be served to another.
  return corsOrigins.length > 1 ? [...key, "method.request.header.Origin"] : key;
}

function integrationOf(operationId: string, { integrations }: GatewayOptions): Integration {
  const integration = new Map(Object.entries(integrations)).get(operationId);
  if (integration) return integration;
  const given = Object.keys(integrations).join(", ") || "none";
  throw new Error(`${operationId}: every operation must have an integration, got ${given}; give it a function`);
}

/** Whatever has another form is no token, and asks nobody: three parts, the signature not missing (RFC 7515, 7.1). */
const bearerForm = "^[Bb]earer [\\w-]+\\.[\\w-]+\\.[\\w-]+$";

/**
 * The security scheme of users as API Gateway reads it. (developer guide, "x-amazon-apigateway-authorizer object")
 */
function usersScheme(region: string, users: UserAuthorizer): Json {
  const header = { type: "apiKey", in: "header", name: "Authorization" };
  if ("userPoolArn" in users) {
    return {
      ...header,
      "x-amazon-apigateway-authtype": "cognito_user_pools",
      "x-amazon-apigateway-authorizer": { type: "cognito_user_pools", providerARNs: [users.userPoolArn] },
    };
  }
  return {
    ...header,
    "x-amazon-apigateway-authtype": "custom",
    "x-amazon-apigateway-authorizer": {
      type: "token",
      authorizerUri: invocationUri(region, users.functionArn),
      authorizerResultTtlInSeconds: users.resultTtlSeconds,
      identityValidationExpression: bearerForm,
    },
  };
}

/** The components of the document, with the authorizer of users in place of what clients read of it. */
function componentsFor(api: Api, { components }: OpenApiDocument, { region, users }: GatewayOptions) {
  const guarded = Object.entries(api.routes).find(([, { access }]) => isOfUsers(access));
  if (!guarded) return components;
  if (!users) throw new Error(`${guarded[0]}: an operation of users must have an authorizer, got none; give users`);
  return { ...components, securitySchemes: { ...components.securitySchemes, users: usersScheme(region, users) } };
}

/**
 * Requirements as API Gateway takes them: each alone, as AWS SAM writes them, and all of them needed. A user pool's authorizer
 * reads scopes; a function knows them of itself, and is told none.
 */
function securityFor(operationId: string, { access, scopes }: Route, { users }: GatewayOptions): Json {
  const requirements = securityOf(operationId, access, users && "userPoolArn" in users ? scopes : []);
  return requirements.flatMap((one) => Object.entries(one).map(([scheme, scopes]) => ({ [scheme]: scopes })));
}

function withIntegration(operation: Operation, route: Route, options: GatewayOptions): Operation {
  const { functionArn, timeoutMs } = integrationOf(String(operation["operationId"]), options);
  const mode = streams(route) ? "STREAM" : "BUFFERED";
  const cached = route.cache ? { cacheKeyParameters: cacheKey(route, options.corsOrigins) } : {};
  const origin = route.cache && options.corsOrigins.length > 1 ? [originParameter] : [];
  const parameters = [...((operation["parameters"] as Json[] | undefined) ?? []), ...origin];
  return {
    ...operation,
    security: securityFor(String(operation["operationId"]), route, options),
    ...(parameters.length > 0 ? { parameters } : {}),
    "x-amazon-apigateway-request-validator": route.body ? "body-and-parameters" : "parameters",
    "x-amazon-apigateway-integration": {
      type: "aws_proxy",
      httpMethod: "POST",
      uri: invocationUri(options.region, functionArn, mode),
      ...(mode === "STREAM" ? { responseTransferMode: mode } : {}),
      timeoutInMillis: timeoutMs,
      ...cached,
    },
  };
}

const originParameter = { name: "Origin", in: "header", required: false, schema: { type: "string" } };

/** The Access-Control-Allow-Origin header: the one origin, or whichever of several the browser names. */
function preflightOrigin(corsOrigins: readonly string[]): { header: string; template: string } {
  const [first = ""] = corsOrigins;
  if (corsOrigins.length === 1) return { header: `'${first}'`, template: '{"statusCode": 204}' };
  const listed = corsOrigins.map((origin) => `$origin == "${origin}"`).join(" || ");
  return {
    header: `'${first}'`,
    template: [
      '#set($origin = $input.params("Origin"))',
      `#if(${listed})#set($context.responseOverride.header.Access-Control-Allow-Origin = $origin)#end`,
      '{"statusCode": 204}',
    ].join("\n"),
  };
}

/** Headers that any caller may send: an API key, a token, a signature (Signature Version 4). */
const callerHeaders = ["Content-Type", "X-Amz-Date", "Authorization", "X-Api-Key", "X-Amz-Security-Token"];

/** OPTIONS, answered by the gateway itself: browsers ask it without a key before they send the request. */
function preflight(routes: readonly Route[], corsOrigins: readonly string[]): Operation {
  const { header, template } = preflightOrigin(corsOrigins);
  const requestHeaders = new Set(callerHeaders);
  for (const route of routes) for (const name of fieldNames(route.headers)) requestHeaders.add(headerName(name));
  const headers: Record<string, string> = {
    "Access-Control-Allow-Origin": header,
    "Access-Control-Allow-Methods": `'${["OPTIONS", ...routes.map(({ method }) => method)].join(",")}'`,
    "Access-Control-Allow-Headers": `'${[...requestHeaders].join(",")}'`,
    "Access-Control-Max-Age": "'600'",
    Vary: "'Origin'",
  };
  const parameters = fieldNames(routes[0]?.params).map((name) => ({
    name,
    in: "path",
    required: true,
    schema: { type: "string" },
  }));
  return {
    summary: "CORS preflight",
    ...(parameters.length > 0 ? { parameters } : {}),
    security: [],
    responses: {
      204: {
        description: "What a browser may send",
        headers: Object.fromEntries(Object.keys(headers).map((name) => [name, { schema: { type: "string" } }])),
      },
    },
    "x-amazon-apigateway-integration": {
      type: "mock",
      passthroughBehavior: "never",
      requestTemplates: { "application/json": template },
      responses: {
        default: {
          statusCode: "204",
          responseParameters: Object.fromEntries(
            Object.entries(headers).map(([name, value]) => [`method.response.header.${name}`, value]),
          ),
        },
      },
    },
  };
}

/**
 * Message for a body that its model refuses: without the validator's words (`$context.error.validationErrorString`),
 * which contain quotes and what the caller sent. The developer guide ("Variables for data transformations") calls
 * `$context.error.messageString` quoted and says nothing of theirs, and templates of gateway responses are not VTL,
 * which could escape them ("x-amazon-apigateway-gateway-responses.gatewayResponse object").
 */
const modelMismatch = "must match the schema in the API's document, of $context.httpMethod $context.resourcePath";

const withHeaders = (headers: Readonly<Record<string, string>>): { readonly [member: string]: Json } =>
  Object.keys(headers).length > 0 ? { responseParameters: headers } : {};

const hasUsers = ({ routes }: Api): boolean => Object.values(routes).some(({ access }) => isOfUsers(access));

/** The gateway's own refusals, in the shape of the handlers' and readable for browsers. */
function gatewayResponses(api: Api, corsOrigins: readonly string[]): Json {
  const [first = ""] = corsOrigins;
  const origin = corsOrigins.length === 1 ? `'${first}'` : "method.request.header.Origin";
  const cors = {
    "gatewayresponse.header.Access-Control-Allow-Origin": origin,
    "gatewayresponse.header.Vary": "'Origin'",
  };
  const response = (details: string, headers: Readonly<Record<string, string>> = {}): Json => ({
    ...withHeaders({ ...(corsOrigins.length > 0 ? cors : {}), ...headers }),
    responseTemplates: {
      "application/json": `{"error":{"code":"$context.error.responseType","message":$context.error.messageString${details},"requestId":"$context.requestId"}}`,
    },
  });
  return {
    DEFAULT_4XX: response(""),
    DEFAULT_5XX: response(""),
    // Says what is missing (RFC 6750, 3. The WWW-Authenticate Response Header Field).
    ...(hasUsers(api) ? { UNAUTHORIZED: response("", { "gatewayresponse.header.WWW-Authenticate": "'Bearer'" }) } : {}),
    BAD_REQUEST_BODY: response(`,"details":[{"path":"body","message":"${modelMismatch}"}]`),
  };
}

/** The media types whose answers API Gateway decodes for those who ask for them first. */
function binaryMediaTypes({ routes }: Api): Record<string, string[]> {
  const types = Object.values(routes)
    .flatMap(responsesOf)
    .flatMap((body) => (isMedia(body) && body.kind === "binary" && !isStream(body) ? [body.mediaType] : []));
  return types.length > 0 ? { "x-amazon-apigateway-binary-media-types": [...new Set(types)].sort() } : {};
}

/**
 * The document that API Gateway imports: the OpenAPI file with integrations, validators, preflights and gateway
 * responses. It refers to nothing in Terraform, so it is known at plan and its hash changes only when the API does.
 *
 * @throws Error where an operation has no integration, or an access that is not known
 *
 * @example
 * const createRecord = { functionArn: "arn:aws:lambda:us-east-1:000000000000:function:create:live", timeoutMs: 10_000 };
 * const body = gatewayBody(recordsApi, { region: "us-east-1", integrations: { createRecord }, corsOrigins: [] });
 */
export function gatewayBody(api: Api, options: GatewayOptions): OpenApiDocument {
  const document = openApi(api);
  const routesAt = (path: string) => Object.values(api.routes).filter((route) => route.path === path);
  const paths = Object.entries(document.paths).map(([path, operations]) => [
    path,
    {
      ...Object.fromEntries(
        Object.entries(operations).map(([method, operation]) => {
          const route = api.routes[operation["operationId"] as string];
          return [method, route ? withIntegration(operation, route, options) : operation];
        }),
      ),
      ...(options.corsOrigins.length > 0 ? { options: preflight(routesAt(path), options.corsOrigins) } : {}),
    },
  ]);
  return {
    ...document,
    components: componentsFor(api, document, options),
    paths: Object.fromEntries(paths),
    "x-amazon-apigateway-request-validators": {
      parameters: { validateRequestParameters: true, validateRequestBody: false },
      "body-and-parameters": { validateRequestParameters: true, validateRequestBody: true },
    },
    "x-amazon-apigateway-gateway-responses": gatewayResponses(api, options.corsOrigins),
    ...binaryMediaTypes(api),
  };
}
