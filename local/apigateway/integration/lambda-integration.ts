import { lambdaLimits } from "../../../aws/limits";
import { isObject } from "../../../lib/json";
import { type InvocationResult, usedUpWords } from "../../lib/invocation";
import type { ProxyIntegrationDefinition } from "../definition/integration-definition";
import { forbiddenHeader } from "../definition/request-parameters";
import type { RouteDefinition } from "../definition/route-definition";
import type { StageFacts } from "../definition/stage-facts";
import type { Exchange } from "../request/exchange";
import { firstAccepted } from "../request/media-type";
import { internalError, type Refusal, refusal } from "../response/refusal";
import type { Backends } from "./backends";
import { FunctionCall, functionArnOn } from "./function-call";
import { failureOf } from "./http-integration";
import { type Integration, type IntegrationResult, misconfigured } from "./integration";
import { compileEvent } from "./lambda-event";
import { interpret } from "./lambda-response";
import type { CallResult } from "./pending-call";

/** A route whose integration is a function, and how permissions name it. */
interface FunctionRoute {
  readonly definition: RouteDefinition;
  readonly integration: ProxyIntegrationDefinition;
  readonly methodArn: (method: string) => string;
}

/** Compiles a proxy integration for a stage. */
export function lambdaIntegration(route: FunctionRoute, stage: StageFacts, backends: Backends): Integration {
  const { definition, integration, methodArn } = route;
  const functionArn = functionArnOn(stage, integration.functionArn);
  const broken = brokenBy(integration);
  if (broken) return () => ({ refusal: broken });
  if (functionArn === undefined) return () => missingVariable(integration.functionArn);
  const write = compileEvent(definition, stage);
  const { timeoutInMillis: timeoutMs, credentials } = integration;
  const call = new FunctionCall({ functionArn, credentials, methodArn, timeoutMs }, backends);
  return async (exchange) => {
    const refused = call.refusedFor(exchange.method);
    if (refused !== undefined) return misconfigured(refused);
    const event = write(exchange);
    if (isTooLong(event)) return { refusal: tooLong() };
    const { result, latency } = await call.invoke(exchange, event);
    exchange.integrationLatency = latency;
    const ended = outcomeOf(result, exchange, timeoutMs);
    return "refusal" in ended ? ended : read(ended, exchange, stage);
  };
}

/** The refusal of every call of a method with an invalid integration. */
function brokenBy({ requestParameters, httpMethod }: ProxyIntegrationDefinition): Refusal | undefined {
  const forbidden = forbiddenHeader(requestParameters, true);
  if (forbidden) return internalError("API_CONFIGURATION_ERROR", 500, `a mapping targets ${forbidden}`);
  // INTEGRATION_FAILURE is listed with 504, and was recorded to answer 500.
  if (httpMethod !== "POST") return internalError("INTEGRATION_FAILURE", 500, `functions take POST, not ${httpMethod}`);
  return undefined;
}

export const missingVariable = (functionArn: string): IntegrationResult =>
  misconfigured(`a stage variable is missing in ${functionArn}`);

/** Whether an event is more than a function takes: 6 MB. */
export const isTooLong = (event: string): boolean =>
  event.length * 3 > lambdaLimits.requestBytes && Buffer.byteLength(event) > lambdaLimits.requestBytes;

/** As observed at AWS for a body that the gateway takes and the function does not. */
export const tooLong = (): Refusal =>
  refusal("REQUEST_TOO_LARGE", "Request Too Long", { reason: "the event is larger than the 6 MB a function takes" });

/** A function's result, or the refusal where there is none. */
export function outcomeOf(
  result: CallResult<InvocationResult>,
  exchange: Exchange,
  timeoutMs: number,
): InvocationResult | { readonly refusal: Refusal } {
  if (result instanceof Error) return { refusal: internalError("INTEGRATION_FAILURE", 500, result.message) };
  const failure = failureOf(result, timeoutMs);
  if (failure && "refusal" in failure) return failure;
  if (result === "timeout" || typeof result?.payload !== "string") {
    return { refusal: internalError("INTEGRATION_FAILURE", 500, "the invocation gave no result") };
  }
  exchange.integrationStatus = result.throttled ? 429 : result.tooLarge ? 413 : 200;
  if (result.throttled) {
    const reason = `the function is throttled: ${usedUpWords[result.throttled]}`;
    return { refusal: internalError("INTEGRATION_FAILURE", 500, reason) };
  }
  return result.tooLarge ? { refusal: tooLong() } : result;
}

/** Its words are in the function's log. */
function errorTypeIn(payload: string): string {
  try {
    const error: unknown = JSON.parse(payload);
    return isObject(error) && typeof error["errorType"] === "string" ? error["errorType"] : "for no known reason";
  } catch {
    return "for no known reason";
  }
}

function read({ payload, functionError }: InvocationResult, exchange: Exchange, stage: StageFacts): IntegrationResult {
  if (functionError) {
    return { refusal: internalError("DEFAULT_5XX", 502, `the function failed: ${errorTypeIn(payload)}`) };
  }
  const answer = interpret(payload, stage.isBinary(firstAccepted(exchange.headers.get("accept"))));
  if ("malformed" in answer) {
    return { refusal: internalError("DEFAULT_5XX", 502, `malformed Lambda proxy response: ${answer.malformed}`) };
  }
  if ("undecodable" in answer) return misconfigured(answer.undecodable);
  exchange.functionStatus = answer.status;
  return { answer };
}
