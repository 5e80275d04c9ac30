import { lambdaLimits } from "../../../aws/limits";
import { isObject } from "../../../lib/json";
import { type InvocationResult, usedUpWords } from "../../lib/invocation";
import type { Exchange } from "../request/exchange";
import { internalError, type Refusal, refusal } from "../response/refusal";
import { failureOf } from "./http-integration";
import type { CallResult } from "./pending-call";

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

/** The type of a function's error; its words are in the function's log. */
export function errorTypeIn(payload: string): string {
  try {
    const error: unknown = JSON.parse(payload);
    return isObject(error) && typeof error["errorType"] === "string" ? error["errorType"] : "for no known reason";
  } catch {
    return "for no known reason";
  }
}
