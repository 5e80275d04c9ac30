import { Logger } from "@aws-lambda-powertools/logger";
import type { APIGatewayProxyEvent, Context } from "aws-lambda";
import { requiredEnv } from "./env";

/** The service in logs and metrics: the system that the function belongs to. */
export const service = requiredEnv("POWERTOOLS_SERVICE_NAME");

/** The environment that a function was deployed to. */
export const environment = requiredEnv("ENVIRONMENT");

/** The id of a request as its client sees it, in `x-amzn-RequestId` and in error bodies. */
export const requestIdOf = (event: APIGatewayProxyEvent, context: Context): string =>
  event.requestContext?.requestId ?? context.awsRequestId;

const flushes: (() => void)[] = [];

/** Has something written out at the end of every invocation, however it went. */
export const atEnd = (flush: () => void): void => {
  flushes.push(flush);
};

interface Invocation {
  readonly requestId: string;
  readonly context: Context;
}

let made: Logger | undefined;
let unlogged: Invocation | undefined;
let invocations = 0;

function make(): Logger {
  const logger = new Logger({ serviceName: service, persistentKeys: { environment } });
  // The library takes the first context that it sees for a cold start's.
  if (unlogged && invocations > 1) logger.addContext(unlogged.context);
  return logger;
}

/**
 * Structured JSON lines, each with the function's and the request's ids. Made for the first line: a request that goes
 * well has but the one of log-line.ts, and does not wait for this.
 *
 * Nothing that a caller sent goes in: no payload, no header value, no path of a problem (it contains the names of
 * fields), no words of an error that may quote them.
 */
export function logger(): Logger {
  made ??= make();
  if (unlogged) {
    made.addContext(unlogged.context);
    // The gateway's id, never a header's value: what a client chooses could impersonate another request.
    made.setCorrelationId(unlogged.requestId);
    unlogged = undefined;
  }
  return made;
}

/** Starts the log of an invocation. @returns whether it is the first, for which the function was started */
export function beginLog(requestId: string, context: Context): boolean {
  unlogged = { requestId, context };
  invocations += 1;
  return invocations === 1;
}

/** Ends the log of an invocation and writes out what was gathered. */
export function endLog(): void {
  for (const flush of flushes) flush();
  made?.resetKeys();
}
