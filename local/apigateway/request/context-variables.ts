import type { CallerOfFunction } from "../authorizers/authorized-caller";
import type { Exchange } from "./exchange";

/** A value that a template can name. */
export type Variable = (exchange: Exchange) => string | number | undefined | null;

const monthNames = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const two = (value: number): string => String(value).padStart(2, "0");
let lastSecond = -1;
let lastTime = "";

/** A time as the common log format writes it: `10/Oct/2000:13:55:36 +0000`. @param epoch - in milliseconds */
export function requestTime(epoch: number): string {
  const second = Math.floor(epoch / 1000);
  if (second === lastSecond) return lastTime;
  const at = new Date(epoch);
  const day = `${two(at.getUTCDate())}/${monthNames[at.getUTCMonth()]}/${at.getUTCFullYear()}`;
  lastSecond = second;
  lastTime = `${day}:${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())} +0000`;
  return lastTime;
}

const error: Record<string, Variable> = {
  "error.message": ({ refusal }) => refusal?.message,
  "error.messageString": ({ refusal }) => refusal && JSON.stringify(refusal.message),
  "error.responseType": ({ refusal }) => refusal?.type,
  "error.validationErrorString": ({ refusal }) => refusal?.validationError,
};

const request: Record<string, Variable> = {
  accountId: ({ stage }) => stage?.accountId,
  apiId: ({ stage }) => stage?.apiId,
  deploymentId: ({ stage }) => stage?.deploymentId,
  domainName: ({ domainName }) => domainName,
  domainPrefix: ({ domainName }) => domainName.split(".")[0],
  extendedRequestId: ({ extendedRequestId }) => extendedRequestId,
  httpMethod: ({ method }) => method,
  "identity.apiKey": ({ apiKey }) => apiKey?.value,
  "identity.apiKeyId": ({ apiKey }) => apiKey?.id,
  "identity.sourceIp": ({ sourceIp }) => sourceIp,
  "identity.userAgent": ({ headers }) => headers.get("user-agent"),
  path: ({ contextPath }) => contextPath,
  isCanaryRequest: ({ stage }) => (stage?.isCanary === undefined ? undefined : String(stage.isCanary)),
  protocol: () => "HTTP/1.1",
  requestId: ({ requestId }) => requestId,
  requestTime: ({ startedAt }) => requestTime(startedAt),
  requestTimeEpoch: ({ startedAt }) => startedAt,
  resourceId: ({ route }) => route?.resourceId,
  resourcePath: ({ route }) => route?.path,
  stage: ({ stage }) => stage?.name,
};

/** Those that only access logs know. */
const outcome: Record<string, Variable> = {
  status: ({ status }) => status,
  responseLength: ({ responseLength }) => responseLength,
  responseLatency: ({ responseLatency }) => responseLatency,
  integrationLatency: ({ integrationLatency }) => integrationLatency,
  "integration.latency": ({ integrationLatency }) => integrationLatency,
  integrationStatus: ({ integrationStatus }) => integrationStatus,
  "integration.integrationStatus": ({ integrationStatus }) => integrationStatus,
  "integration.status": ({ functionStatus }) => functionStatus,
  integrationErrorMessage: ({ integrationStatus, refusal }) => integrationStatus && refusal?.reason,
  "integration.error": ({ integrationStatus, refusal }) => integrationStatus && refusal?.reason,
  xrayTraceId: ({ stage, traceId }) => (stage?.tracing ? /Root=([^;]+)/.exec(traceId)?.[1] : undefined),
};

const known = new Map(Object.entries({ ...request, ...error, ...outcome }));

/** `$context.authorizer.principalId`, a member of the function's context, or `claims.<name>` of a user pool's token. */
function authorizerVariable(name: string): Variable {
  const ofFunction = (value: (caller: CallerOfFunction) => string | number | undefined): Variable => {
    return ({ authorizer }) => (authorizer && "principalId" in authorizer ? value(authorizer) : undefined);
  };
  const [, claim] = /^claims\.(.+)$/.exec(name) ?? [];
  const own = (values: Readonly<Record<string, string>>, of: string) =>
    Object.hasOwn(values, of) ? values[of] : undefined;
  if (name === "principalId") return ofFunction(({ principalId }) => principalId);
  if (name === "latency" || name === "integrationLatency") return ofFunction(({ latency }) => latency);
  if (claim === undefined) return ofFunction(({ context }) => own(context, name));
  return ({ authorizer }) => (authorizer && "claims" in authorizer ? own(authorizer.claims, claim) : undefined);
}

/**
 * Compiles `$context.<name>`. A name that nothing on this machine can set (a firewall's) is always missing, as it is at
 * AWS for an API without one.
 */
export function contextVariable(name: string): Variable {
  const [, member] = /^authorizer\.(.+)$/.exec(name) ?? [];
  return member === undefined ? (known.get(name) ?? (() => undefined)) : authorizerVariable(member);
}
