import { format } from "node:util";
import { errorPayload } from "./error-payload";
import type { EnvironmentSettings } from "./messages";

type Write = (text: string) => void;

const levels = { log: "INFO", info: "INFO", warn: "WARN", error: "ERROR", debug: "DEBUG", trace: "TRACE" } as const;

function errorFields(error: unknown) {
  const { errorType, errorMessage, trace } = errorPayload(error);
  return { errorType, errorMessage, stackTrace: trace };
}

function jsonLine(level: string, requestId: string | undefined, values: readonly unknown[]): string {
  const timestamp = new Date().toISOString();
  const [first, ...others] = values;
  const message =
    others.length === 0 && typeof first === "object" && !(first instanceof Error) ? first : format(...values);
  const error = values.find((value) => value instanceof Error);
  return JSON.stringify({
    timestamp,
    level,
    ...(requestId ? { requestId } : {}),
    message,
    ...(error ? errorFields(error) : {}),
  });
}

const textLine = (level: string, requestId: string | undefined, values: readonly unknown[]): string =>
  `${new Date().toISOString()}\t${requestId ?? "undefined"}\t${level}\t${format(...values).replaceAll("\n", "\r")}`;

/** Hands on what a stream is given at once, so that nothing is lost when the thread is killed. */
function redirect(stream: NodeJS.WriteStream, write: Write): void {
  stream.write = (chunk: string | Uint8Array, ...rest: unknown[]): boolean => {
    write(typeof chunk === "string" ? chunk : Buffer.from(chunk).toString("utf8"));
    const done = rest.find((argument) => typeof argument === "function") as (() => void) | undefined;
    if (done) process.nextTick(done);
    return true;
  };
}

/**
 * Takes over what the function writes: streams byte for byte, `console` in the function's log format, as Lambda's
 * runtime does.
 */
export function takeOverOutput(
  { logFormat }: EnvironmentSettings,
  requestId: () => string | undefined,
  write: Write,
): void {
  redirect(process.stdout, write);
  redirect(process.stderr, write);
  const line = logFormat === "JSON" ? jsonLine : textLine;
  for (const [method, level] of Object.entries(levels)) {
    Object.assign(console, {
      [method]: (...values: unknown[]) => write(`${line(level, requestId(), values)}\n`),
    });
  }
}
