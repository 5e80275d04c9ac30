import { invokedBy, parseArn } from "../../../aws/arn";
import { apiGatewayLimits } from "../../../aws/limits";
import type { JsonObject } from "../../../lib/json";
import { DefinitionError, list, notEmulated, onlyKnown, optionalObject, text } from "./definition-error";

/** When a body that no template is for passes through. */
type PassthroughBehavior = "WHEN_NO_MATCH" | "WHEN_NO_TEMPLATES" | "NEVER";

interface Integration {
  readonly timeoutInMillis: number;
  readonly passthroughBehavior: PassthroughBehavior;
  readonly cacheKeyParameters: readonly string[];
  /** Undefined stands for the resource's id. */
  readonly cacheNamespace: string | undefined;
}

/** A function that is given the whole request. */
export interface ProxyIntegrationDefinition extends Integration {
  readonly type: "AWS_PROXY";
  readonly httpMethod: string;
  /** May contain `${stageVariables.name}`. */
  readonly functionArn: string;
  /** A header that a mapping must not target: every call of the route fails. */
  readonly forbiddenMapping: string | undefined;
}

/** How an answer of a mock is made. */
export interface IntegrationResponseDefinition {
  /** Undefined for the default. */
  readonly selectionPattern: string | undefined;
  readonly statusCode: number;
  readonly responseParameters: Readonly<Record<string, string>>;
  readonly responseTemplates: Readonly<Record<string, string>>;
}

/** An answer that the gateway makes itself. */
export interface MockIntegrationDefinition extends Integration {
  readonly type: "MOCK";
  readonly requestTemplates: Readonly<Record<string, string>>;
  readonly responses: readonly IntegrationResponseDefinition[];
}

export type IntegrationDefinition = ProxyIntegrationDefinition | MockIntegrationDefinition;

const members = new Set([
  ...["type", "httpMethod", "uri", "timeoutInMillis", "passthroughBehavior", "payloadFormatVersion"],
  ...["requestTemplates", "requestParameters", "responses", "cacheKeyParameters", "cacheNamespace", "connectionType"],
]);
const responseMembers = new Set(["statusCode", "responseParameters", "responseTemplates"]);
/** A mapping to one of these makes every call of a proxy route fail (recorded for all but the last two). */
const forbiddenTargets = new Set([
  ...["authorization", "content-length", "transfer-encoding", "expect", "te"],
  ...["connection", "proxy-authenticate", "x-amzn-trace-id", "x-amzn-apigateway-api-id"],
]);

/** Reads `x-amazon-apigateway-integration` with the defaults of an import. */
export function readIntegration(
  value: JsonObject,
  parameters: Readonly<Record<string, boolean>>,
  place: string,
): IntegrationDefinition {
  const type = text(value["type"], `${place}.type`).toUpperCase();
  if (type !== "AWS_PROXY" && type !== "MOCK") throw notEmulated(place, `type ${value["type"]}`);
  onlyKnown(value, place, members);
  if ((value["connectionType"] ?? "INTERNET") !== "INTERNET") throw notEmulated(place, String(value["connectionType"]));
  if ((value["payloadFormatVersion"] ?? "1.0") !== "1.0")
    throw notEmulated(place, "payloadFormatVersion other than 1.0");
  const common = readCommon(value, parameters, place);
  return type === "MOCK" ? readMock(value, common, place) : readProxy(value, common, place);
}

function readCommon(value: JsonObject, parameters: Readonly<Record<string, boolean>>, place: string): Integration {
  // No upper bound: AWS raises it for an account that asks ("Integration timeout for REST APIs").
  const [least, most] = apiGatewayLimits.integrationTimeoutMs;
  const timeoutInMillis = value["timeoutInMillis"] ?? most;
  if (typeof timeoutInMillis !== "number" || !(timeoutInMillis >= least)) {
    throw new DefinitionError(place, `timeoutInMillis must be at least ${least}, got ${timeoutInMillis}`);
  }
  const passthroughBehavior = String(value["passthroughBehavior"] ?? "WHEN_NO_MATCH").toUpperCase();
  if (!["WHEN_NO_MATCH", "WHEN_NO_TEMPLATES", "NEVER"].includes(passthroughBehavior)) {
    throw notEmulated(place, `passthroughBehavior ${passthroughBehavior}`);
  }
  const cacheKeyParameters = list(value["cacheKeyParameters"], `${place}.cacheKeyParameters`).map(String);
  const undeclared = cacheKeyParameters.find((name) => parameters[name] === undefined);
  if (undeclared) {
    throw new DefinitionError(place, `cacheKeyParameters names ${undeclared}, which is not among the parameters`);
  }
  return {
    timeoutInMillis,
    passthroughBehavior: passthroughBehavior as PassthroughBehavior,
    cacheKeyParameters,
    cacheNamespace: value["cacheNamespace"] === undefined ? undefined : String(value["cacheNamespace"]),
  };
}

function readProxy(value: JsonObject, common: Integration, place: string): ProxyIntegrationDefinition {
  const targets = Object.entries(strings(value["requestParameters"], place)).map(([target]) =>
    target.replace("integration.request.header.", "").toLowerCase(),
  );
  return {
    ...common,
    type: "AWS_PROXY",
    httpMethod: String(value["httpMethod"] ?? "POST").toUpperCase(),
    functionArn: functionArn(text(value["uri"], `${place}.uri`), place),
    forbiddenMapping: targets.find((target) => forbiddenTargets.has(target)),
  };
}

function functionArn(uri: string, place: string): string {
  const arn = invokedBy(uri);
  if (arn) return arn;
  const target = parseArn(uri);
  if (!target) throw new DefinitionError(place, `Invalid ARN specified in the request (uri ${uri})`);
  if (target.service !== "apigateway" || target.accountId === "" || !/^(path|action)\//.test(target.resource)) {
    throw new DefinitionError(place, `AWS ARN for integration must contain path or action (uri ${uri})`);
  }
  const supported =
    "Integrations of type 'AWS_PROXY' currently only supports Lambda function and Firehose stream invocations.";
  throw new DefinitionError(place, `${supported} (uri ${uri}; of the two, the local gateway reads functions)`);
}

function readMock(value: JsonObject, common: Integration, place: string): MockIntegrationDefinition {
  const responses = Object.entries(optionalObject(value["responses"], `${place}.responses`));
  return {
    ...common,
    type: "MOCK",
    requestTemplates: strings(value["requestTemplates"], `${place}.requestTemplates`),
    responses: responses.map(([pattern, response]) => {
      const at = `${place}.responses.${pattern}`;
      const members = optionalObject(response, at);
      onlyKnown(members, at, responseMembers);
      const statusCode = Number(members["statusCode"]);
      if (!(statusCode >= 100 && statusCode <= 599)) {
        throw new DefinitionError(at, `statusCode must be an HTTP status, got ${members["statusCode"]}`);
      }
      return {
        selectionPattern: pattern === "default" ? undefined : pattern,
        statusCode,
        responseParameters: strings(members["responseParameters"], at),
        responseTemplates: strings(members["responseTemplates"], at),
      };
    }),
  };
}

/** A map of texts; what is no text is dropped, as an import drops it with a warning. */
function strings(value: unknown, place: string): Record<string, string> {
  const entries = Object.entries(optionalObject(value ?? undefined, place));
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === "string"));
}
