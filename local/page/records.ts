import type { RunnerEvent } from "../run/events";
import type { AnsweredRequest } from "../run/observer";

type Of<Name extends RunnerEvent["event"]> = Extract<RunnerEvent, { event: Name }>;

/** When something came, in milliseconds since 1970. */
export interface At {
  readonly at: number;
}

/** The beginning of a body, and how long all of it was, in bytes. */
export interface KeptBody {
  readonly content: string | Buffer;
  readonly size: number;
}

/** A request as it is kept, with its secrets: what leaves the server is masked. */
export interface RequestRecord extends At {
  readonly id: string;
  readonly system: string;
  readonly stage: string | undefined;
  readonly method: string;
  /** With the stage. */
  readonly path: string;
  readonly query: string;
  readonly resource: string | undefined;
  readonly operationId: string | undefined;
  readonly functionArn: string | undefined;
  readonly status: number;
  readonly ms: number;
  /** Time of the integration, in ms. */
  readonly integrationMs: number | undefined;
  readonly cache: "hit" | "miss" | undefined;
  readonly refusal: { readonly type: string; readonly reason: string } | undefined;
  readonly apiKeyId: string | undefined;
  readonly by: AnsweredBy;
  /** The root of its trace. */
  readonly traceId: string | undefined;
  readonly port: number;
  /** Names and values in turn, as they were sent. */
  readonly headers: readonly string[];
  readonly body: KeptBody;
  readonly answerHeaders: readonly string[];
  readonly answer: KeptBody;
}

/** The source of an answer. */
export type AnsweredBy =
  | "cache"
  | "validator"
  | "key"
  | "authorizer"
  | "policy"
  | "throttle"
  | "quota"
  | "router"
  | "limits"
  | "mock"
  | "function"
  | "integration";

export type InvocationRecord = Of<"invocation"> & At;
export type LogRecord = Of<"log"> & At;
export type DenialRecord = Of<"denial"> & At;
export type FailureRecord = Of<"failure"> & At;
export type MessageRecord = Of<"message"> & At;
export type BusEventRecord = Of<"busEvent"> & At;
export type SegmentRecord = Of<"segment">["segment"];
export type NoteRecord = (Of<"problem"> | Of<"reloaded"> | Of<"throttle">) & At;

const byRefusal: Readonly<Record<string, AnsweredBy>> = {
  INVALID_API_KEY: "key",
  UNAUTHORIZED: "authorizer",
  EXPIRED_TOKEN: "authorizer",
  ACCESS_DENIED: "authorizer",
  AUTHORIZER_FAILURE: "authorizer",
  AUTHORIZER_CONFIGURATION_ERROR: "authorizer",
  THROTTLED: "throttle",
  QUOTA_EXCEEDED: "quota",
  BAD_REQUEST_BODY: "validator",
  BAD_REQUEST_PARAMETERS: "validator",
  MISSING_AUTHENTICATION_TOKEN: "router",
  UNSUPPORTED_MEDIA_TYPE: "mock",
};

/** The source of an answer, by the gateway's phases. */
function answeredBy({ exchange }: AnsweredRequest): AnsweredBy {
  const { refusal, route, cache, stage, functionStatus } = exchange;
  // The quotas of URL, headers and body are checked before a stage is looked for.
  const isLimit = refusal?.type === "REQUEST_TOO_LARGE" || refusal?.type === "DEFAULT_4XX";
  if (!stage && !isLimit) return "router";
  // The API's resource policy, which the reason names, says no before any authorizer does.
  if (refusal?.type === "ACCESS_DENIED" && refusal.reason.startsWith("aws_api_gateway_rest_api")) return "policy";
  if (isLimit) return "limits";
  if (refusal) return byRefusal[refusal.type] ?? "integration";
  if (cache === "hit") return "cache";
  if (functionStatus !== undefined) return "function";
  return route?.integration.type === "MOCK" ? "mock" : "limits";
}

/** So much of a body is kept. */
const KEPT_BYTES = 64 * 1024;

function kept(content: string | Buffer): KeptBody {
  const size = typeof content === "string" ? Buffer.byteLength(content) : content.length;
  if (size <= KEPT_BYTES) return { content, size };
  // A copy: a part of a buffer, or of a text, would keep all of it in memory.
  const bytes = typeof content === "string" ? Buffer.from(content.slice(0, KEPT_BYTES)) : content;
  return { content: Buffer.from(bytes.subarray(0, KEPT_BYTES)), size };
}

/** The root of a tracing header. */
const rootOf = (header: string): string | undefined => /(?:^|;)\s*Root=([^;]+)/.exec(header)?.[1];

/** The record of a request that has been answered. */
export function recordOf(answered: AnsweredRequest): RequestRecord {
  const { system, exchange, answer } = answered;
  const { route, stage, refusal } = exchange;
  const integration = route?.integration;
  const named = integration?.type === "AWS_PROXY" ? integration.functionArn : undefined;
  return {
    at: Math.round(exchange.steadyStart),
    id: exchange.requestId,
    system,
    stage: stage?.name,
    method: exchange.method,
    path: exchange.contextPath,
    query: exchange.queryString,
    resource: route?.path,
    operationId: route?.operationId,
    functionArn: named?.replace(/\$\{stageVariables\.(\w+)\}/g, (_, name: string) => stage?.variables[name] ?? ""),
    status: exchange.status,
    ms: exchange.responseLatency,
    integrationMs: exchange.integrationLatency,
    cache: exchange.cache,
    refusal: refusal && { type: refusal.type, reason: refusal.reason },
    apiKeyId: exchange.apiKey?.id,
    by: answeredBy(answered),
    traceId: rootOf(exchange.traceId),
    port: exchange.port,
    headers: exchange.headers.raw,
    body: kept(exchange.body ?? ""),
    answerHeaders: answer.headers,
    // Of a stream the answer has the beginning alone.
    answer: { ...kept(answer.body), size: exchange.responseLength },
  };
}
