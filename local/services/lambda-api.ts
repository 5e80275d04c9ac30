import { randomUUID } from "node:crypto";
import { functionArn, parseFunctionName, unqualifiedArn } from "../../aws/arn";
import { lambdaLimits } from "../../aws/limits";
import { messageOf } from "../../lib/user-error";
import type { InvocationResult } from "../lib/invocation";
import type { FunctionDefinition } from "../read/function-definition";
import { jsonProtocol } from "./json-protocol";
import { lambdaMembers } from "./lambda-members";
import { checkMembers } from "./members";
import { pageOf } from "./pages";
import {
  type Caller,
  decoded,
  notEmulated,
  type Operation,
  type Service,
  ServiceError,
  type ServiceRequest,
  type ServiceResponse,
} from "./service";

/** Invokes a function. @returns undefined when there is none */
export type Invoke = (
  functionArn: string,
  payload: string,
  asynchronous: boolean,
) => Promise<InvocationResult | undefined>;

const { failure } = jsonProtocol("1.1");
/** Whose fault it is. */
const byUser = { Type: "User" };
const path = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/;

/** Lambda's error for a member that violates a constraint. */
function violation(member: string, given: string | null, rule: string): ServiceError {
  const message = `1 validation error detected: Value '${given}' at '${member}' failed to satisfy constraint: ${rule}`;
  return new ServiceError("ValidationException", message, { members: byUser });
}

/** Of names and qualifiers (Lambda API reference, Invoke, "URI Request Parameters"). */
const patterns = {
  functionName:
    "(arn:(aws[a-zA-Z-]*)?:lambda:)?([a-z]{2}(-gov)?-[a-z]+-\\d{1}:)?(\\d{12}:)?(function:)?([a-zA-Z0-9-_\\.]+)(:(\\$LATEST|[a-zA-Z0-9-_]+))?",
  qualifier: "(|[a-zA-Z0-9$_-]+)",
} as const;

function checkPattern(member: keyof typeof patterns, given: string): void {
  const pattern = patterns[member];
  if (new RegExp(`^${pattern}$`).test(given)) return;
  throw violation(member, given, `Member must satisfy regular expression pattern: ${pattern}`);
}

/** The function that a name (with or without a qualifier), a part of an ARN, or an ARN means. */
function invokedArn(text: string, asked: string | null, { region, accountId }: Caller): string {
  checkPattern("functionName", text);
  checkPattern("qualifier", asked ?? "");
  const { name, qualifier: named, ...place } = parseFunctionName(text);
  // An empty one names none.
  return functionArn(name, { region, accountId, ...place }, named ?? (asked || undefined));
}

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

/** The version that a qualifier means: by itself, or as the one that an alias names. */
function executedVersion(functions: readonly FunctionDefinition[], arn: string): string {
  const { qualifier = "$LATEST" } = parseFunctionName(arn);
  const fn = functions.find((one) => one.arn === unqualifiedArn(arn));
  return fn?.aliases.includes(qualifier) ? fn.version : qualifier;
}

