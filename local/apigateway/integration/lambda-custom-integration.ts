import { isObject } from "../../../lib/json";
import type { InvocationResult } from "../../lib/invocation";
import { forbiddenHeader } from "../definition/request-parameters";
import { RequestHeaders } from "../request/request-headers";
import { internalError } from "../response/refusal";
import type { AwsRoute } from "./aws-integration";
import type { Backends } from "./backends";
import { FunctionCall, functionArnOn } from "./function-call";
import { isTooLong, outcomeOf, tooLong } from "./function-outcome";
import { type BackendResponse, type Integration, misconfigured } from "./integration";
import { compileIntegrationRequest } from "./integration-request";
import { compileIntegrationResponses } from "./integration-response";
import { missingVariable } from "./lambda-integration";
import { renderedSafely } from "./rendered-safely";

/**
 * Compiles an integration of a function whose event a template makes, and whose answer another one reads. What selects the
 * integration response is the function's error. (developer guide, "Set up Lambda custom integrations in API Gateway")
 */
export function customLambdaIntegration(
  { definition, stage, place, methodArn }: AwsRoute & { readonly methodArn: (method: string) => string },
  backends: Backends,
): Integration {
  const { target, requestParameters, timeoutInMillis: timeoutMs, credentials, httpMethod } = definition;
  if (!("functionArn" in target)) throw new Error(`${place}: a service is no function`);
  const forbidden = forbiddenHeader(requestParameters, true);
  if (forbidden) return () => misconfigured(`a mapping targets ${forbidden}`);
  if (httpMethod !== "POST") {
    return () => ({ refusal: internalError("INTEGRATION_FAILURE", 500, `functions take POST, not ${httpMethod}`) });
  }
  const functionArn = functionArnOn(stage, target.functionArn);
  if (functionArn === undefined) return () => missingVariable(target.functionArn);
  const call = new FunctionCall({ functionArn, credentials, methodArn, timeoutMs }, backends);
  const makeRequest = compileIntegrationRequest(definition, stage, place);
  const makeAnswer = compileIntegrationResponses(definition.responses, { stage, place, traced: true });
  return async (exchange) => {
    const refused = call.refusedFor(exchange.method);
    if (refused !== undefined) return misconfigured(refused);
    const request = renderedSafely(() => makeRequest(exchange));
    if ("refusal" in request) return request;
    // No body is an empty object (recorded).
    const event = request.body.toString("utf8") || "{}";
    if (isTooLong(event)) return { refusal: tooLong() };
    const { overrides } = request;
    const answer = (selected: string, response: BackendResponse) =>
      renderedSafely(() => makeAnswer({ exchange, overrides, selected, response }));
    if (request.headers.get("x-amz-invocation-type")?.[1].at(-1) === "Event") {
      const taken = await call.hand(exchange, event);
      return taken ? answer("", responseOf("", 202)) : misconfigured(`${functionArn} is not in the stack`);
    }
    const { result, latency } = await call.invoke(exchange, event);
    exchange.integrationLatency = latency;
    const ended = outcomeOf(result, exchange, timeoutMs);
    return "refusal" in ended ? ended : answer(errorMessageOf(ended), responseOf(ended.payload, 200));
  };
}

const responseOf = (payload: string, status: number): BackendResponse => ({
  status,
  headers: new RequestHeaders(["Content-Type", "application/json"]),
  body: Buffer.from(payload),
});

/** The error message of a function that failed; one that did not may return such a message, too. */
function errorMessageOf({ payload }: InvocationResult): string {
  try {
    const returned: unknown = JSON.parse(payload);
    return isObject(returned) && typeof returned["errorMessage"] === "string" ? returned["errorMessage"] : "";
  } catch {
    return "";
  }
}
