import { format } from "node:util";
import { errorPayload } from "./error-payload";
import type { EnvironmentSettings } from "./messages";

type Write = (text: string) => void;

/** From the lowest up: what a function's application log level names, or is below, is written. */
const levels: readonly string[] = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"];

const methods: Readonly<Record<string, string>> = {
  ...{ trace: "TRACE", debug: "DEBUG", info: "INFO", log: "INFO", warn: "WARN", error: "ERROR", fatal: "FATAL" },
};

const errorTypeOf = (error: Error): string => error.constructor?.name ?? "UnknownError";
const stackOf = ({ stack }: Error): unknown => (typeof stack === "string" ? stack.split("\n") : stack);

/** An error wherever it is in what is logged: its words, that JSON leaves out, and what a program has put onto it. */
const withErrors = (_name: string, value: unknown): unknown =>
  value instanceof Error
    ? { errorType: errorTypeOf(value), errorMessage: value.message, stackTrace: stackOf(value), ...value }
    : value;

/** One value is the message as it is, if JSON can say it; several are put together as `util.format` does. */
function jsonLine(level: string, requestId: string | undefined, values: readonly unknown[]): string {
  const head = { timestamp: new Date().toISOString(), level, ...(requestId ? { requestId } : {}) };
  if (values.length === 1) {
    try {
      return JSON.stringify({ ...head, message: values[0] }, withErrors);
    } catch {
      // A circle, say, or a BigInt.
      return JSON.stringify({ ...head, message: format(values[0]) });
    }
  }
  const error = values.find((value): value is Error => value instanceof Error);
  const fields = error && {
    ...{ errorType: errorTypeOf(error), errorMessage: error.message, stackTrace: stackOf(error) ?? [] },
  };
  return JSON.stringify({ ...head, message: format(...values), ...fields });
}

const textLine = (level: string, requestId: string | undefined, values: readonly unknown[]): string =>
  `${new Date().toISOString()}\t${requestId ?? "undefined"}\t${level}\t${format(...values).replaceAll("\n", "\r")}`;

/** The runtime's own text for an error: all in one line, with the members that a program has added. */
function oneLine(error: Error): string {
  const fields = (_name: string, value: unknown): unknown =>
    value instanceof Error
      ? { errorType: value.name, errorMessage: value.message, ...value, stack: stackOf(value) }
      : value;
  try {
    return JSON.stringify(error, fields);
  } catch {
    return JSON.stringify(errorPayload(error));
  }
}

/** Logs an error that ends an invocation or the environment, as the runtime does. @param what - `Invoke Error` */
export function logError(what: string, thrown: unknown, { logFormat }: EnvironmentSettings): void {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  if (logFormat === "JSON") console.error(error);
  else console.error(what, `\t${oneLine(error)}`);
}

/** Passes on what a stream is given at once, so that nothing is lost when the thread is killed. */
function redirect(stream: NodeJS.WriteStream, write: Write): void {
  stream.write = (chunk: string | Uint8Array, ...rest: unknown[]): boolean => {
    write(typeof chunk === "string" ? chunk : Buffer.from(chunk).toString("utf8"));
    const done = rest.find((argument) => typeof argument === "function") as (() => void) | undefined;
    if (done) process.nextTick(done);
    return true;
  };
}

/**
 * Takes over what the function writes: streams byte for byte, `console` in the function's log format and from its level on,
 * as Lambda's runtime does. What is fatal is always written.
 */
export function takeOverOutput(
  { logFormat }: EnvironmentSettings,
  { requestId, lowest }: { readonly requestId: () => string | undefined; readonly lowest: string | undefined },
  write: Write,
): void {
  redirect(process.stdout, write);
  redirect(process.stderr, write);
  const line = logFormat === "JSON" ? jsonLine : textLine;
  // Without a level that it knows all is written.
  const from = levels.indexOf(lowest?.toUpperCase() ?? "");
  for (const [method, level] of Object.entries(methods)) {
    const isWritten = level === "FATAL" || levels.indexOf(level) >= from;
    Object.assign(console, {
      [method]: (...values: unknown[]) => {
        if (isWritten) write(`${line(level, requestId(), values)}\n`);
      },
    });
  }
}
