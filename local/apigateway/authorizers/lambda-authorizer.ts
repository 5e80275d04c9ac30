import { apiGatewayLimits } from "../../../aws/limits";
import { isObject } from "../../../lib/json";
import type { InvocationResult } from "../../lib/invocation";
import type { FunctionAuthorizerDefinition } from "../definition/authorizer-definition";
import { notEmulated } from "../definition/definition-error";
import type { RouteDefinition } from "../definition/route-definition";
import type { StageFacts } from "../definition/stage-facts";
import type { Backends } from "../integration/backends";
import { FunctionCall, functionArnOn } from "../integration/function-call";
import { compileEvent } from "../integration/lambda-event";
import type { CallResult } from "../integration/pending-call";
import { contextVariable, type Variable } from "../request/context-variables";
import type { Exchange } from "../request/exchange";
import { requestParameter } from "../request/request-parameter";
import { type Authorizer, authorizerError, unauthorized } from "./authorizer";
import { type AuthorizerAnswer, readAuthorizerAnswer } from "./authorizer-answer";
import type { Results } from "./results";

/** Where an authorizer is called: a method of a stage. */
interface AuthorizerPlace {
  readonly route: RouteDefinition;
  readonly stage: StageFacts;
  /** ARN that permissions name the authorizer by. */
  readonly authorizerArn: string;
  /** Results, which all methods of the stage share. */
  readonly results: Results<AuthorizerAnswer>;
}

/**
 * Compiles an authorizer that is a function. Its answer is kept by the caller's identity and counts for all methods: the
 * policy in it is evaluated for each request. (developer guide, "Use API Gateway Lambda authorizers")
 */
export function lambdaAuthorizer(
  definition: FunctionAuthorizerDefinition,
  { route, stage, authorizerArn, results }: AuthorizerPlace,
  backends: Backends,
): Authorizer {
  const { name, type, credentials, identitySources, validation } = definition;
  const functionArn = functionArnOn(stage, definition.functionArn);
  const sources = identitySources.map((source) => sourceOf(source, `authorizer ${name}`));
  const [, timeoutMs] = apiGatewayLimits.integrationTimeoutMs;
  const target = { functionArn: functionArn ?? "", credentials, methodArn: () => authorizerArn, timeoutMs };
  const call = new FunctionCall(target, backends);
  const requestEvent = compileRequestEvent(route, stage);
  return async (exchange, methodArn) => {
    const identity = sources.map((source) => source(exchange));
    const missing = identity.findIndex((value) => value === undefined || value === null || value === "");
    if (missing >= 0) return unauthorized(`the identity source ${identitySources[missing]} is missing`);
    const token = String(identity[0] ?? "");
    if (validation && !validation.test(token)) {
      return unauthorized(`the token does not match identityValidationExpression ${validation.source}`);
    }
    const key = JSON.stringify(identity);
    const kept = identity.length > 0 ? results.find(key, exchange.steadyStart) : undefined;
    const { sourceIp, headers } = exchange;
    const request = {
      ...{ resource: methodArn, sourceIp, userAgent: headers.get("user-agent"), referer: headers.get("referer") },
    };
    if (kept) return { caller: { ...kept.caller, latency: 0 }, decision: kept.decide(request) };
    if (functionArn === undefined) {
      return authorizerError(
        "AUTHORIZER_CONFIGURATION_ERROR",
        `a stage variable is missing in ${definition.functionArn}`,
      );
    }
    const refused = call.refusedFor("");
    if (refused !== undefined) return authorizerError("AUTHORIZER_CONFIGURATION_ERROR", refused);
    const event =
      type === "TOKEN"
        ? JSON.stringify({ type, methodArn, authorizationToken: token })
        : JSON.stringify({ type, methodArn, ...requestEvent(exchange) });
    const { result, latency } = await call.invoke(exchange, event);
    const payload = payloadOf(result);
    if ("refusal" in payload) return payload;
    const answer = readAuthorizerAnswer(payload.text, name);
    if (typeof answer === "string") {
      return authorizerError("AUTHORIZER_CONFIGURATION_ERROR", `authorizer ${name}: invalid answer: ${answer}`);
    }
    if (identity.length > 0) results.keep(key, answer, exchange.steadyStart);
    return { caller: { ...answer.caller, latency }, decision: answer.decide(request) };
  };
}

/** The variable of an identity source. (API reference, CreateAuthorizer, identitySource) */
function sourceOf(source: string, place: string): Variable {
  const [, parameter] = /^method\.request\.((?:header|querystring)\..+)$/.exec(source) ?? [];
  const found = parameter === undefined ? undefined : requestParameter(parameter);
  if (found) return found;
  const [, kind, member = ""] = /^(context|stageVariables)\.(.+)$/.exec(source) ?? [];
  if (kind === "context") return contextVariable(member);
  if (kind === "stageVariables") return ({ stage }) => stage?.variables[member];
  throw notEmulated(place, `identity source ${source}`);
}

/** The event of a request without its body. */
function compileRequestEvent(route: RouteDefinition, stage: StageFacts): (exchange: Exchange) => object {
  const write = compileEvent(route, stage);
  return (exchange) => {
    const { body: _body, isBase64Encoded: _encoded, ...event } = JSON.parse(write(exchange)) as Record<string, unknown>;
    return event;
  };
}

type Payload = { readonly text: string } | ReturnType<typeof unauthorized>;

/** What the function returned. An error that says `Unauthorized`, and nothing else, is a 401 (the same page). */
function payloadOf(result: CallResult<InvocationResult>): Payload {
  if (result instanceof Error) return authorizerError("AUTHORIZER_CONFIGURATION_ERROR", result.message);
  if (result === "timeout")
    return authorizerError("AUTHORIZER_CONFIGURATION_ERROR", "the authorizer did not answer in time");
  const { payload, functionError, throttled, tooLarge } = result;
  if (throttled || tooLarge) return authorizerError("AUTHORIZER_CONFIGURATION_ERROR", "Lambda refused the call");
  if (!functionError) return { text: payload };
  const words = errorMessageIn(payload);
  if (words === "Unauthorized") return unauthorized("the authorizer's function says Unauthorized");
  return authorizerError("AUTHORIZER_FAILURE", "the authorizer's function failed; its log says why");
}

function errorMessageIn(payload: string): unknown {
  try {
    const error: unknown = JSON.parse(payload);
    return isObject(error) ? error["errorMessage"] : undefined;
  } catch {
    return undefined;
  }
}
