import { readLine } from "../../run/command-line/log-line";
import { maskedText } from "../masked";
import type { LogRecord } from "../records";
import { type Endpoint, limitOf } from "./endpoint";

/** Metrics of a line in the embedded metric format: `RecordsCreated=1`. */
function metricsIn(line: string): readonly string[] {
  if (!line.includes('"CloudWatchMetrics"')) return [];
  try {
    const embedded = JSON.parse(line) as Readonly<Record<string, unknown>> & {
      readonly _aws?: { readonly CloudWatchMetrics?: readonly { readonly Metrics?: readonly { Name?: string }[] }[] };
    };
    const names = (embedded._aws?.CloudWatchMetrics ?? []).flatMap(({ Metrics }) => Metrics ?? []);
    return names.map(({ Name = "" }) => `${Name}=${String(embedded[Name])}`);
  } catch {
    // No JSON, so no metric either: shown as the line that it is.
    return [];
  }
}

/** So much of a line is shown. */
const SHOWN_LENGTH = 4_000;

const cut = (text: string): string => (text.length > SHOWN_LENGTH ? `${text.slice(0, SHOWN_LENGTH)}…` : text);

/** A line of a log, taken apart. */
export function lineOf({ at, function: name, requestId, line, mapped }: LogRecord) {
  const text = mapped ?? line;
  const { level, message, fields } = readLine(maskedText(text));
  const metrics = metricsIn(line);
  if (metrics.length > 0)
    return { at, function: name, requestId, level: "METRIC", message: metrics.join(" "), fields: "" };
  return { at, function: name, requestId, level, message: cut(message), fields: cut(fields) };
}

export type LogRow = ReturnType<typeof lineOf>;

const filters = {
  text: "part of the line, whatever its case",
  function: "a function's name",
  level: "INFO, WARN, ERROR, METRIC …",
  request: "the id of an invocation or of the request that led to it",
};

/** Whether a line is among those that a query asks for. */
export function wantedLine(query: URLSearchParams): (row: LogRow, record: LogRecord) => boolean {
  const of = (name: keyof typeof filters) => query.get(name) || undefined;
  const [text, name, level, request] = [of("text")?.toLowerCase(), of("function"), of("level"), of("request")];
  return (row, { line }) => {
    if (name !== undefined && row.function !== name) return false;
    if (level !== undefined && row.level !== level) return false;
    if (request !== undefined && row.requestId !== request && !line.includes(request)) return false;
    return text === undefined || line.toLowerCase().includes(text);
  };
}

const MOST = 500;

export const logEndpoints: readonly Endpoint[] = [
  {
    method: "GET",
    path: "/api/logs",
    operationId: "listLogs",
    summary: "Lines that functions wrote, the newest first",
    query: { ...filters, limit: `how many at most, up to ${MOST}` },
    answer({ query }, { recorder }) {
      const isWanted = wantedLine(query);
      const limit = limitOf(query, MOST);
      const lines = recorder.logs.newestRows(limit, (record) => {
        const row = lineOf(record);
        return isWanted(row, record) ? row : undefined;
      });
      return { lines, count: recorder.logs.count };
    },
  },
];
