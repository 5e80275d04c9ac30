import type { InvocationResult } from "../../lib/invocation";
import type { ProxyIntegrationDefinition } from "../definition/integration-definition";
import { forbiddenHeader } from "../definition/request-parameters";
import type { RouteDefinition } from "../definition/route-definition";
import type { StageFacts } from "../definition/stage-facts";
import type { Exchange } from "../request/exchange";
import { firstAccepted } from "../request/media-type";
import { internalError, type Refusal } from "../response/refusal";
import type { Backends } from "./backends";
import { FunctionCall, functionArnOn } from "./function-call";
import { errorTypeIn, isTooLong, outcomeOf, tooLong } from "./function-outcome";
import { type Integration, type IntegrationResult, misconfigured } from "./integration";
import { compileEvent } from "./lambda-event";
import { interpret } from "./lambda-response";
import { streamedAnswer } from "./lambda-stream";

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
    if (integration.streams) return streamedAnswer(call, exchange, { event, timeoutMs });
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
