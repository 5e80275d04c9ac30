import { Logger } from "@aws-lambda-powertools/logger";
import type { APIGatewayProxyEvent, Context } from "aws-lambda";
import { requiredEnv } from "./env";

/** What a function is called in logs and metrics: the system that it belongs to. */
export const service = requiredEnv("POWERTOOLS_SERVICE_NAME");

/** The environment that a function was deployed to. */
export const environment = requiredEnv("ENVIRONMENT");

/**
 * Structured JSON lines. Nothing that a caller sent goes in: no payload, no header value, no path of a problem (it
 * holds the names of fields), no words of an error that may quote them.
 */
export const logger = new Logger({ serviceName: service, persistentKeys: { environment } });

/** The id of a request as its client sees it, in `x-amzn-RequestId` and in error bodies. */
export const requestIdOf = (event: APIGatewayProxyEvent, context: Context): string =>
  event.requestContext?.requestId ?? context.awsRequestId;

const flushes: (() => void)[] = [];

/** Has something written out at the end of every invocation, however it went. */
export const atEnd = (flush: () => void): void => {
  flushes.push(flush);
};

/** Starts the log of an invocation: every line carries the function's and the request's ids. */
export function beginLog(event: APIGatewayProxyEvent, context: Context): void {
  logger.addContext(context);
  // The gateway's id, never a header's value: what a client chooses could impersonate another request.
  logger.setCorrelationId(requestIdOf(event, context));
}

/** Ends the log of an invocation and writes out what was gathered. */
export function endLog(): void {
  for (const flush of flushes) flush();
  logger.resetKeys();
}