function answer(result: InvocationResult, asynchronous: boolean, version: string): ServiceResponse {
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
    "X-Amz-Executed-Version": version,
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

/** A function as Lambda shows it (Lambda API reference, FunctionConfiguration). */
const shown = (fn: FunctionDefinition) => ({
  FunctionName: fn.name,
  FunctionArn: fn.arn,
  Runtime: fn.runtime,
  Role: fn.roleArn,
  Handler: fn.handler,
  CodeSha256: fn.codeHash,
  Timeout: fn.timeoutSeconds,
  MemorySize: fn.memoryMb,
  LastModified: since,
  Version: "$LATEST",
  PackageType: "Zip",
  State: "Active",
  LastUpdateStatus: "Successful",
  Environment: { Variables: fn.environment },
  LoggingConfig: {
    LogFormat: fn.logFormat,
    LogGroup: fn.logGroupName,
    ...(fn.applicationLogLevel === undefined ? {} : { ApplicationLogLevel: fn.applicationLogLevel }),
  },
  ...(fn.keyArn === undefined ? {} : { KMSKeyArn: fn.keyArn }),
  ...(fn.deadLetterArn === undefined ? {} : { DeadLetterConfig: { TargetArn: fn.deadLetterArn } }),
});

const since = new Date().toISOString().replace("Z", "+0000");
const MOST_LISTED = 50;

const json = (value: object): ServiceResponse => ({
  status: 200,
  headers: { "Content-Type": "application/json", "x-amzn-RequestId": randomUUID() },
  body: JSON.stringify(value),
});

type Functions = () => readonly FunctionDefinition[];

function listFunctions(functions: Functions, query: URLSearchParams): Operation {
  checkMembers("Lambda", "ListFunctions", Object.fromEntries(query), lambdaMembers["ListFunctions"] ?? {});
  const most = Number(query.get("MaxItems") ?? MOST_LISTED);
  if (!Number.isInteger(most) || most < 1 || most > 10_000) {
    throw violation("maxItems", query.get("MaxItems"), "Member must have value between 1 and 10000");
  }
  return {
    needs: [{ action: "lambda:ListFunctions", resource: "*" }],
    run: () => {
      const token = query.get("Marker") ?? undefined;
      const { items, next } = pageOf(functions(), Math.min(most, MOST_LISTED), token, "InvalidParameterValueException");
      return json({ Functions: items.map(shown), NextMarker: next ?? null });
    },
  };
}

/** The function of an ARN, if it has the version or alias that it names. */
function found(functions: Functions, arn: string): FunctionDefinition | undefined {
  const { qualifier } = parseFunctionName(arn);
  const fn = functions().find((one) => one.arn === unqualifiedArn(arn));
  return fn && ["$LATEST", fn.version, ...fn.aliases, undefined].includes(qualifier) ? fn : undefined;
}

/** `GetFunction` and `GetFunctionConfiguration`, without a URL of the code: the package is a file of the stack. */
function getFunction(functions: Functions, arn: string, part: "function" | "configuration"): Operation {
  const action = part === "function" ? "lambda:GetFunction" : "lambda:GetFunctionConfiguration";
  return {
    needs: [{ action, resource: arn }],
    run: () => {
      const { qualifier } = parseFunctionName(arn);
      const fn = found(functions, arn);
      if (!fn) throw notFound(arn);
      const version = qualifier === undefined ? {} : { FunctionArn: arn, Version: executedVersion(functions(), arn) };
      const Configuration = { ...shown(fn), ...version };
      if (part === "configuration") return json(Configuration);
      const { reservedConcurrency: reserved } = fn;
      const Concurrency = reserved === undefined ? undefined : { ReservedConcurrentExecutions: reserved };
      return json({ Configuration, Code: { RepositoryType: "S3" }, Tags: fn.tags, Concurrency });
    },
  };
}

/** The ARN with its qualifier; without a version it is the latest. */
const qualified = (arn: string): string => (parseFunctionName(arn).qualifier === undefined ? `${arn}:$LATEST` : arn);

function notFound(arn: string): ServiceError {
  return new ServiceError("ResourceNotFoundException", `Function not found: ${arn}`, { status: 404, members: byUser });
}

const reading = /^\/2015-03-31\/functions(?:\/([^/]+)(\/configuration)?)?\/?$/;

/** Lambda's `Invoke`, for functions that call functions, and which functions there are. */
export function lambdaService(invoke: Invoke, functions: Functions): Service {
  return {
    failure: (error) => {
      const { headers, ...rest } = failure(error);
      return { ...rest, headers: { ...headers, "x-amzn-ErrorType": error.code } };
    },
    operation: ({ method, path: asked, query, headers, body, caller }) => {
      const [read, wanted, configuration] = (method === "GET" ? reading.exec(decoded(asked)) : undefined) ?? [];
      if (read !== undefined && wanted === undefined) return listFunctions(functions, query);
      if (wanted !== undefined) {
        const part = configuration === undefined ? "function" : "configuration";
        return getFunction(functions, invokedArn(wanted, query.get("Qualifier"), caller), part);
      }
      const name = method === "POST" ? path.exec(decoded(asked))?.[1] : undefined;
      if (name === undefined) throw notEmulated("Lambda", `${method} ${asked}`);
      const arn = invokedArn(name, query.get("Qualifier"), caller);
      checkMembers("Lambda", "Invoke", headersOf(headers), lambdaMembers["Invoke"] ?? {});
      const type = checkedType(String(headers["x-amz-invocation-type"] ?? "RequestResponse"));
      const asynchronous = type === "Event";
      return {
        needs: [{ action: "lambda:InvokeFunction", resource: arn }],
        run: async () => {
          const payload = checkedJson(checkedSize(body, asynchronous));
          if (type === "DryRun") {
            if (found(functions, arn)) return { status: 204 };
            throw notFound(arn);
          }
          const result = await invoke(arn, payload, asynchronous);
          if (result) return answer(result, asynchronous, executedVersion(functions(), arn));
          throw notFound(qualified(arn));
        },
      };
    },
  };
}
