import type { APIGatewayAuthorizerResult, APIGatewayTokenAuthorizerEvent, Context } from "aws-lambda";
import { createRemoteJWKSet, errors, type JWTPayload, jwtVerify } from "jose";
import { scopesIn, suffice } from "./claims";
import { requiredEnv } from "./env";
import { describeFailure } from "./failures";
import { countFault } from "./faults";
import { logLine } from "./log-line";
import { beginLog, endLog, logger } from "./telemetry";
import { beginTrace, endTrace } from "./trace";

const [issuer, audience] = [requiredEnv("TOKEN_ISSUER"), requiredEnv("TOKEN_AUDIENCE")];

/** Method and path of an operation as policies have them, and the scopes of which a token needs one. */
type ScopesByMethod = Readonly<Record<string, readonly string[]>>;

const scopesByMethod = JSON.parse(requiredEnv("TOKEN_SCOPES")) as ScopesByMethod;

/**
 * The issuer's keys, asked for when a token comes, and again when they are ten minutes old or one is missing: of unknown
 * keys, which anybody can name, at most twice a minute.
 */
const keys = createRemoteJWKSet(new URL(requiredEnv("TOKEN_KEY_SET_URL")), {
  timeoutDuration: 3000,
  cooldownDuration: 30_000,
  cacheMaxAge: 600_000,
});

/** With keys of which one half is public: no token that a public key was the password of, and none without a signature. */
const algorithms = [
  "RS256",
  "RS384",
  "RS512",
  "PS256",
  "PS384",
  "PS512",
  "ES256",
  "ES384",
  "ES512",
  "EdDSA",
  "Ed25519",
];

/** What a token may say that it is (RFC 9068, 2.1; RFC 7519, 5.1): others are for something else than calling an API. */
const types: readonly unknown[] = [undefined, "jwt", "at+jwt", "application/at+jwt"];

/** Clocks of issuers may be so far ahead, in seconds. */
const clockTolerance = 5;

/** What is wrong with a token. Every other error is of the issuer's keys, or ours. */
const faultsOfTokens: readonly string[] = [
  errors.JOSEAlgNotAllowed.code,
  errors.JOSENotSupported.code,
  errors.JWKSMultipleMatchingKeys.code,
  errors.JWKSNoMatchingKey.code,
  errors.JWSInvalid.code,
  errors.JWSSignatureVerificationFailed.code,
  errors.JWTClaimValidationFailed.code,
  errors.JWTExpired.code,
  errors.JWTInvalid.code,
];

/** The token is none of a user. */
class Refused extends Error {}

async function claimsOf(authorization: string): Promise<JWTPayload & { readonly sub: string }> {
  const [, token = ""] = /^bearer (.+)$/i.exec(authorization) ?? [];
  const { payload, protectedHeader } = await jwtVerify(token, keys, {
    ...{ issuer, audience, algorithms, clockTolerance },
    requiredClaims: ["exp", "sub"],
  });
  const typ: unknown = protectedHeader.typ;
  if (!types.includes(typeof typ === "string" ? typ.toLowerCase() : typ)) throw new Refused("typ");
  const { sub } = payload;
  if (typeof sub !== "string" || sub === "") throw new Refused("sub");
  return { ...payload, sub };
}

/** Why a token is refused, in words of ours; undefined where the token is not to blame. */
function refusalIn(thrown: unknown): string | undefined {
  if (thrown instanceof Refused) return thrown.message;
  if (!(thrown instanceof errors.JOSEError) || !faultsOfTokens.includes(thrown.code)) return undefined;
  return thrown instanceof errors.JWTClaimValidationFailed ? thrown.claim : thrown.code;
}

/**
 * The policy of a token. API Gateway keeps it for all that the token is used for, so it says which operations the token's
 * scopes are enough for, whichever was asked for: of the same API and stage, which begin the ARN. (developer guide, "Output
 * from an API Gateway Lambda authorizer")
 */
function policyFor(methodArn: string, scopes: readonly string[]): APIGatewayAuthorizerResult["policyDocument"] {
  const [, api, stage] = /^([^/]*)\/([^/]*)\//.exec(methodArn) ?? [];
  const allowed = Object.entries(scopesByMethod).filter(([, needed]) => suffice(scopes, needed));
  const resources = allowed.map(([method]) => `${api}/${stage}/${method}`);
  const Resource = resources.length > 0 ? resources : [`${api}/${stage}/*`];
  const Effect = resources.length > 0 ? "Allow" : "Deny";
  return { Version: "2012-10-17", Statement: [{ Effect, Action: "execute-api:Invoke", Resource }] };
}

/**
 * The function of a token authorizer: checks a token's signature, issuer, audience and time, and says which operations it
 * may be used for. An error whose message is `Unauthorized` and nothing else is answered 401, every other 500.
 */
export async function handler(
  { authorizationToken, methodArn }: APIGatewayTokenAuthorizerEvent,
  context: Context,
): Promise<APIGatewayAuthorizerResult> {
  const startedAt = performance.now();
  const requestId = context.awsRequestId;
  const invocation = { context, requestId, isCold: beginLog(requestId, context) };
  let outcome = "admitted";
  beginTrace();
  try {
    const claims = await claimsOf(authorizationToken);
    return {
      principalId: claims.sub,
      policyDocument: policyFor(methodArn, scopesIn(claims)),
      context: { claims: JSON.stringify(claims) },
    };
  } catch (thrown) {
    const refusal = refusalIn(thrown);
    outcome = refusal === undefined ? "failed" : `refused: ${refusal}`;
    if (refusal !== undefined) throw new Error("Unauthorized");
    logger().error("token not checked", { failure: describeFailure(thrown) });
    countFault(context);
    throw new Error("the token was not checked");
  } finally {
    const ms = Math.round((performance.now() - startedAt) * 10) / 10;
    logLine("INFO", "token", invocation, { outcome, ms });
    endTrace(context.functionName, {
      ...{ operation: context.functionName, outcome, request_id: requestId },
      fault: Number(outcome === "failed"),
    });
    endLog();
  }
}
