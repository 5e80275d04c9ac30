import { judge, shown } from "../../tokens/judgement";
import type { UserPoolAuthorizerDefinition } from "../definition/authorizer-definition";
import type { Backends } from "../integration/backends";
import { type Refusal, refusal } from "../response/refusal";
import { type Authorizer, unauthorized } from "./authorizer";
import { claimTexts } from "./claims";

/** A token whose time is over has words of its own (as observed). */
const expired = (reason: string): { readonly refusal: Refusal } => ({
  refusal: refusal("UNAUTHORIZED", "The incoming token has expired", { reason }),
});

/** A caller whom the pool knows, and who may not do this. */
const outOfScope = (had: unknown, wanted: readonly string[]): { readonly refusal: Refusal } => ({
  refusal: refusal("ACCESS_DENIED", "User is not authorized to access this resource", {
    reason: `the token's scope is ${shown(had)}, and the method takes ${wanted.join(" or ")}`,
  }),
});

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
  return async ({ headers }) => {
    const given = headers.get(header) ?? "";
    const text = given.replace(/^Bearer +/i, "");
    if (text === "") return unauthorized(`the identity source method.request.header.${header} is missing`);
    const judged = judge(text, { issuers, keys: tokenKeys, now: systemNow() });
    if ("fault" in judged) return judged.isExpired ? expired(judged.fault) : unauthorized(judged.fault);
    const { claims } = judged;
    const { token_use: use, scope, aud } = claims;
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
