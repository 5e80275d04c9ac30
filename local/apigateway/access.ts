import { arnOf } from "../../aws/arn";
import { compileApiPolicy } from "../iam/api-policy";
import type { GatewayDefinition } from "../read/gateway-resources";
import type { Exchange } from "./request/exchange";
import { type Refusal, refusal } from "./response/refusal";

/** The refusal of a request by the API's resource policy; undefined where it lets the request through. */
export type AccessCheck = (exchange: Exchange) => Refusal | undefined;

/**
 * Compiles the resource policy of an API: without an authorizer a request needs a statement that allows it, and none that
 * denies it. (developer guide, "How API Gateway resource policies affect authorization workflow": API Gateway resource
 * policy only)
 */
export function compileAccess({ policy, restApi, region, accountId }: GatewayDefinition): AccessCheck | undefined {
  if (!policy) return undefined;
  const decide = compileApiPolicy({ ...policy, region, accountId, apiId: restApi.id });
  return ({ stage, method, path, sourceIp, headers }) => {
    const named = `${restApi.id}/${stage?.name}/${method}${path}`;
    const resource = arnOf("execute-api", named, { region, accountId });
    const [userAgent, referer] = [headers.get("user-agent"), headers.get("referer")];
    const decision = decide({ resource, sourceIp, userAgent, referer });
    if (decision === "allowed") return undefined;
    // Of the account's number the last four digits are shown (as observed).
    const shown = arnOf("execute-api", named, { region, accountId: `********${accountId.slice(-4)}` });
    const because = decision === "denied" ? " with an explicit deny" : "";
    const message = `User: anonymous is not authorized to perform: execute-api:Invoke on resource: ${shown}${because}`;
    return refusal("ACCESS_DENIED", message, { reason: `${policy.address}: ${message}` });
  };
}
