import { isUtf8 } from "node:buffer";
import type { AuthorizedCaller } from "../authorizers/authorized-caller";
import type { RouteDefinition } from "../definition/route-definition";
import type { StageFacts } from "../definition/stage-facts";
import { requestTime } from "../request/context-variables";
import type { Exchange } from "../request/exchange";
import { droppedFromEvents } from "../request/header-rules";
import { mediaType } from "../request/media-type";
import type { Query } from "../request/query";

/** Makes the event of a request, as JSON text. */
type EventWriter = (exchange: Exchange) => string;

const json = JSON.stringify;

/** The identity of every caller on a route without an authorizer. */
const nobody = json({
  cognitoIdentityPoolId: null,
  accountId: null,
  cognitoIdentityId: null,
  caller: null,
  principalOrgId: null,
  accessKey: null,
  cognitoAuthenticationType: null,
  cognitoAuthenticationProvider: null,
  userArn: null,
  user: null,
}).slice(0, -1);

/**
 * Compiles the event of a proxy route: twelve members, and null for what is empty (recorded). It is written piece by
 * piece, with all that does not depend on the request made beforehand: it is the largest part of a request's work.
 */
export function compileEvent(definition: RouteDefinition, stage: StageFacts): EventWriter {
  const resource = `{"resource":${json(definition.path)},"path":`;
  const variables = `,"stageVariables":${json(stage.eventVariables)},"requestContext":`;
  const context = compileContext(definition, stage);
  return (exchange) => {
    const { query, body } = exchange;
    const encoded = body !== undefined && isBinary(exchange, body, stage);
    const content = body === undefined ? "null" : json(encoded ? body.toString("base64") : exchange.text());
    const queries = query
      ? `"queryStringParameters":${json(lastValues(query))},"multiValueQueryStringParameters":${json(query)}`
      : '"queryStringParameters":null,"multiValueQueryStringParameters":null';
    const method = `,"httpMethod":${json(exchange.method)},`;
    const parameters = `,"pathParameters":${json(exchange.pathParameters)}`;
    const request = resource + json(exchange.path) + method + writeHeaders(exchange) + queries + parameters;
    return `${request}${variables}${context(exchange)},"body":${content},"isBase64Encoded":${encoded}}`;
  };
}

/**
 * Whether a body is passed in base64: that of a binary media type (developer guide, "Binary media types for REST APIs in API
 * Gateway"), and bytes that are no text, which can't be passed otherwise.
 */
function isBinary({ headers }: Exchange, body: Buffer, stage: StageFacts): boolean {
  return stage.isBinary(mediaType(headers.get("content-type"))) || !isUtf8(body);
}

const ownHeaders = new Set(["x-amzn-trace-id", "x-forwarded-for", "x-forwarded-port", "x-forwarded-proto"]);

/** A header as JSON: its name, its last value, and all its values. */
interface WrittenHeader {
  readonly name: string;
  last: string;
  all: string;
}

/** The caller's headers in the caller's spelling; of one that came twice the single map has the last value. */
function writeHeaders(exchange: Exchange): string {
  const { raw, names } = exchange.headers;
  const headers = new Map<string, WrittenHeader>();
  for (let at = 0; at < names.length; at++) {
    const lower = names[at] as string;
    if (droppedFromEvents.has(lower) || ownHeaders.has(lower)) continue;
    const value = json(raw[2 * at + 1]);
    const before = headers.get(lower);
    if (!before) headers.set(lower, { name: json(raw[2 * at]), last: value, all: value });
    else {
      before.last = value;
      before.all += `,${value}`;
    }
  }
  let [single, multiple] = ["", ""];
  for (const { name, last, all } of headers.values()) {
    single += `${name}:${last},`;
    multiple += `${name}:[${all}],`;
  }
  const forwardedFor = exchange.headers.get("x-forwarded-for");
  const [trace, port] = [json(exchange.traceId), exchange.port];
  const source = json(forwardedFor ? `${forwardedFor}, ${exchange.sourceIp}` : exchange.sourceIp);
  single += `"X-Amzn-Trace-Id":${trace},"X-Forwarded-For":${source},"X-Forwarded-Port":"${port}","X-Forwarded-Proto":"http"`;
  multiple += `"X-Amzn-Trace-Id":[${trace}],"X-Forwarded-For":[${source}],"X-Forwarded-Port":["${port}"],"X-Forwarded-Proto":["http"]`;
  return `"headers":{${single}},"multiValueHeaders":{${multiple}},`;
}

function lastValues(query: Query): Record<string, string> {
  const last: Record<string, string> = Object.create(null);
  for (const name in query) last[name] = query[name]?.at(-1) ?? "";
  return last;
}

/** What an event says of the caller, by the authorizer's function or the user pool's token. */
function authorizerOf(caller: AuthorizedCaller): object {
  if ("claims" in caller) return { claims: caller.claims };
  const { principalId, context, latency } = caller;
  return { ...context, principalId, integrationLatency: latency };
}

function compileContext(definition: RouteDefinition, stage: StageFacts): EventWriter {
  const { resourceId, path, apiKeyRequired, operationId } = definition;
  const fixed = { resourceId, resourcePath: path, accountId: stage.accountId, protocol: "HTTP/1.1", stage: stage.name };
  const operation = operationId === undefined ? {} : { operationName: operationId };
  const start = json({ ...fixed, ...operation, deploymentId: stage.deploymentId, apiId: stage.apiId }).slice(0, -1);
  return (exchange) => {
    const { domainName, apiKey, headers, startedAt } = exchange;
    const key = apiKey && apiKeyRequired ? `,"apiKey":${json(apiKey.value)},"apiKeyId":${json(apiKey.id)}` : "";
    const userAgent = headers.get("user-agent");
    const who = `${nobody},"sourceIp":${json(exchange.sourceIp)},"userAgent":${json(userAgent ?? null)}${key}}`;
    const ids = `,"requestId":"${exchange.requestId}","extendedRequestId":"${exchange.extendedRequestId}"`;
    const time = `,"requestTime":"${requestTime(startedAt)}","requestTimeEpoch":${startedAt}`;
    const host = `,"domainName":${json(domainName)},"domainPrefix":${json(domainName.split(".")[0])}`;
    const request = `,"httpMethod":${json(exchange.method)},"path":${json(exchange.contextPath)}`;
    const authorizer = exchange.authorizer ? `,"authorizer":${json(authorizerOf(exchange.authorizer))}` : "";
    return `${start}${ids}${time}${host}${request},"identity":${who}${authorizer}}`;
  };
}
