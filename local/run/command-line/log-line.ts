import { isObject, type JsonObject } from "../../../lib/json";
/** A line of a function's log, as a person reads it. */
export interface ReadLine {
  /** `12:34:56`, in local time; undefined when the line does not say. */
  readonly time: string | undefined;
  /** `ERROR`; undefined when the line does not say. */
  readonly level: string | undefined;
  /** In several lines when there is a trace. */
  readonly message: string;
  /** Fields of this line: `status=503 problems=2` */
  readonly fields: string;
}

/** Fields that say the same in all lines of a function or a request, and those that a message says already. */
const known = new Set([
  ...["timestamp", "level", "message", "service", "environment", "cold_start", "sampling_rate", "xray_trace_id"],
  ...["function_arn", "function_memory_size", "function_name", "function_request_id", "correlation_id", "requestId"],
  ...["errorType", "errorMessage", "stackTrace"],
]);

const LONGEST_FIELD = 300;
const MOST_FRAMES = 6;

/** Characters that would do something to a terminal instead of being shown. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: it is them that are taken out
const controls = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

/** A text that does nothing to a terminal. */
export const harmless = (text: string): string => text.replaceAll("\r", "\n").replace(controls, "");

const isFrame = (line: string): boolean => /^\s+at /.test(line);

const isForeign = (line: string): boolean => /node:|node_modules\/|\[worker eval\]|<anonymous>/.test(line);

/** The place of a frame alone: what a bundle calls its functions says nothing. */
const placeOf = (line: string): string => line.replace(/^(\s+at ).*?([\w@./-]+\.[a-z]+:\d+:\d+)\)?$/, "$1$2");

/** Whether a line is from the handlers' runtime: above the code that a person wrote. */
const isShared = (line: string): boolean => line.includes("handlers/runtime/");

/** The frames of a trace that a person's own code is in; where there is none, what comes nearest. */
export function ownFrames(frames: readonly string[]): readonly string[] {
  const own = frames.filter((line) => !isForeign(line));
  const handlers = own.filter((line) => !isShared(line));
  return ([handlers, own].find(({ length }) => length > 0) ?? frames)
    .slice(0, MOST_FRAMES)
    .map((line) => `    ${placeOf(line).trim()}`);
}

/** A text with the traces in it cut to what a person wants of them. */
function withOwnFrames(text: string): string {
  const lines = harmless(text).split("\n");
  const parts: string[] = [];
  for (let at = 0; at < lines.length; ) {
    const end = lines.findIndex((line, index) => index >= at && !isFrame(line));
    const last = end < 0 ? lines.length : end;
    if (last > at) parts.push(...ownFrames(lines.slice(at, last)));
    else parts.push(lines[at] ?? "");
    at = Math.max(last, at + 1);
  }
  return parts.join("\n").trimEnd();
}

const clock = (timestamp: unknown): string | undefined => {
  const date = new Date(typeof timestamp === "string" ? timestamp : Number.NaN);
  return Number.isNaN(date.getTime()) ? undefined : date.toTimeString().slice(0, 8);
};

/** Places are shown with the error itself. */
const withoutPlaces = (key: string, value: unknown): unknown =>
  ["at", "stack", "location"].includes(key) ? undefined : value;

function field([name, value]: [string, unknown]): string {
  const text = typeof value === "string" ? value : (JSON.stringify(value, withoutPlaces) ?? "");
  return `${name}=${text.length > LONGEST_FIELD ? `${text.slice(0, LONGEST_FIELD)}…` : text}`;
}

/** The trace of an error that a logger was given as a field. */
const stacksIn = (fields: readonly [string, unknown][]): readonly string[] =>
  fields.flatMap(([, value]) => (isObject(value) && typeof value["stack"] === "string" ? [value["stack"]] : []));

function readJson(line: JsonObject): ReadLine {
  const { timestamp, level, message } = line;
  const fields = Object.entries(line).filter(([name]) => !known.has(name));
  const text = typeof message === "string" ? message : (JSON.stringify(message) ?? "");
  return {
    time: clock(timestamp),
    level: typeof level === "string" ? harmless(level) : undefined,
    message: withOwnFrames([text, ...stacksIn(fields)].join("\n")),
    fields: harmless(fields.map(field).join(" ")),
  };
}

/** Reads a line in Lambda's JSON or text format; any other is its own message. */
export function readLine(text: string): ReadLine {
  if (text.startsWith("{")) {
    try {
      const line: unknown = JSON.parse(text);
      if (isObject(line) && ("message" in line || "level" in line)) return readJson(line);
    } catch {
      // Begins like JSON and is none: shown as it is.
    }
  }
  const [, timestamp, level, message] = /^(\d{4}-[\d:T.-]+Z)\t[^\t]*\t([A-Z]+)\t(.*)$/s.exec(text) ?? [];
  return { time: clock(timestamp), level, message: withOwnFrames(message ?? text), fields: "" };
}
