import { arnOf } from "../../aws/arn";
import { compileApiPolicy } from "../iam/api-policy";
import type { PolicyDecision } from "../iam/resource-policy";
import type { GatewayDefinition } from "../read/gateway-resources";
import type { Exchange } from "./request/exchange";
import { type Refusal, refusal } from "./response/refusal";

/** Decision of the API's resource policy, and the refusal of a request that it does not let through. */
interface AccessDecision {
  readonly decision: PolicyDecision;
  readonly refusal: () => Refusal;
}

/** The decision of an API's resource policy on a request. */
export type AccessCheck = (exchange: Exchange) => AccessDecision;

/** The ARN of a request: its method, and its path as it was asked for. */
export const requestArn = (
  { restApi, region, accountId }: Pick<GatewayDefinition, "restApi" | "region" | "accountId">,
  { stage, method, path }: Exchange,
): string => arnOf("execute-api", `${restApi.id}/${stage?.name}/${method}${path}`, { region, accountId });

/**
 * Compiles the resource policy of an API: without an authorizer a request needs a statement that allows it, and none that
 * denies it. (developer guide, "How API Gateway resource policies affect authorization workflow": API Gateway resource
 * policy only)
 */
export function compileAccess(definition: GatewayDefinition): AccessCheck | undefined {
  const { policy, restApi, region, accountId } = definition;
  if (!policy) return undefined;
  const decide = compileApiPolicy({ ...policy, region, accountId, apiId: restApi.id });
  return (exchange) => {
    const { sourceIp, headers } = exchange;
    const [userAgent, referer] = [headers.get("user-agent"), headers.get("referer")];
    const decision = decide({ resource: requestArn(definition, exchange), sourceIp, userAgent, referer });
    return {
      decision,
      refusal() {
        // Of the account's number the last four digits are shown (as observed).
        const shown = requestArn({ ...definition, accountId: `********${accountId.slice(-4)}` }, exchange);
        const because = decision === "denied" ? " with an explicit deny" : "";
        const message = `User: anonymous is not authorized to perform: execute-api:Invoke on resource: ${shown}${because}`;
        return refusal("ACCESS_DENIED", message, { reason: `${policy.address}: ${message}` });
      },
    };
  };
}
