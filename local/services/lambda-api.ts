import { functionArn, parseFunctionName } from "../../aws/arn";
import { lambdaLimits } from "../../aws/limits";
import { messageOf } from "../lib/user-error";
import { jsonProtocol } from "./json-protocol";
import { type Answer, type Caller, decoded, notPlayed, type Service, ServiceError } from "./service";

/** What Lambda's `Invoke` came to. */
export interface InvokeAnswer {
  readonly payload: string;
  readonly functionError?: string;
  readonly throttled?: boolean;
  readonly tooLarge?: boolean;
}

export type Invoke = (functionArn: string, payload: string, asynchronous: boolean) => Promise<InvokeAnswer | undefined>;

const { failure } = jsonProtocol("1.1");
/** Whose fault it is. */
const byUser = { Type: "User" };
const path = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/;

/** The function that a name (with or without a qualifier), a part of an ARN, or an ARN means. */
function invokedArn(text: string, qualifier: string | null, { region, accountId }: Caller): string {
  const { name, qualifier: named, ...place } = parseFunctionName(text);
  return functionArn(name, { region, accountId, ...place }, named ?? qualifier ?? undefined);
}

function checkedType(type: string): "Event" | "RequestResponse" {
  if (type === "Event" || type === "RequestResponse") return type;
  if (type === "DryRun") throw notPlayed("Lambda", "DryRun");
  const rule = "Member must satisfy enum value set: [Event, RequestResponse, DryRun]";
  const message = `1 validation error detected: Value '${type}' at 'invocationType' failed to satisfy constraint: ${rule}`;
  throw new ServiceError("ValidationException", message, { members: byUser });
}

function checkedSize(body: Buffer, asynchronous: boolean): Buffer {
  if (!asynchronous || body.length <= lambdaLimits.asynchronousRequestBytes) return body;
  const limit = `${body.length} byte payload is too large for the Event invocation type (limit ${lambdaLimits.asynchronousRequestBytes} bytes)`;
  throw new ServiceError("RequestEntityTooLargeException", limit, { status: 413, members: byUser });
}

function answer(result: InvokeAnswer, asynchronous: boolean): Answer {
  if (result.throttled) {
    const reason = { ...byUser, Reason: "ReservedFunctionConcurrentInvocationLimitExceeded" };
    throw new ServiceError("TooManyRequestsException", "Rate Exceeded.", { status: 429, members: reason });
  }
  if (result.tooLarge) {
    const message = `Request must be smaller than ${lambdaLimits.requestBytes} bytes for the InvokeFunction operation`;
    throw new ServiceError("RequestTooLargeException", message, { status: 413, members: byUser });
  }
  if (asynchronous) return { status: 202 };
  const headers = {
    "X-Amz-Executed-Version": "$LATEST",
    ...(result.functionError ? { "X-Amz-Function-Error": result.functionError } : {}),
  };
  return { status: 200, headers, body: result.payload };
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

/** Lambda's `Invoke`, for functions that call functions. */
export function lambdaService(invoke: Invoke): Service {
  return {
    failure: (error) => {
      const { headers, ...rest } = failure(error);
      return { ...rest, headers: { ...headers, "x-amzn-ErrorType": error.code } };
    },
    operation: ({ method, path: asked, query, headers, body, caller }) => {
      const name = method === "POST" ? path.exec(decoded(asked))?.[1] : undefined;
      if (name === undefined) throw notPlayed("Lambda", `${method} ${asked}`);
      const arn = invokedArn(name, query.get("Qualifier"), caller);
      const asynchronous = checkedType(String(headers["x-amz-invocation-type"] ?? "RequestResponse")) === "Event";
      return {
        needs: [{ action: "lambda:InvokeFunction", resource: arn }],
        run: async () => {
          const payload = checkedJson(checkedSize(body, asynchronous));
          const result = await invoke(arn, payload, asynchronous);
          if (result) return answer(result, asynchronous);
          const message = `Function not found: ${arn}`;
          throw new ServiceError("ResourceNotFoundException", message, { status: 404, members: byUser });
        },
      };
    },
  };
}
