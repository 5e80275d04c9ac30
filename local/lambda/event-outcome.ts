import type { InvocationResult } from "../lib/invocation";
import type { FunctionDefinition } from "../read/function-definition";

/** Final outcome of an asynchronous event. */
export interface EventOutcome {
  readonly condition: "Success" | "RetriesExhausted" | "EventAgeExceeded" | "ZeroReservedConcurrency";
  readonly requestId: string;
  readonly payload: string;
  /** Number of invocations with it. */
  readonly attempts: number;
  /** Of the last attempt. */
  readonly result: InvocationResult;
}

const statusOf = ({ throttled }: InvocationResult): number => (throttled ? 429 : 200);

/** The body of a message to a destination. */
export function invocationRecord({ arn, version }: FunctionDefinition, outcome: EventOutcome): string {
  const { condition, requestId, payload, attempts, result } = outcome;
  const { functionError } = result;
  return JSON.stringify({
    version: "1.0",
    timestamp: new Date().toISOString(),
    requestContext: { requestId, functionArn: `${arn}:${version}`, condition, approximateInvokeCount: attempts },
    requestPayload: JSON.parse(payload),
    responseContext: {
      statusCode: statusOf(result),
      executedVersion: version,
      ...(functionError ? { functionError } : {}),
    },
    responsePayload: JSON.parse(result.payload || "null"),
  });
}

/** The attributes of a message to a dead-letter queue, whose body is the event itself. */
export function deadLetterAttributes({ requestId, result }: EventOutcome) {
  const { errorMessage = "" } = JSON.parse(result.payload || "{}") as { errorMessage?: string };
  return {
    RequestID: { DataType: "String", StringValue: requestId },
    ErrorCode: { DataType: "Number", StringValue: String(statusOf(result)) },
    ErrorMessage: { DataType: "String", StringValue: errorMessage },
  };
}
