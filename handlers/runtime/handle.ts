import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from "aws-lambda";
import type { Route } from "../../contracts/api";
import { longestAnswerMs } from "../../contracts/time-limits";
import { admittedCaller, type Caller, callerOf } from "./caller";
import { withDeadline, workingTime } from "./deadline";
import { debug, shapesOf } from "./debug";
import { optionalEnv } from "./env";
import { DeadlineExceeded, Refusal } from "./errors";
import { describeFailure, refusalOf } from "./failures";
import { countFault } from "./faults";
import { type Invocation, logLine } from "./log-line";
import { type Parts, parseRequest } from "./request";
import { corsHeaders, declaredRefusal, errorAnswer, type Success, successAnswer } from "./response";
import { issuesOf } from "./schema-mismatch";
import { beginLog, endLog, logger, requestIdOf } from "./telemetry";
import { beginTrace, endTrace } from "./trace";

/** Arguments of an operation: the parsed parts of the request, and the caller. */
export interface Input<R extends Route> extends Parts<R> {
  /**
   * The id of the caller's API key (never the key), `anonymous` on a route that needs none. Of an operation of users, who
   * the token says it is.
   */
  readonly caller: Caller<R["access"]>;
  /** The id that the client sees too; no two requests share one. */
  readonly requestId: string;
  /** The path as the client asked for it, with the stage or base path in front. */
  readonly path: string;
  /** The invocation as Lambda sees it: the function's name, version, memory, and what is left of its time. */
  readonly lambda: Context;
}

/** Answers a parsed request with the success value, or with a `reply`; refuses by throwing a typed error. */
export type Operation<R extends Route> = (input: Input<R>) => Promise<Success<R>>;

/** A Lambda function of an `aws_proxy` integration. */
export type ProxyHandler = (event: APIGatewayProxyEvent, context: Context) => Promise<APIGatewayProxyResult>;

/** A request that could not be served, without its contents. */
export interface Failure {
  /** The code that the client is answered: `UNAVAILABLE`. */
  readonly code: string;
  readonly requestId: string;
}

interface HandleOptions {
  /** Checks a request before anything in it is read; refuses it by throwing a typed error. @default all are admitted */
  readonly admit?: (event: APIGatewayProxyEvent) => Promise<void>;
  /** Called with every answer of 500 and above, and awaited. Must not throw. @default not called */
  readonly onFailure?: (failure: Failure) => Promise<void>;
}

/** The API's operation id of the function, where its stack sets it: `getRecord`. */
const operation = optionalEnv("OPERATION_ID");

function inputOf<R extends Route>(route: R, event: APIGatewayProxyEvent, context: Context): Input<R> {
  // First: who may not ask learns nothing of what is wrong with the request.
  const caller = admittedCaller(route, event);
  const parts = parseRequest(route, event);
  debug("request parsed", () => ({
    request: Object.fromEntries(
      Object.entries(parts).flatMap(([name, part]) => (part ? [[name, shapesOf(part)]] : [])),
    ),
  }));
  return { caller, ...parts, requestId: requestIdOf(event, context), path: event.requestContext.path, lambda: context };
}

/** Statuses that are logged as warnings, since clients cause them together: more than one can cause. */
const notable: Readonly<Partial<Record<number, string>>> = {
  412: "a lost race: somebody else changed it first",
  429: "throttled",
};

/** What was thrown, or, where it amounts to a refusal that the route does not declare, that. */
function asDeclared(route: Route, thrown: unknown): unknown {
  const refusal = refusalOf(thrown);
  try {
    return refusal ? declaredRefusal(route, refusal) : thrown;
  } catch (mismatch) {
    return mismatch;
  }
}

/** Logs what was thrown, without its words, and gives the refusal that it amounts to. */
function refusalFrom(thrown: unknown, invocation: Invocation): Refusal | undefined {
  const refusal = refusalOf(thrown);
  const warning = refusal && notable[refusal.status];
  if (!refusal) {
    logger().error("request failed", { failure: describeFailure(thrown), ...issuesOf(thrown) });
  } else if (refusal.status >= 500) {
    const why = refusal.cause instanceof DeadlineExceeded ? "out of time" : "unavailable";
    logger().warn(`request refused: ${why}`, { status: refusal.status, failure: describeFailure(refusal) });
  } else if (warning) {
    logLine("WARN", `request refused: ${warning}`, invocation, { status: refusal.status });
  }
  return refusal;
}

/** The one line that every request has. */
function logRequest(
  route: Route,
  invocation: Invocation,
  { caller, status, problems, startedAt }: { caller: string; status: number; problems: number; startedAt: number },
): void {
  logLine("INFO", "request", invocation, {
    operation,
    route: `${route.method} ${route.path}`,
    ...{ status, ms: Math.round((performance.now() - startedAt) * 10) / 10, caller },
    ...(problems > 0 ? { problems } : {}),
  });
}

/**
 * Makes the Lambda handler of a route: parses the request by the route's schemas, has the operation answer within the
 * function's time, checks the answer by the route's schema, and turns whatever is thrown into a refusal or a 500.
 *
 * @param admit who is let in; everybody if there is none
 * @example
 * export const handler = handle(recordsApi.routes.getRecord, async ({ params }) => store.get(params.recordId));
 */
export function handle<const R extends Route>(
  route: R,
  work: Operation<R>,
  { admit, onFailure }: HandleOptions = {},
): ProxyHandler {
  return async (event, context) => {
    const startedAt = performance.now();
    const requestId = requestIdOf(event, context);
    const invocation = { context, requestId, isCold: beginLog(requestId, context) };
    beginTrace();
    let [status, problems] = [500, 0];
    try {
      const outcome = await withDeadline(Math.min(workingTime(context), longestAnswerMs), async () => {
        await admit?.(event);
        return work(inputOf(route, event, context));
      });
      const answer = successAnswer(route, outcome, corsHeaders(route, event));
      status = answer.statusCode;
      debug("answer", () => ({
        answer: { status, headers: Object.keys(answer.headers ?? {}), bytes: answer.body.length },
      }));
      return answer;
    } catch (thrown) {
      const refusal = refusalFrom(asDeclared(route, thrown), invocation);
      const refused = refusal?.status ?? 500;
      [status, problems] = [refused, refusal?.details?.length ?? 0];
      if (refused >= 500) {
        countFault(context);
        await onFailure?.({ code: (refusal ?? new Refusal(500)).code, requestId });
      }
      return errorAnswer(refusal, requestId, corsHeaders(route, event));
    } finally {
      logRequest(route, invocation, { caller: callerOf(event), status, problems, startedAt });
      endTrace(operation ?? context.functionName, {
        ...{ operation: operation ?? context.functionName, status, request_id: requestId },
        fault: Number(status >= 500),
      });
      endLog();
    }
  };
}

export { asDeclared, inputOf, logRequest, operation, refusalFrom };
