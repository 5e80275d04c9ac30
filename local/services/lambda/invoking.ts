import { parseFunctionName } from "../../../aws/arn";
import { lambdaLimits } from "../../../aws/limits";
import { messageOf } from "../../../lib/user-error";
import type { InvocationResult } from "../../lib/invocation";
import { checkMembers } from "../members";
import { type Operation, ServiceError, type ServiceRequest, type ServiceResponse } from "../service";
import { lambdaMembers } from "./members";
import { byUser, type Functions, found, notFound, violation } from "./names";

/** Invokes a function. @returns undefined when there is none */
export type Invoke = (
  functionArn: string,
  payload: string,
  asynchronous: boolean,
) => Promise<InvocationResult | undefined>;

const invocationTypes = ["Event", "RequestResponse", "DryRun"] as const;
type InvocationType = (typeof invocationTypes)[number];

/** The members of Invoke that are headers. (Lambda API reference, Invoke) */
function headersOf(headers: ServiceRequest["headers"]) {
  const logType = headers["x-amz-log-type"];
  return {
    // What is said without it.
    LogType: logType === "None" ? undefined : logType,
    ClientContext: headers["x-amz-client-context"],
    DurableExecutionName: headers["x-amz-durable-execution-name"],
    TenantId: headers["x-amz-tenant-id"],
  };
}

function checkedType(given: string): InvocationType {
  const type = invocationTypes.find((known) => known === given);
  if (type) return type;
  throw violation("invocationType", given, "Member must satisfy enum value set: [Event, RequestResponse, DryRun]");
}

function checkedSize(body: Buffer, asynchronous: boolean): Buffer {
  if (!asynchronous || body.length <= lambdaLimits.asynchronousRequestBytes) return body;
  const limit = `${body.length} byte payload is too large for the Event invocation type (limit ${lambdaLimits.asynchronousRequestBytes} bytes)`;
  throw new ServiceError("RequestEntityTooLargeException", limit, { status: 413, members: byUser });
}

function checkedJson(body: Buffer): string {
  const text = body.length > 0 ? body.toString("utf8") : "{}";
  try {
    JSON.parse(text);
    return text;
  } catch (error) {
    const reason = messageOf(error);
    const message = `Could not parse request body into json: Could not parse payload into json: ${reason}`;
    throw new ServiceError("InvalidRequestContentException", message, { members: byUser });
  }
}

function answer(result: InvocationResult, asynchronous: boolean): ServiceResponse {
  if (result.throttled) {
    const which = result.throttled === "function" ? "ReservedFunctionConcurrent" : "Concurrent";
    const reason = { ...byUser, Reason: `${which}InvocationLimitExceeded` };
    throw new ServiceError("TooManyRequestsException", "Rate Exceeded.", { status: 429, members: reason });
  }
  if (result.tooLarge) {
    const message = `Request must be smaller than ${lambdaLimits.requestBytes} bytes for the InvokeFunction operation`;
    throw new ServiceError("RequestTooLargeException", message, { status: 413, members: byUser });
  }
  if (asynchronous) return { status: 202 };
  const headers = {
    "X-Amz-Executed-Version": result.executedVersion ?? "$LATEST",
    ...(result.functionError ? { "X-Amz-Function-Error": result.functionError } : {}),
  };
  return { status: 200, headers, body: result.payload };
}

/** The ARN with its qualifier; without a version it is the latest. */
const qualified = (arn: string): string => (parseFunctionName(arn).qualifier === undefined ? `${arn}:$LATEST` : arn);

/** Lambda's `Invoke`. */
export function invoking(
  { invoke, functions }: { readonly invoke: Invoke; readonly functions: Functions },
  arn: string,
  { headers, body }: ServiceRequest,
): Operation {
  checkMembers("Lambda", "Invoke", headersOf(headers), lambdaMembers["Invoke"] ?? {});
  const type = checkedType(String(headers["x-amz-invocation-type"] ?? "RequestResponse"));
  const asynchronous = type === "Event";
  return {
    needs: [{ action: "lambda:InvokeFunction", resource: arn }],
    run: async () => {
      const payload = checkedJson(checkedSize(body, asynchronous));
      if (type === "DryRun") {
        found(functions, arn);
        return { status: 204 };
      }
      const result = await invoke(arn, payload, asynchronous);
      if (result) return answer(result, asynchronous);
      throw notFound(qualified(arn));
    },
  };
}
