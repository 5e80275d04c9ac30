import type { PolicyDecision } from "../../iam/resource-policy";
import type { Exchange } from "../request/exchange";
import { internalError, type Refusal, refusal } from "../response/refusal";
import type { AuthorizedCaller } from "./authorized-caller";

/** A caller that was authenticated, and whether the function's policy lets it make the request. */
interface Authentication {
  readonly caller: AuthorizedCaller;
  readonly decision: PolicyDecision;
}

/** Authenticates a request. @param methodArn - of the request, with its path as it was asked for */
export type Authorizer = (
  exchange: Exchange,
  methodArn: string,
) => Promise<Authentication | { readonly refusal: Refusal }>;

/** The caller is nobody: 401. */
export const unauthorized = (reason: string): { readonly refusal: Refusal } => ({
  refusal: refusal("UNAUTHORIZED", "Unauthorized", { reason }),
});

/** The authorizer itself is wrong: 500, whose message is null (as observed). */
export const authorizerError = (
  type: "AUTHORIZER_CONFIGURATION_ERROR" | "AUTHORIZER_FAILURE",
  reason: string,
): { readonly refusal: Refusal } => ({ refusal: { ...internalError(type, 500, reason), message: null } });

/** The caller may not: 403. (developer guide, "Gateway response types for API Gateway"; its words are observed) */
export function accessDenied(explicit: boolean, by: string): Refusal {
  const message = `User is not authorized to access this resource${explicit ? " with an explicit deny" : ""}`;
  const reason = explicit ? `${by} denies it` : `no statement of ${by} allows it`;
  return refusal("ACCESS_DENIED", message, { reason });
}
