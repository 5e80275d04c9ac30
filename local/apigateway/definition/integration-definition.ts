import { parseArn, type TransferMode } from "../../../aws/arn";
import { apiGatewayLimits } from "../../../aws/limits";
import type { JsonObject } from "../../../lib/json";
import { DefinitionError, list, notEmulated, onlyKnown, optionalObject, text } from "./definition-error";
import {
  type ContentHandling,
  type IntegrationResponseDefinition,
  readContentHandling,
  readResponses,
  strings,
} from "./integration-response-definition";
import { type AwsTarget, awsTarget, proxiedFunction } from "./integration-uri";
import { readRequestParameters } from "./request-parameters";

/** When a body that no template is for passes through. */
type PassthroughBehavior = (typeof behaviors)[number];

interface Integration {
  readonly timeoutInMillis: number;
  readonly passthroughBehavior: PassthroughBehavior;
  readonly cacheKeyParameters: readonly string[];
  /** Undefined stands for the resource's id. */
  readonly cacheNamespace: string | undefined;
  /** By `header.<name>`, `querystring.<name>` or `path.<name>`: what each is made of. */
  readonly requestParameters: Readonly<Record<string, string>>;
}

/** A function that is given the whole request. */
export interface ProxyIntegrationDefinition extends Integration {
  readonly type: "AWS_PROXY";
  readonly httpMethod: string;
  /** May contain `${stageVariables.name}`. */
  readonly functionArn: string;
  /** The role that calls it; without one, the function's policy lets the API. */
  readonly credentials: string | undefined;
  /** Whether its answer is passed on as it comes. */
  readonly streams: boolean;
}

/** An integration with mapping templates and integration responses. */
export interface CustomIntegration extends Integration {
  readonly requestTemplates: Readonly<Record<string, string>>;
  readonly contentHandling: ContentHandling;
  readonly responses: readonly IntegrationResponseDefinition[];
}

/** An answer that the gateway makes itself. */
export interface MockIntegrationDefinition extends CustomIntegration {
  readonly type: "MOCK";
}

/** Another HTTP server. */
export interface HttpIntegrationDefinition extends CustomIntegration {
  readonly type: "HTTP" | "HTTP_PROXY";
  /** The method of the call, ANY for the request's own. */
  readonly httpMethod: string;
  /** May contain `{name}` and `${stageVariables.name}`. */
  readonly uri: string;
  /** Whether a certificate that nobody vouches for is taken. */
  readonly insecure: boolean;
}

/** An operation of one of AWS's services, or a function with an event of the template's making. */
export interface AwsIntegrationDefinition extends CustomIntegration {
  readonly type: "AWS";
  readonly httpMethod: string;
  readonly target: AwsTarget;
  /** The role that makes the call. Functions may do without. */
  readonly credentials: string | undefined;
}

export type IntegrationDefinition =
  | ProxyIntegrationDefinition
  | MockIntegrationDefinition
  | HttpIntegrationDefinition
  | AwsIntegrationDefinition;

const members = new Set([
  ...["type", "httpMethod", "uri", "timeoutInMillis", "passthroughBehavior", "payloadFormatVersion", "credentials"],
  ...["requestTemplates", "requestParameters", "responses", "cacheKeyParameters", "cacheNamespace", "connectionType"],
  ...["contentHandling", "tlsConfig", "responseTransferMode"],
]);
const behaviors = ["WHEN_NO_MATCH", "WHEN_NO_TEMPLATES", "NEVER"] as const;
const types = ["AWS_PROXY", "MOCK", "HTTP", "HTTP_PROXY", "AWS"] as const;

/** The method of an integration, as far as reading it needs. */
export interface IntegrationPlace {
  readonly place: string;
  /** The method's parameters: whether each is required. */
  readonly parameters: Readonly<Record<string, boolean>>;
  /** In milliseconds, what the kind of API allows. */
  readonly longestTimeout: number;
}

/** Reads `x-amazon-apigateway-integration` with the defaults of an import. */
export function readIntegration(value: JsonObject, at: IntegrationPlace): IntegrationDefinition {
  const { place } = at;
  const named = text(value["type"], `${place}.type`).toUpperCase();
  const type = types.find((known) => known === named);
  if (!type) throw notEmulated(place, `type ${value["type"]}`);
  onlyKnown(value, place, members);
  if ((value["connectionType"] ?? "INTERNET") !== "INTERNET") throw notEmulated(place, String(value["connectionType"]));
  if ((value["payloadFormatVersion"] ?? "1.0") !== "1.0")
    throw notEmulated(place, "payloadFormatVersion other than 1.0");
  const mode = readTransferMode(value["responseTransferMode"], type, place);
  const [, longestTimeout] = mode === "STREAM" ? apiGatewayLimits.streamTimeoutMs : [0, at.longestTimeout];
  const common = readCommon(value, { ...at, longestTimeout });
  if (type === "AWS_PROXY") {
    if (value["contentHandling"]) throw notEmulated(place, "contentHandling of a proxy integration");
    return readProxy(value, { ...common, mode }, place);
  }
  const custom = { ...common, ...readCustom(value, place) };
  if (type === "MOCK") return { ...custom, type };
  const httpMethod = methodOf(value, place);
  const uri = text(value["uri"], `${place}.uri`);
  if (type === "AWS") return readAws({ ...custom, type, httpMethod, target: awsTarget(uri, place) }, value, place);
  const insecure = optionalObject(value["tlsConfig"], `${place}.tlsConfig`)["insecureSkipVerification"] === true;
  return { ...custom, type, httpMethod, uri: httpUri(uri, place), insecure };
}

