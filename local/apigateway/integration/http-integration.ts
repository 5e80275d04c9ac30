import type { HttpIntegrationDefinition } from "../definition/integration-definition";
import { forbiddenHeader } from "../definition/request-parameters";
import type { StageFacts } from "../definition/stage-facts";
import type { Exchange } from "../request/exchange";
import { sentName } from "../request/header-rules";
import { sendable } from "../response/answer";
import { internalError, refusal } from "../response/refusal";
import { type HttpCall, NetworkError, sendHttp } from "./http-call";
import { type BackendResponse, type Integration, type IntegrationResult, misconfigured } from "./integration";
import { IntegrationHeaders } from "./integration-headers";
import { compileIntegrationRequest, type IntegrationRequest } from "./integration-request";
import { compileIntegrationResponses } from "./integration-response";
import { type CallContext, type CallResult, limitedCall } from "./pending-call";
import { renderedSafely } from "./rendered-safely";

/** Compiles an integration of another HTTP server: with templates (`http`), or as the request and the answer are (`http_proxy`). */
export function httpIntegration(
  definition: HttpIntegrationDefinition,
  { stage, place, context }: { readonly stage: StageFacts; readonly place: string; readonly context: CallContext },
): Integration {
  const forbidden = forbiddenHeader(definition.requestParameters, false);
  if (forbidden) return () => misconfigured(`a mapping targets ${forbidden}`);
  const isProxy = definition.type === "HTTP_PROXY";
  const makeRequest = compileIntegrationRequest(
    isProxy ? { ...definition, requestTemplates: {}, passthroughBehavior: "WHEN_NO_MATCH" } : definition,
    stage,
    place,
  );
  const makeAnswer = compileIntegrationResponses(isProxy ? [] : definition.responses, { stage, place, traced: true });
  return async (exchange) => {
    const request = renderedSafely(() => makeRequest(exchange));
    if ("refusal" in request) return request;
    const url = urlOf(definition, request, exchange);
    if (!url) return misconfigured(`Invalid endpoint address: ${definition.uri}`);
    const headers = headersOf(definition, request, exchange).all();
    const method = definition.httpMethod === "ANY" ? exchange.method : definition.httpMethod;
    const call: HttpCall = { url, method, headers, body: request.body, insecure: definition.insecure };
    const limits = { timeoutMs: definition.timeoutInMillis, traceId: exchange.traceId };
    const { result, latency } = await limitedCall((pending) => sendHttp(call, pending), limits, context);
    exchange.integrationLatency = latency;
    const failure = failureOf(result, definition.timeoutInMillis);
    if (failure) return failure;
    const response = result as BackendResponse;
    exchange.integrationStatus = response.status;
    if (isProxy) return proxied(response);
    const { overrides } = request;
    return renderedSafely(() => makeAnswer({ exchange, overrides, selected: String(response.status), response }));
  };
}

/** The refusal of a call that was not answered; undefined for one that was. */
export function failureOf(result: CallResult<unknown>, timeoutMs: number): IntegrationResult | undefined {
  if (result === "timeout") {
    const reason = `no answer within the integration's timeoutInMillis, ${timeoutMs} ms`;
    return { refusal: refusal("INTEGRATION_TIMEOUT", "Endpoint request timed out", { reason }) };
  }
  if (!(result instanceof Error)) return undefined;
  // A name that nobody knows is a fault of the configuration; of a server that is known, one of the network.
  if (!(result instanceof NetworkError)) return { refusal: internalError("INTEGRATION_FAILURE", 500, result.message) };
  if (result.code === "ENOTFOUND" || result.code === "EAI_AGAIN") {
    return misconfigured(`Invalid endpoint address: ${result.message}`);
  }
  const message = "Network error communicating with endpoint";
  return { refusal: refusal("INTEGRATION_FAILURE", message, { reason: result.message }) };
}

/** The URI with its variables, and the query; undefined for what is no URL then. */
function urlOf(
  { type, uri }: HttpIntegrationDefinition,
  request: IntegrationRequest,
  exchange: Exchange,
): URL | undefined {
  const variables = exchange.stage?.variables ?? {};
  const whole = uri
    .replace(/\$\{stageVariables\.([A-Za-z0-9_]+)\}/g, (_match, name: string) => variables[name] ?? "")
    .replace(/\{([A-Za-z0-9._-]+)\+?\}/g, (match, name: string) => request.path.get(name) ?? match);
  if (!URL.canParse(whole)) return undefined;
  const url = new URL(whole);
  const own = type === "HTTP_PROXY" ? Object.entries(exchange.query ?? {}) : [];
  for (const [name, values] of [...own, ...request.query])
    for (const value of values) url.searchParams.append(name, value);
  return url.protocol === "http:" || url.protocol === "https:" ? url : undefined;
}

/** Headers of the client that a proxied request leaves out (recorded). */
const droppedByProxy = new Set([
  ...["host", "connection", "content-length", "content-encoding", "content-md5", "expect", "keep-alive"],
  ...["max-forwards", "proxy-authenticate", "proxy-connection", "server", "te", "trailer", "transfer-encoding"],
  ...["upgrade", "via", "www-authenticate", "x-amzn-trace-id", "x-forwarded-for", "x-forwarded-port"],
  ...["x-forwarded-proto", "x-http-method-override"],
]);

function headersOf(
  { type }: HttpIntegrationDefinition,
  request: IntegrationRequest,
  exchange: Exchange,
): IntegrationHeaders {
  const headers = new IntegrationHeaders(exchange);
  if (type === "HTTP_PROXY") {
    headers.passOn(droppedByProxy);
    headers.forwarded();
  }
  headers.map(request.headers, ["expect", "proxy-authenticate", "te", "via"]);
  headers.defaults();
  headers.set("X-Amzn-Apigateway-Api-Id", [exchange.stage?.apiId ?? ""]);
  return headers;
}

/** The answer as it came, with the headers that API Gateway writes itself under other names. */
function proxied({ status, headers, body }: BackendResponse): IntegrationResult {
  const sent: string[] = [];
  for (let at = 0; at + 1 < headers.raw.length; at += 2) {
    const [name = "", value = ""] = headers.raw.slice(at, at + 2);
    const sendAs = /^x-amzn-requestid$/i.test(name) ? `x-amzn-Remapped-${name}` : sentName(name);
    if (sendAs !== undefined && sendable(sendAs, value)) sent.push(sendAs, value);
  }
  if (status < 200) return misconfigured(`the integration answered ${status}`);
  return { answer: { status, headers: sent, body, traced: false } };
}
