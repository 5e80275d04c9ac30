import { lambdaLimits } from "../../../aws/limits";
import { isObject } from "../../../lib/json";
import { usedUpWords } from "../../lib/invocation";
import type { ProxyIntegrationDefinition } from "../definition/integration-definition";
import type { RouteDefinition } from "../definition/route-definition";
import type { StageFacts } from "../definition/stage-facts";
import type { Exchange } from "../request/exchange";
import { firstAccepted } from "../request/media-type";
import type { Answer } from "../response/answer";
import { internalError, type Refusal, refusal } from "../response/refusal";
import { type CallResult, call, type LambdaService } from "./lambda-call";
import { compileEvent } from "./lambda-event";
import { interpret } from "./lambda-response";

/** Result of an integration. */
export type IntegrationResult = { readonly answer: Answer } | { readonly refusal: Refusal };

/** An integration, ready to be called. */
export type Integration = (exchange: Exchange) => IntegrationResult | Promise<IntegrationResult>;

/** A route whose integration is a function, and how permissions name it. */
interface FunctionRoute {
  readonly definition: RouteDefinition;
  readonly integration: ProxyIntegrationDefinition;
  readonly methodArn: (method: string) => string;
}

/** Compiles a proxy integration for a stage. */
export function lambdaIntegration(route: FunctionRoute, stage: StageFacts, service: LambdaService): Integration {
  const { definition, integration, methodArn } = route;
  const functionArn = functionArnOn(stage, integration);
  const broken = brokenBy(integration);
  if (broken) return () => ({ refusal: broken });
  if (functionArn === undefined) return () => ({ refusal: missingVariable(integration) });
  const write = compileEvent(definition, stage);
  const permissions = new Map<string, boolean>();
  const permitted = (method: string): boolean => {
    const known = permissions.get(method) ?? service.permitted(functionArn, methodArn(method));
    permissions.set(method, known);
    return known;
  };
  return async (exchange) => {
    if (!permitted(exchange.method)) {
      const reason = `${functionArn} has no permission for ${methodArn(exchange.method)}`;
      return { refusal: internalError("API_CONFIGURATION_ERROR", 500, reason) };
    }
    const event = write(exchange);
    if (event.length * 3 > lambdaLimits.requestBytes && Buffer.byteLength(event) > lambdaLimits.requestBytes)
      return { refusal: tooLong() };
    const { traceId } = exchange;
    const asked = { functionArn, event, timeoutMs: integration.timeoutInMillis, traceId };
    const { result, latency } = await call(asked, service);
    exchange.integrationLatency = latency;
    return read(result, exchange, stage);
  };
}

/** The refusal of every call of a method with an invalid integration. */
function brokenBy({ forbiddenMapping, httpMethod }: ProxyIntegrationDefinition): Refusal | undefined {
  if (forbiddenMapping) return internalError("API_CONFIGURATION_ERROR", 500, `a mapping targets ${forbiddenMapping}`);
  // INTEGRATION_FAILURE is listed with 504, and was recorded to answer 500.
  if (httpMethod !== "POST") return internalError("INTEGRATION_FAILURE", 500, `functions take POST, not ${httpMethod}`);
  return undefined;
}

const missingVariable = ({ functionArn }: ProxyIntegrationDefinition): Refusal =>
  internalError("API_CONFIGURATION_ERROR", 500, `a stage variable is missing in ${functionArn}`);

/** The function's ARN with a stage's variables put in; undefined if one is missing. */
export function functionArnOn({ variables }: StageFacts, integration: ProxyIntegrationDefinition): string | undefined {
  let missing = false;
  const whole = integration.functionArn.replace(/\$\{stageVariables\.([A-Za-z0-9_]+)\}/g, (_match, name: string) => {
    missing ||= variables[name] === undefined;
    return variables[name] ?? "";
  });
  return missing ? undefined : whole;
}

/** As observed at AWS for a body that the gateway takes and the function does not. */
const tooLong = (): Refusal =>
  refusal("REQUEST_TOO_LARGE", "Request Too Long", { reason: "the event is larger than the 6 MB a function takes" });

/** Its words are in the function's log. */
function errorTypeIn(payload: string): string {
  try {
    const error: unknown = JSON.parse(payload);
    return isObject(error) && typeof error["errorType"] === "string" ? error["errorType"] : "for no known reason";
  } catch {
    return "for no known reason";
  }
}

function read(result: CallResult, exchange: Exchange, stage: StageFacts): IntegrationResult {
  if (result === "timeout") {
    const { timeoutInMillis = 29_000 } = exchange.route?.integration ?? {};
    const reason = `no answer within the integration's timeoutInMillis, ${timeoutInMillis} ms`;
    return { refusal: refusal("INTEGRATION_TIMEOUT", "Endpoint request timed out", { reason }) };
  }
  if (result instanceof Error) return { refusal: internalError("INTEGRATION_FAILURE", 500, result.message) };
  if (typeof result?.payload !== "string") {
    return { refusal: internalError("INTEGRATION_FAILURE", 500, "the invocation gave no result") };
  }
  exchange.integrationStatus = result.throttled ? 429 : result.tooLarge ? 413 : 200;
  if (result.throttled) {
    const reason = `the function is throttled: ${usedUpWords[result.throttled]}`;
    return { refusal: internalError("INTEGRATION_FAILURE", 500, reason) };
  }
  if (result.tooLarge) return { refusal: tooLong() };
  if (result.functionError) {
    return { refusal: internalError("DEFAULT_5XX", 502, `the function failed: ${errorTypeIn(result.payload)}`) };
  }
  const answer = interpret(result.payload, stage.isBinary(firstAccepted(exchange.headers.get("accept"))));
  if ("malformed" in answer) {
    return { refusal: internalError("DEFAULT_5XX", 502, `malformed Lambda proxy response: ${answer.malformed}`) };
  }
  if ("undecodable" in answer) return { refusal: internalError("API_CONFIGURATION_ERROR", 500, answer.undecodable) };
  exchange.functionStatus = answer.status;
  return { answer };
}
