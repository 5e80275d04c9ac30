import type { FunctionDefinition } from "../read/function-definition";
import type { InvocationReport } from "./lambda-function";

/** Status of an invocation (developer guide, Telemetry API event schema reference, Status). */
function statusOf({ result }: InvocationReport): { status: string; errorType?: string } {
  if (result.functionError === undefined) return { status: "success" };
  const { errorType } = JSON.parse(result.payload) as { errorType?: string };
  if (errorType === "Sandbox.Timedout") return { status: "timeout" };
  return { status: "error", ...(errorType === undefined ? {} : { errorType }) };
}

const platformLine = (type: string, record: object): string =>
  `${JSON.stringify({ time: new Date().toISOString(), type: `platform.${type}`, record })}\n`;

/** Lambda's START line of an invocation. */
export const startLine = ({ version, logFormat }: FunctionDefinition, requestId: string): string =>
  logFormat === "JSON"
    ? platformLine("start", { requestId, version })
    : `START RequestId: ${requestId} Version: ${version}\n`;

/**
 * Lambda's lines of an invocation that has ended: END, which JSON has none of from the level INFO on (Lambda developer guide,
 * Configuring advanced logging controls for Lambda functions), and REPORT.
 */
export const endLines = (definition: FunctionDefinition, report: InvocationReport): readonly string[] => [
  ...(definition.logFormat === "JSON" ? [] : [`END RequestId: ${report.requestId}\n`]),
  reportLine(definition, report),
];

function reportLine({ memoryMb, logFormat }: FunctionDefinition, report: InvocationReport): string {
  const { requestId, durationMs, result } = report;
  const durations = { durationMs: Math.round(durationMs * 1000) / 1000, billedDurationMs: Math.ceil(durationMs) };
  const maxMemoryUsedMB = Math.ceil((result.memoryBytes ?? 0) / 1024 / 1024);
  const init = result.initMs === undefined ? undefined : Math.round(result.initMs * 100) / 100;
  const { status, errorType } = statusOf(report);
  if (logFormat === "JSON") {
    const start = init === undefined ? {} : { initDurationMs: init };
    const metrics = { ...durations, memorySizeMB: memoryMb, maxMemoryUsedMB, ...start };
    const record = { requestId, metrics, status, ...(errorType === undefined ? {} : { errorType }) };
    return platformLine("report", record);
  }
  const fields = [
    `REPORT RequestId: ${requestId}`,
    `Duration: ${durationMs.toFixed(2)} ms`,
    `Billed Duration: ${durations.billedDurationMs} ms`,
    `Memory Size: ${memoryMb} MB`,
    `Max Memory Used: ${maxMemoryUsedMB} MB`,
    ...(init === undefined ? [] : [`Init Duration: ${init.toFixed(2)} ms`]),
    ...(status === "success" ? [] : [`Status: ${status}`]),
    ...(errorType === undefined ? [] : [`Error Type: ${errorType}`]),
  ];
  return `${fields.join("\t")}\n`;
}