/** How the answer is passed on. @throws DefinitionError where it can't be, or is not emulated */
function readTransferMode(value: unknown, type: (typeof types)[number], place: string): TransferMode {
  const mode = String(value ?? "BUFFERED").toUpperCase();
  if (mode === "BUFFERED") return mode;
  if (mode !== "STREAM")
    throw new DefinitionError(place, `responseTransferMode must be BUFFERED or STREAM, got ${value}`);
  if (type === "HTTP_PROXY") throw notEmulated(place, "responseTransferMode STREAM of an HTTP_PROXY integration");
  if (type === "AWS_PROXY") return mode;
  throw new DefinitionError(place, `responseTransferMode STREAM takes AWS_PROXY or HTTP_PROXY, got ${type}`);
}

function readCommon(value: JsonObject, { place, parameters, longestTimeout }: IntegrationPlace): Integration {
  const least = apiGatewayLimits.integrationTimeoutMs[0];
  const timeoutInMillis = value["timeoutInMillis"] ?? apiGatewayLimits.integrationTimeoutMs[1];
  if (typeof timeoutInMillis !== "number" || !(timeoutInMillis >= least && timeoutInMillis <= longestTimeout)) {
    throw new DefinitionError(place, `timeoutInMillis must be ${least}–${longestTimeout}, got ${timeoutInMillis}`);
  }
  const cacheKeyParameters = list(value["cacheKeyParameters"], `${place}.cacheKeyParameters`).map(String);
  const undeclared = cacheKeyParameters.find((name) => parameters[name] === undefined);
  if (undeclared) {
    throw new DefinitionError(place, `cacheKeyParameters names ${undeclared}, which is not among the parameters`);
  }
  const named = String(value["passthroughBehavior"] ?? "WHEN_NO_MATCH").toUpperCase();
  const passthroughBehavior = behaviors.find((known) => known === named);
  if (!passthroughBehavior) throw notEmulated(place, `passthroughBehavior ${named}`);
  return {
    timeoutInMillis,
    passthroughBehavior,
    cacheKeyParameters,
    cacheNamespace: value["cacheNamespace"] === undefined ? undefined : String(value["cacheNamespace"]),
    requestParameters: readRequestParameters(strings(value["requestParameters"], place), place),
  };
}

function readCustom(value: JsonObject, place: string): Omit<CustomIntegration, keyof Integration> {
  return {
    requestTemplates: strings(value["requestTemplates"], `${place}.requestTemplates`),
    contentHandling: readContentHandling(value["contentHandling"], place),
    responses: readResponses(value["responses"], place),
  };
}

/** @throws DefinitionError in AWS's words, as recorded */
function methodOf(value: JsonObject, place: string): string {
  const method = String(value["httpMethod"] ?? "").toUpperCase();
  if (method === "") throw new DefinitionError(place, "Enumeration value for HttpMethod must be non-empty");
  const isMethod = ["ANY", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"].includes(method);
  if (!isMethod) throw new DefinitionError(place, `httpMethod must be an HTTP method or ANY, got ${method}`);
  return method;
}

/** Stage variables may stand for a part of it, the scheme included. */
function httpUri(uri: string, place: string): string {
  if (/^(https?:\/\/|\$\{stageVariables\.)/.test(uri)) return uri;
  throw new DefinitionError(place, `Invalid HTTP endpoint specified for URI (${uri})`);
}

function readProxy(
  value: JsonObject,
  { mode, ...common }: Integration & { readonly mode: TransferMode },
  place: string,
): ProxyIntegrationDefinition {
  const credentials = readCredentials(value, place);
  const streams = mode === "STREAM";
  if (streams && credentials !== undefined) throw notEmulated(place, "responseTransferMode STREAM with credentials");
  return {
    ...common,
    type: "AWS_PROXY",
    httpMethod: String(value["httpMethod"] ?? "POST").toUpperCase(),
    functionArn: proxiedFunction(text(value["uri"], `${place}.uri`), mode, place),
    ...{ credentials, streams },
  };
}

function readAws(
  integration: Omit<AwsIntegrationDefinition, "credentials">,
  value: JsonObject,
  place: string,
): AwsIntegrationDefinition {
  const credentials = readCredentials(value, place);
  if (credentials === undefined && !("functionArn" in integration.target)) {
    throw new DefinitionError(place, "Role ARN must be specified for AWS integrations");
  }
  return { ...integration, credentials };
}

function readCredentials(value: JsonObject, place: string): string | undefined {
  const role = value["credentials"] ?? undefined;
  if (role === undefined || role === "") return undefined;
  const { service, accountId, resource = "" } = parseArn(String(role)) ?? {};
  if (service === "iam" && resource === "user/*") throw notEmulated(place, "the caller's own credentials");
  if (service === "iam" && /^\d{12}$/.test(accountId ?? "") && resource.startsWith("role/")) return String(role);
  throw new DefinitionError(place, `credentials must be a role's ARN, got ${role}`);
}
