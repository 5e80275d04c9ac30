import type { Context } from "aws-lambda";
import { optionalEnv } from "./env";
import { environment, service } from "./telemetry";

/** From what helps to follow one request to faults. */
const levels = ["DEBUG", "INFO", "WARN", "ERROR"] as const;

type Level = (typeof levels)[number];

const isLevel = (text: string): text is Level => (levels as readonly string[]).includes(text);

function lowestLevel(): Level {
  const wanted = optionalEnv("LOG_LEVEL") ?? "INFO";
  if (isLevel(wanted)) return wanted;
  throw new Error(`environment variable LOG_LEVEL must be one of ${levels.join(", ")}`);
}

const lowest = levels.indexOf(lowestLevel());

/** Whether lines of a level are written. */
export const isLogged = (level: Level): boolean => levels.indexOf(level) >= lowest;

/** Whose line it is. */
export interface Invocation {
  readonly context: Context;
  /** The id that the client sees, where there is one. */
  readonly requestId: string;
  readonly isCold: boolean;
}

/** The trace that an invocation belongs to, as it stands in the header. */
const traceIdOf = (header: string | undefined): string | undefined => /Root=([^;]+)/.exec(header ?? "")?.[1];

/**
 * Writes a JSON line in the logger's form, without the logger: every request has one, and neither its start nor its time
 * should show it. Its content is ours: names, numbers and ids, and nothing that a caller sent.
 */
export function logLine(
  level: Level,
  message: string,
  of: Invocation,
  fields: Readonly<Record<string, unknown>>,
): void {
  if (!isLogged(level)) return;
  const line = {
    ...{ level, message, timestamp: new Date().toISOString(), service, environment },
    cold_start: of.isCold,
    function_name: of.context.functionName,
    function_request_id: of.context.awsRequestId,
    correlation_id: of.requestId,
    xray_trace_id: traceIdOf(optionalEnv("_X_AMZN_TRACE_ID")),
    ...fields,
  };
  // Not by the console, whose lines Lambda wraps where logs are JSON.
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
