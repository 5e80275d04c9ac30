import type { AwsIntegrationDefinition } from "../definition/integration-definition";
import { forbiddenHeader } from "../definition/request-parameters";
import type { StageFacts } from "../definition/stage-facts";
import type { Exchange } from "../request/exchange";
import type { Backends } from "./backends";
import { type HttpCall, sendHttp } from "./http-call";
import { failureOf } from "./http-integration";
import { type BackendResponse, type Integration, misconfigured } from "./integration";
import { IntegrationHeaders } from "./integration-headers";
import { compileIntegrationRequest, type IntegrationRequest } from "./integration-request";
import { compileIntegrationResponses } from "./integration-response";
import { limitedCall } from "./pending-call";
import { renderedSafely } from "./rendered-safely";
import { serviceCall } from "./service-call";
import { signed } from "./signed-call";

/** An `aws` integration of a service, and where it stands. */
export interface AwsRoute {
  readonly definition: AwsIntegrationDefinition;
  readonly stage: StageFacts;
  readonly place: string;
}

/** Compiles an integration of a service's operation, which is called with the rights of the integration's role. */
export function serviceIntegration({ definition, stage, place }: AwsRoute, backends: Backends): Integration {
  const { target, requestParameters, timeoutInMillis, credentials: role = "" } = definition;
  if ("functionArn" in target) throw new Error(`${place}: a function is no service`);
  const forbidden = forbiddenHeader(requestParameters, true);
  if (forbidden) return () => misconfigured(`a mapping targets ${forbidden}`);
  const credentials = backends.services.credentials(role);
  if (!credentials) return () => misconfigured(`API Gateway does not have permission to assume the role ${role}`);
  const makeRequest = compileIntegrationRequest(definition, stage, place);
  const makeAnswer = compileIntegrationResponses(definition.responses, { stage, place, traced: true });
  return async (exchange) => {
    const request = renderedSafely(() => makeRequest(exchange));
    if ("refusal" in request) return request;
    const limits = { timeoutMs: timeoutInMillis, traceId: exchange.traceId };
    const { result, latency } = await limitedCall<BackendResponse>(
      async (pending) => {
        const http = httpCall(definition, request, { exchange, endpoint: await backends.services.endpointUrl() });
        const call = serviceCall(target, http);
        const scope = { ...target, credentials, now: Date.now() };
        return call.read(await sendHttp(signed(call.request, scope), pending));
      },
      limits,
      backends,
    );
    exchange.integrationLatency = latency;
    const failure = failureOf(result, timeoutInMillis);
    if (failure) return failure;
    if (result === "timeout" || result instanceof Error) throw result;
    exchange.integrationStatus = result.status;
    const { overrides } = request;
    return renderedSafely(() => makeAnswer({ exchange, overrides, selected: String(result.status), response: result }));
  };
}

interface Asked {
  readonly exchange: Exchange;
  readonly endpoint: string;
}

/** The request as mappings and templates make it, to the services' endpoint. */
function httpCall(
  { target, httpMethod }: AwsIntegrationDefinition,
  request: IntegrationRequest,
  { exchange, endpoint }: Asked,
): HttpCall {
  const path = "path" in target ? filledIn(target.path, request.path, exchange) : "";
  const url = new URL(`/${path}`.replace(/^\/+/, "/"), endpoint);
  for (const [name, values] of request.query) for (const value of values) url.searchParams.append(name, value);
  // A plus is a plus in a signature, whatever a form makes of it.
  url.search = url.search.replaceAll("+", "%20");
  const headers = new IntegrationHeaders(exchange);
  headers.map(request.headers, ["expect", "proxy-authenticate", "te", "referer", "host"]);
  headers.defaults();
  const own = "method" in target ? target.method : undefined;
  const method = own ?? (httpMethod === "ANY" ? exchange.method : httpMethod);
  const bodiless = method === "GET" || method === "HEAD";
  return { url, method, headers: headers.all(), body: bodiless ? Buffer.alloc(0) : request.body };
}

/** A path with `{name}` and `${stageVariables.name}` replaced. */
function filledIn(path: string, values: ReadonlyMap<string, string>, { stage }: Exchange): string {
  return path
    .replace(/\$\{stageVariables\.([A-Za-z0-9_]+)\}/g, (_match, name: string) => stage?.variables[name] ?? "")
    .replace(/\{([A-Za-z0-9._-]+)\+?\}/g, (match, name: string) => values.get(name) ?? match);
}
