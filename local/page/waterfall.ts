import { shortArn } from "./reason";
import type { CallRecord } from "./recorder";
import type { InvocationRecord } from "./records";
import type { Trace } from "./trace";

/** A stretch of time in a trace. */
export interface Span {
  readonly id: string;
  readonly kind: "request" | "init" | "function" | "call";
  readonly name: string;
  /** The detail, in a few words. */
  readonly detail: string;
  /** From the beginning of the trace, in milliseconds. */
  readonly start: number;
  readonly ms: number;
  readonly depth: number;
  readonly failed: boolean;
  /** Of a call: what it was, and which statement let it. */
  readonly call?: {
    readonly input: string;
    readonly attempt: number;
    readonly status: number;
    readonly needs: readonly string[];
    readonly allowedBy: readonly string[];
    /** `1 write unit of records, 1 of its index bySource` */
    readonly consumed?: string;
    readonly refusal?: string;
  };
}

const round = (ms: number): number => Math.round(ms * 100) / 100;

const unitsOf = (units: number, kind: string): string => `${units} ${kind} unit${units === 1 ? "" : "s"}`;

const consumedWords = ({ consumed }: CallRecord): string =>
  consumed
    .map(({ kind, table, index, units }) =>
      index === undefined
        ? `${unitsOf(units, kind)} of ${table}`
        : `${unitsOf(units, kind)} of ${table}'s index ${index}`,
    )
    .join(", ");

/** Of the whole call: `2 write units` */
const consumedInAll = ({ consumed }: CallRecord): string => {
  const [first] = consumed;
  return first
    ? unitsOf(
        consumed.reduce((sum, { units }) => sum + units, 0),
        first.kind,
      )
    : "";
};

function callSpan(call: CallRecord, from: number, depth: number): Span {
  const { needs, allowedBy, refusal, attempt } = call;
  const on = needs[0] ? shortArn(needs[0].resource).replace(/^\S+ /, "") : "";
  const parts = [on, refusal?.code, consumedInAll(call), attempt > 1 ? `attempt ${attempt}` : ""];
  const words = consumedWords(call);
  return {
    id: `call-${call.id}`,
    kind: "call",
    name: `${call.service} ${call.operation}`,
    detail: parts.filter((part) => part).join(" · "),
    start: round(call.startedAt - from),
    ms: call.ms,
    depth,
    failed: refusal !== undefined,
    call: {
      input: call.input,
      attempt,
      status: call.status,
      needs: needs.map(({ action, resource }) => `${action} on ${resource}`),
      allowedBy: allowedBy.map(
        ({ action, resource, when }) => `${action} on ${resource}${when === undefined ? "" : ` when ${when}`}`,
      ),
      ...(words === "" ? {} : { consumed: words }),
      ...(refusal ? { refusal: `${refusal.code}: ${refusal.message}` } : {}),
    },
  };
}

const endOf = ({ at, durationMs }: InvocationRecord): number => at + durationMs;

/** Calls are of the last invocation of their function that began before them: an environment does one at a time. */
function callsOf(invocation: InvocationRecord, { invocations, calls }: Trace): readonly CallRecord[] {
  const others = invocations.filter((other) => other.function === invocation.function);
  const owner = (call: CallRecord) => others.findLast(({ at }) => at <= call.startedAt + 5) ?? others[0];
  return calls.filter((call) => call.caller === invocation.function && owner(call) === invocation);
}

/** The call that led to an invocation: the last call of another function that was answered before it began. */
function causeOf(invocation: InvocationRecord, { invocations, calls }: Trace): CallRecord | undefined {
  if (invocations[0] === invocation) return undefined;
  const leads = calls.filter(
    ({ service, operation, caller }) =>
      caller !== invocation.function &&
      ((service === "events" && operation === "PutEvents") ||
        (service === "sns" && operation.startsWith("Publish")) ||
        (service === "sqs" && operation.startsWith("Send")) ||
        (service === "lambda" && operation.startsWith("Invoke"))),
  );
  return leads.findLast(({ startedAt }) => startedAt <= invocation.at + 5);
}

function invocationSpans(invocation: InvocationRecord, trace: Trace, from: number, depth: number): readonly Span[] {
  const { requestId, at, durationMs, initMs, memoryMb, error } = invocation;
  const detail = [
    initMs === undefined ? "warm" : `cold, ${initMs} ms init`,
    ...(memoryMb === undefined ? [] : [`${memoryMb} MB`]),
    ...(error ? [error.errorType] : []),
  ].join(" · ");
  const span: Span = {
    id: requestId,
    kind: "function",
    name: invocation.function,
    detail,
    start: round(at - from),
    ms: round(durationMs),
    depth,
    failed: error !== undefined,
  };
  const init: readonly Span[] =
    initMs === undefined
      ? []
      : [
          {
            ...span,
            id: `${requestId}-init`,
            kind: "init",
            name: `${invocation.function} starts`,
            detail: "init",
            start: round(at - initMs - from),
            ms: initMs,
            failed: false,
          },
        ];
  const caused = (call: CallRecord) =>
    trace.invocations
      .filter((other) => other !== invocation && causeOf(other, trace) === call)
      .flatMap((other) => invocationSpans(other, trace, from, depth + 2));
  const calls = callsOf(invocation, trace).flatMap((call) => [callSpan(call, from, depth + 1), ...caused(call)]);
  return [...init, span, ...calls];
}

/** When a trace began. */
export function beginningOf({ request, invocations, calls }: Trace): number {
  if (request) return request.at;
  const starts = [...invocations.map(({ at, initMs = 0 }) => at - initMs), ...calls.map(({ startedAt }) => startedAt)];
  return Math.min(...starts);
}

/** A trace as stretches of time, in the order in which they are drawn: what led to something stands before it. */
export function waterfall(trace: Trace): readonly Span[] {
  const { request, invocations, calls } = trace;
  const from = beginningOf(trace);
  const root: readonly Span[] = request
    ? [
        {
          id: request.id,
          kind: "request",
          name: `${request.method} ${request.path}`,
          detail: `${request.status} by ${request.by}`,
          start: 0,
          ms: request.ms,
          depth: 0,
          failed: request.status >= 400,
        },
      ]
    : [];
  const first = invocations.filter((invocation) => causeOf(invocation, trace) === undefined);
  const depth = root.length;
  const spans = first.flatMap((invocation) => invocationSpans(invocation, trace, from, depth));
  // Of a function that still runs, or whose invocation was forgotten.
  const loose = calls.filter(({ caller }) => invocations.every((invocation) => invocation.function !== caller));
  return [...root, ...spans, ...loose.map((call) => callSpan(call, from, depth))];
}

/** Duration of a trace, in milliseconds. */
export function lengthOf(trace: Trace): number {
  const from = beginningOf(trace);
  const ends = [
    ...(trace.request ? [trace.request.at + trace.request.ms] : []),
    ...trace.invocations.map(endOf),
    ...trace.calls.map(({ startedAt, ms }) => startedAt + ms),
  ];
  return ends.length === 0 ? 0 : round(Math.max(...ends) - from);
}
