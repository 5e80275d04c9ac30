import { apiGatewayLimits } from "../../../aws/limits";
import { issuerOfUserPool } from "../../../aws/user-pool";
import type { JsonObject } from "../../../lib/json";
import { DefinitionError, list, notEmulated, object, onlyKnown, text } from "./definition-error";
import { proxiedFunction } from "./integration-uri";

/** An authorizer of a method. */
export type AuthorizerDefinition = FunctionAuthorizerDefinition | UserPoolAuthorizerDefinition;

/** An authorizer that takes the tokens of Cognito user pools. */
export interface UserPoolAuthorizerDefinition {
  /** Name of the security scheme, which is also its id here. */
  readonly name: string;
  readonly type: "COGNITO_USER_POOLS";
  /** Header in which the token is, in lower case. */
  readonly header: string;
  /** The pools, as their tokens name them in `iss`. */
  readonly issuers: readonly string[];
  /** Expression that the token's audience has to match. */
  readonly validation: RegExp | undefined;
}

/** An authorizer that is a function. */
export interface FunctionAuthorizerDefinition {
  /** Name of the security scheme, which is also its id here: one of Terraform's own goes by its id. */
  readonly name: string;
  readonly type: "TOKEN" | "REQUEST";
  readonly functionArn: string;
  /** The role that calls it; without one, the function's policy has to let the authorizer. */
  readonly credentials: string | undefined;
  /** Locations such as `method.request.header.Authorization`: one of them missing is a refusal without a call. */
  readonly identitySources: readonly string[];
  /** Expression that a token has to match, else it is refused without a call. */
  readonly validation: RegExp | undefined;
  /** Seconds for which an answer counts; 0 where each request asks. */
  readonly ttlSeconds: number;
}

const poolMembers = new Set([
  ...["type", "providerARNs", "identityValidationExpression", "authorizerResultTtlInSeconds"],
]);

const members = new Set([
  ...["type", "authorizerUri", "authorizerCredentials", "identitySource", "identityValidationExpression"],
  ...["authorizerResultTtlInSeconds"],
]);

function validationOf(value: unknown, place: string): RegExp | undefined {
  if (value === undefined || value === "") return undefined;
  try {
    return new RegExp(text(value, place));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new DefinitionError(place, `identityValidationExpression must be a regular expression, got ${value}`);
  }
}

function ttlOf(value: unknown, place: string): number {
  const [, longest] = apiGatewayLimits.authorizerTtlSeconds;
  const seconds = Number(value ?? 300);
  if (Number.isInteger(seconds) && seconds >= 0 && seconds <= longest) return seconds;
  throw new DefinitionError(place, `authorizerResultTtlInSeconds must be 0–${longest}, got ${String(value)}`);
}

/** (API reference, CreateAuthorizer: providerARNs, identityValidationExpression) */
function userPoolAuthorizer(
  { name, header }: Pick<UserPoolAuthorizerDefinition, "name" | "header">,
  authorizer: JsonObject,
  place: string,
): UserPoolAuthorizerDefinition {
  onlyKnown(authorizer, place, poolMembers);
  const arns = list(authorizer["providerARNs"], `${place}: providerARNs`).map(String);
  if (arns.length === 0) throw new DefinitionError(place, "providerARNs must name a user pool, got none");
  const issuers = arns.map((arn) => {
    if (arn.includes("stageVariables.")) throw notEmulated(place, `a user pool by a stage variable, ${arn},`);
    const issuer = issuerOfUserPool(arn);
    if (issuer !== undefined) return issuer;
    throw new DefinitionError(place, `providerARNs must be ARNs of user pools, got ${arn}`);
  });
  const validation = validationOf(authorizer["identityValidationExpression"], place);
  return { name, type: "COGNITO_USER_POOLS", header, issuers, validation };
}

/** Reads the authorizer of a security scheme; undefined for a scheme without one. (developer guide, "x-amazon-apigateway-authorizer object") */
export function readAuthorizer(name: string, scheme: JsonObject, place: string): AuthorizerDefinition | undefined {
  const given = scheme["x-amazon-apigateway-authorizer"];
  if (given === undefined) return undefined;
  const here = `${place}: security scheme ${name}`;
  const authorizer = object(given, here);
  if (scheme["type"] !== "apiKey" || scheme["in"] !== "header") {
    throw notEmulated(here, `an authorizer of ${String(scheme["type"])} in ${String(scheme["in"])}`);
  }
  const type = String(authorizer["type"]).toLowerCase();
  const header = String(scheme["name"]).toLowerCase();
  if (type === "cognito_user_pools") return userPoolAuthorizer({ name, header }, authorizer, here);
  if (type !== "token" && type !== "request") throw notEmulated(here, `an authorizer of type ${type}`);
  onlyKnown(authorizer, here, members);
  const ttlSeconds = ttlOf(authorizer["authorizerResultTtlInSeconds"], here);
  const identitySources =
    type === "token"
      ? [`method.request.header.${header}`]
      : String(authorizer["identitySource"] ?? "")
          .split(",")
          .map((source) => source.trim())
          .filter((source) => source !== "");
  if (type === "request" && ttlSeconds > 0 && identitySources.length === 0) {
    throw new DefinitionError(here, "identitySource is required where results are cached");
  }
  const credentials = authorizer["authorizerCredentials"];
  return {
    name,
    type: type === "token" ? "TOKEN" : "REQUEST",
    functionArn: proxiedFunction(text(authorizer["authorizerUri"], `${here}: authorizerUri`), "BUFFERED", here),
    credentials: credentials === undefined ? undefined : text(credentials, `${here}: authorizerCredentials`),
    identitySources,
    validation: type === "token" ? validationOf(authorizer["identityValidationExpression"], here) : undefined,
    ttlSeconds,
  };
}
