import { channel } from "node:diagnostics_channel";
import { isServerError, isThrottlingError, isTransientError } from "@smithy/core/retry";
import { errorStatuses } from "../../contracts/errors";
import { DeadlineExceeded, Refusal, Unavailable } from "./errors";

/** The SDK's metadata of a failed call. */
interface ServiceFailure extends Error {
  readonly $metadata?: { readonly httpStatusCode?: number; readonly requestId?: string; readonly attempts?: number };
  readonly code?: string;
}

/** AWS messages that name resources and rights. Others (a validation, say) may quote what the caller sent. */
const QUOTABLE = /^(AccessDenied|.*NotFound|NoSuch|UnrecognizedClient|InvalidSignature|KMS)/;

const isQuotable = (error: ServiceFailure): boolean =>
  error instanceof DeadlineExceeded || (error.$metadata !== undefined && QUOTABLE.test(error.name));

const causeOf = ({ cause }: Error): Error | undefined => (cause instanceof Error ? cause : undefined);

/** Whether a service was unreachable, slow, throttled or broken, so that the same call may succeed later. */
function isTransient(error: Error): boolean {
  // The SDK's own classes all have these fields, present or not; its types insist.
  const failure = error as Parameters<typeof isTransientError>[0];
  if (error.name === "AbortError" || isThrottlingError(failure) || isServerError(failure)) return true;
  const cause = causeOf(error);
  return isTransientError(failure) || (cause !== undefined && isTransient(cause));
}

/** The refusal that a thrown thing amounts to, or nothing when it is a fault of ours. */
export function refusalOf(thrown: unknown): Refusal | undefined {
  if (thrown instanceof Refusal) return thrown;
  if (thrown instanceof Error && isTransient(thrown)) return new Unavailable({ cause: thrown });
  return undefined;
}

/** Kind of a failure, in a word that quotes nobody: `UNAVAILABLE`, or the name of an AWS error. */
export function kindOf(thrown: unknown): string {
  const refusal = refusalOf(thrown);
  if (refusal) return refusal.code;
  return thrown instanceof Error && "$metadata" in thrown ? thrown.name : errorStatuses[500].code;
}

/**
 * Channel on which thrown values are shown, words included, to the person who runs a function locally. Lambda has no
 * subscriber.
 */
const failures = channel("terrace:failure");

/**
 * The loggable part of a thrown value: its kind, where it was thrown, AWS's request id. Never its message, which can
 * quote a payload, unless it comes from AWS and speaks of resources.
 */
export function describeFailure(thrown: unknown): Record<string, unknown> {
  failures.publish(thrown);
  return describe(thrown);
}

function describe(thrown: unknown): Record<string, unknown> {
  if (!(thrown instanceof Error)) return { name: typeof thrown };
  const { name, message, stack = "", code, $metadata }: ServiceFailure = thrown;
  const cause = causeOf(thrown);
  return {
    name,
    ...(code === undefined ? {} : { code }),
    ...($metadata === undefined
      ? {}
      : { status: $metadata.httpStatusCode, attempts: $metadata.attempts, awsRequestId: $metadata.requestId }),
    ...(isQuotable(thrown) ? { message } : {}),
    at: stack
      .split("\n")
      .filter((line) => line.startsWith("    at "))
      .slice(0, 8)
      .map((line) => line.trim()),
    ...(cause === undefined ? {} : { cause: describe(cause) }),
  };
}
