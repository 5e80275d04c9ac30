import { type Authorizer, accessDenied } from "./authorizers/authorizer";
import { useApiKey } from "./limits/api-keys";
import type { InvocationContext, Phase, PhaseResult } from "./phase";
import { readBody } from "./request/body";
import { headersTooLarge, payloadTooLarge, unknownStage, uriTooLong } from "./request/limits";
import { type Refusal, refusal } from "./response/refusal";
import type { StageMethod } from "./stage";

/**
 * The way of a request, in the order in which API Gateway takes it. A phase that has a result ends the way: `gateway.ts`
 * makes a gateway response of a refusal, and sends what it has.
 *
 * The phases are those of the API Gateway developer guide ("Amazon API Gateway quotas", "Throttle requests to your REST
 * APIs", "Usage plans and API keys", "Request validation", "Cache settings for REST APIs", "Integrations for REST APIs");
 * their order is recorded at AWS, where the guide does not give it.
 */
export const phases: readonly Phase[] = [
  checkRequestLimits,
  receivePayload,
  resolveStage,
  resolveMethod,
  evaluateResourcePolicy,
  authorize,
  requireApiKey,
  applyUsagePlan,
  throttleMethod,
  validateMethodRequest,
  readCache,
  callIntegration,
  writeCache,
];

const refused = (why: Refusal | undefined): PhaseResult => why && { refusal: why };

/** The quotas of URL and headers: no API is known yet that could shape the answer. */
function checkRequestLimits({ exchange }: InvocationContext): PhaseResult {
  const answer = uriTooLong(exchange) ?? headersTooLarge(exchange);
  return answer && { answer };
}

/** The body, up to the payload quota. */
function receivePayload({ request, exchange }: InvocationContext): PhaseResult | Promise<PhaseResult> {
  const body = readBody(request, exchange.headers);
  if (!body) return undefined;
  return body.then((read) => {
    if (read === "too large") return { answer: payloadTooLarge(exchange) };
    exchange.body = read;
    return undefined;
  });
}

/** The stage that the first segment of the path names. */
function resolveStage(context: InvocationContext): PhaseResult {
  const { exchange, stages } = context;
  const { contextPath } = exchange;
  const end = contextPath.indexOf("/", 1);
  const stage = stages.get(end < 0 ? contextPath.slice(1) : contextPath.slice(1, end));
  if (!stage) return { answer: unknownStage(exchange) };
  const { canary } = stage;
  context.stage = canary && Math.random() * 100 < canary.percent ? canary.stage : stage;
  exchange.path = end < 0 ? "/" : contextPath.slice(end).replace(/^\/+/, "/");
  return undefined;
}

/** The method of the resource that the rest of the path names. */
function resolveMethod(context: InvocationContext): PhaseResult {
  const { exchange, stage } = context;
  const match = stage.router.find(exchange.method, exchange.path);
  if (!match) {
    const reason = `no route ${exchange.method} ${exchange.path}`;
    return { refusal: refusal("MISSING_AUTHENTICATION_TOKEN", "Missing Authentication Token", { reason }) };
  }
  context.method = match.route;
  exchange.pathParameters = match.parameters;
  return undefined;
}

/**
 * The API's resource policy. What it does not deny, an authorizer's function may still allow. (developer guide, "How API
 * Gateway resource policies affect authorization workflow": Lambda authorizer and resource policy)
 */
function evaluateResourcePolicy(context: InvocationContext): PhaseResult {
  const { exchange, stage, method } = context;
  // Of a user pool's caller it is asked when the caller is known.
  if (isOfUserPool(method)) return undefined;
  const access = stage.checkAccess?.(exchange);
  context.access = access?.decision;
  if (!access || access.decision === "allowed") return undefined;
  return method.authorize && access.decision !== "denied" ? undefined : refused(access.refusal());
}

const isOfUserPool = ({ definition }: StageMethod): boolean => definition.authorizer?.type === "COGNITO_USER_POOLS";

/** The method's authorizer: who the caller is, and whether its policy lets it. */
async function authorizedBy(context: InvocationContext, authorizer: Authorizer): Promise<PhaseResult> {
  const { exchange, stage, method } = context;
  const found = await authorizer(exchange, stage.arnOf(exchange));
  if ("refusal" in found) return found;
  exchange.authorizer = found.caller;
  if (isOfUserPool(method)) {
    // Both have to let it (the same page: Amazon Cognito authentication and resource policy).
    const access = stage.checkAccess?.(exchange);
    return access && access.decision !== "allowed" ? refused(access.refusal()) : undefined;
  }
  const { decision } = found;
  if (decision === "allowed") return undefined;
  // Within an account it is enough that one of the two allows it.
  if (decision !== "denied" && context.access === "allowed") return undefined;
  const name = method.definition.authorizer?.name;
  return refused(accessDenied(decision === "denied", `the policy of authorizer ${name}`));
}

function authorize(context: InvocationContext): PhaseResult | Promise<PhaseResult> {
  return context.method.authorize && authorizedBy(context, context.method.authorize);
}

/** An API key of one of the stage's usage plans, where the method requires one. */
function requireApiKey({ exchange, stage, method }: InvocationContext): PhaseResult {
  if (!method.definition.apiKeyRequired) return undefined;
  const value = exchange.headers.get("x-api-key");
  exchange.apiKey = value === undefined ? undefined : stage.apiKeys.get(value);
  if (exchange.apiKey) return undefined;
  const reason = value === undefined ? "no x-api-key header" : "no enabled key of this stage's usage plans";
  return { refusal: refusal("INVALID_API_KEY", "Forbidden", { reason }) };
}

/** The throttle and the quota that the usage plan gives the key. */
function applyUsagePlan({ exchange, method }: InvocationContext): PhaseResult {
  return exchange.apiKey && refused(useApiKey(exchange.apiKey, method.name, exchange));
}

/** The stage's throttle for the method. */
function throttleMethod({ exchange, method: { throttle } }: InvocationContext): PhaseResult {
  if (!throttle || throttle.take(exchange.steadyStart)) return undefined;
  return { refusal: refusal("THROTTLED", "Too Many Requests", { reason: "the stage's throttle for this method" }) };
}

/** The method's request validator: required parameters, then the body's model. */
function validateMethodRequest({ exchange, method }: InvocationContext): PhaseResult {
  return refused(method.validate?.(exchange));
}

/** The answer that the stage's cache has for the method's key parameters. */
function readCache(context: InvocationContext): PhaseResult {
  const found = context.method.cache?.lookup(context.exchange);
  if (!found || !("store" in found)) return found;
  context.storeInCache = found.store;
  return undefined;
}

/** Integration request, integration, integration response: the function or the mock. */
async function callIntegration(context: InvocationContext): Promise<PhaseResult> {
  const result = await context.method.integration(context.exchange);
  if ("refusal" in result) return result;
  context.answer = result.answer;
  return undefined;
}

/** The integration's answer, kept for the next request with the same key. */
function writeCache({ answer, storeInCache }: InvocationContext): PhaseResult {
  return answer && { answer: storeInCache ? storeInCache(answer) : answer };
}
