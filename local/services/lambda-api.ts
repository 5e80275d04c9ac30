import { jsonProtocol } from "./json-protocol";
import { type Answer, notPlayed, type Service, ServiceError } from "./service";

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

function answer(result: InvokeAnswer | undefined, asynchronous: boolean): Answer {
  if (!result)
    throw new ServiceError("ResourceNotFoundException", "Function not found", { status: 404, members: byUser });
  if (result.throttled) {
    const reason = { ...byUser, Reason: "ReservedFunctionConcurrentInvocationLimitExceeded" };
    throw new ServiceError("TooManyRequestsException", "Rate Exceeded.", { status: 429, members: reason });
  }
  if (result.tooLarge) {
    const message = "Request must be smaller than 6291456 bytes for the InvokeFunction operation";
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
    const reason = error instanceof Error ? error.message : String(error);
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
    operation: ({ method, path: asked, headers, body, caller }) => {
      const name = method === "POST" ? path.exec(decodeURIComponent(asked))?.[1] : undefined;
      if (name === undefined) throw notPlayed("Lambda", `${method} ${asked}`);
      const isArn = name.startsWith("arn:");
      const arn = isArn ? name : `arn:aws:lambda:${caller.region}:${caller.accountId}:function:${name}`;
      const asynchronous = headers["x-amz-invocation-type"] === "Event";
      return {
        needs: [{ action: "lambda:InvokeFunction", resource: arn }],
        run: async () => answer(await invoke(arn, checkedJson(body), asynchronous), asynchronous),
      };
    },
  };
}
