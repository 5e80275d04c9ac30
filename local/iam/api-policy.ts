import { arnOf } from "../../aws/arn";
import { isObject } from "../../lib/json";
import type { ContextKeys } from "./conditions";
import { decide } from "./decision";
import { readPolicy, readResourcePolicy } from "./policy";
import { evaluate, type PolicyDecision } from "./resource-policy";

/** The policy of a REST API, and where the API is. */
export interface ApiPolicyPlace {
  readonly json: string;
  readonly address: string;
  readonly region: string;
  readonly accountId: string;
  readonly apiId: string;
}

/** A request by somebody without an identity of AWS's, as a policy sees it. */
export interface ApiRequest {
  /** Of the method: `arn:aws:execute-api:…/dev/GET/things`. */
  readonly resource: string;
  readonly sourceIp: string;
  readonly userAgent: string | undefined;
  readonly referer: string | undefined;
}

/**
 * The condition keys of requests without an identity (API Gateway developer guide, "AWS condition keys that can be used in
 * API Gateway resource policies"): those of networks and principals never have a value here.
 */
const keys = new Set([
  ...["aws:referer", "aws:securetransport", "aws:sourceip", "aws:useragent"],
  ...["aws:sourcevpc", "aws:sourcevpce", "aws:vpcsourceip"],
  ...["aws:principalaccount", "aws:principalarn", "aws:principalorgid", "aws:sourceaccount", "aws:sourcearn"],
]);

/** A policy may name its API's resources from the stage on: `execute-api:/dev/GET/things`. */
function withWholeArns({ json, region, accountId, apiId }: ApiPolicyPlace): string {
  const api = arnOf("execute-api", apiId, { region, accountId });
  return JSON.stringify(JSON.parse(json), (name, value: unknown) => {
    if (name !== "Resource" && name !== "NotResource") return value;
    const list: readonly unknown[] = Array.isArray(value) ? value : [value];
    return list.map((one) => (typeof one === "string" ? one.replace(/^execute-api:\//, `${api}/`) : one));
  });
}

/** Compiles the policy of a REST API. @throws UserError naming what in it is not known */
export function compileApiPolicy(place: ApiPolicyPlace): (request: ApiRequest) => PolicyDecision {
  const { address } = place;
  const json = isObject(parsed(place.json)) ? withWholeArns(place) : place.json;
  const statements = readResourcePolicy(json, address, (key) => keys.has(key));
  const policy = { kind: "api", resource: place.apiId, address, statements } as const;
  return ({ resource, sourceIp, userAgent, referer }) => {
    const contextKeys = contextKeysOf({ sourceIp, userAgent, referer });
    return evaluate(policy, { own: [] }, { action: "execute-api:Invoke", resource, contextKeys });
  };
}

const contextKeysOf = ({ sourceIp, userAgent, referer }: Omit<ApiRequest, "resource">): ContextKeys => ({
  "aws:sourceip": sourceIp,
  "aws:useragent": userAgent,
  "aws:referer": referer,
  // The loopback stands for TLS.
  "aws:securetransport": "true",
});

/**
 * Compiles the policy that an authorizer gives a caller: it has no principals.
 *
 * @throws UserError naming what in it is not known
 */
export function compileIdentityPolicy(json: string, where: string): (request: ApiRequest) => PolicyDecision {
  const statements = readPolicy(json, where, (key) => keys.has(key));
  return ({ resource, ...request }) => {
    const contextKeys = contextKeysOf(request);
    const decision = decide(statements, { action: "execute-api:Invoke", resource, contextKeys });
    if (decision.allowed) return "allowed";
    return decision.explicit ? "denied" : "silent";
  };
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    // Refused with its address by whoever reads policies.
    return undefined;
  }
}
