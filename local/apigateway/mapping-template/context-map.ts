import { contextVariable } from "../request/context-variables";
import type { Exchange } from "../request/exchange";
import type { TemplateScope } from "./vtl-rendering";
import { ContextMap } from "./vtl-values";

/** The members of `$context`, in the order in which AWS lists them (recorded). */
const members = [
  ...["resourceId", "resourcePath", "httpMethod", "extendedRequestId", "requestTime", "path", "accountId", "protocol"],
  ...["requestOverride", "stage", "domainPrefix", "requestTimeEpoch", "requestId", "identity", "domainName"],
  ...["deploymentId", "responseOverride", "apiId"],
];

/** The members of `$context.identity` on a method without an authorizer (recorded). */
const identityMembers = [
  ...["cognitoIdentityPoolId", "accountId", "cognitoIdentityId", "caller", "sourceIp", "principalOrgId", "accessKey"],
  ...["cognitoAuthenticationType", "cognitoAuthenticationProvider", "userArn", "userAgent", "user"],
];

/** `$context.authorizer`: what the authorizer's function, or the user pool's token, says of the caller. */
function authorizerMap({ authorizer }: Exchange): ContextMap {
  if (!authorizer) return new ContextMap();
  if ("claims" in authorizer) return new ContextMap([["claims", new ContextMap(Object.entries(authorizer.claims))]]);
  const { principalId, context } = authorizer;
  return new ContextMap([...Object.entries(context), ["principalId", principalId]]);
}

/** `$context` as a whole, for templates that go through it. */
export function contextMap({ exchange, overrides }: TemplateScope): ContextMap {
  const value = (name: string): unknown => {
    const found = contextVariable(name)(exchange);
    return typeof found === "number" ? BigInt(found) : found;
  };
  const { apiKey } = exchange;
  const identity = [...identityMembers, ...(apiKey ? ["apiKey", "apiKeyId"] : [])];
  const maps = new Map<string, ContextMap>([
    ["requestOverride", overrides.requestOverride],
    ["responseOverride", overrides.responseOverride],
    ["identity", new ContextMap(identity.map((name) => [name, value(`identity.${name}`)]))],
    ["authorizer", authorizerMap(exchange)],
  ]);
  const listed = [...members, ...(exchange.stage?.isCanary !== undefined ? ["isCanaryRequest"] : [])];
  return new ContextMap([...listed, "authorizer"].map((name) => [name, maps.get(name) ?? value(name)]));
}
