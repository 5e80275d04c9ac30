import type { JsonObject } from "../../../lib/json";
import { algorithm, isSignedBy, readToken } from "../../tokens/json-web-token";
import type { UserPoolAuthorizerDefinition } from "../definition/authorizer-definition";
import type { Backends } from "../integration/backends";
import { type Refusal, refusal } from "../response/refusal";
import { type Authorizer, unauthorized } from "./authorizer";
import { claimTexts } from "./claims";

/** What a client wrote, in a line of its own: no more of it than fits, and nothing that moves a cursor. */
const shown = (value: unknown): string =>
  value === undefined
    ? "none"
    : String(value)
        .slice(0, 100)
        .replace(/[^\x20-\x7e]/g, "?");

/** A token whose time is over has words of its own (as observed). */
const expired = (exp: number): { readonly refusal: Refusal } => ({
  refusal: refusal("UNAUTHORIZED", "The incoming token has expired", {
    reason: `the token expired at ${new Date(exp * 1000).toISOString()}`,
  }),
});

/** A caller whom the pool knows, and who may not do this. */
const outOfScope = (had: unknown, wanted: readonly string[]): { readonly refusal: Refusal } => ({
  refusal: refusal("ACCESS_DENIED", "User is not authorized to access this resource", {
    reason: `the token's scope is ${shown(had)}, and the method takes ${wanted.join(" or ")}`,
  }),
});

const isTime = (value: unknown): value is number => typeof value === "number" && Math.abs(value) < 8_640_000_000_000;

/**
 * Compiles an authorizer of user pools: a token that one of them has signed. A method with scopes takes an access token that
 * has one of them; one without takes an identity token. (developer guide, "Integrate a REST API with an Amazon Cognito user
 * pool": "If no OAuth scopes are specified …"; what is refused how: "Gateway response types for API Gateway")
 */
export function userPoolAuthorizer(
  { header, issuers, validation }: UserPoolAuthorizerDefinition,
  scopes: readonly string[],
  { tokenKeys, systemNow }: Pick<Backends, "tokenKeys" | "systemNow">,
): Authorizer {
  /** Why a token is none of the pools', in the order in which it is found out. */
  const whyForged = (text: string): JsonObject | string => {
    const token = readToken(text);
    if (!token) return "the token is no JSON Web Token: three parts in base64url, with dots between them";
    const { header: head, claims } = token;
    if (head["alg"] !== algorithm)
      return `the token names the algorithm ${shown(head["alg"])}, and pools sign by ${algorithm}`;
    const issuer = issuers.find((one) => one === claims["iss"]);
    if (issuer === undefined)
      return `the token is of ${shown(claims["iss"])}, and the authorizer takes those of ${issuers.join(", ")}`;
    const key = tokenKeys?.publicKey(issuer, String(head["kid"]));
    if (!key) return `the token names the key ${shown(head["kid"])}, which is not in the pool's key set`;
    return isSignedBy(key, token) ? claims : "the signature is not of the pool's key";
  };
  return async ({ headers }) => {
    const given = headers.get(header) ?? "";
    const text = given.replace(/^Bearer +/i, "").trim();
    if (text === "") return unauthorized(`the identity source method.request.header.${header} is missing`);
    const claims = whyForged(text);
    if (typeof claims === "string") return unauthorized(claims);
    const { exp, nbf, token_use: use, scope, aud } = claims;
    const now = systemNow() / 1000;
    if (!isTime(exp)) return unauthorized("the token has no time at which it expires (exp)");
    if (exp <= now) return expired(exp);
    if (nbf !== undefined && !(isTime(nbf) && nbf <= now)) return unauthorized("the token is not valid yet (nbf)");
    const wanted = scopes.length > 0 ? "access" : "id";
    if (use !== wanted) {
      const which = scopes.length > 0 ? "with scopes takes an access token" : "without scopes takes an identity token";
      return unauthorized(`the method ${which} (token_use ${wanted}), and this one's is ${shown(use)}`);
    }
    if (validation && ![aud].flat().some((one) => typeof one === "string" && validation.test(one))) {
      return unauthorized(`the token's audience ${shown(aud)} does not match ${validation.source}`);
    }
    const has = typeof scope === "string" ? scope.split(" ") : [];
    if (scopes.length > 0 && !scopes.some((one) => has.includes(one))) return outOfScope(scope, scopes);
    return { caller: { claims: claimTexts(claims) }, decision: "allowed" };
  };
}
