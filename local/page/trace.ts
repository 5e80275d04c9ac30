import type { CallRecord, Recorder } from "./recorder";
import type { DenialRecord, FailureRecord, InvocationRecord, LogRecord, RequestRecord, SegmentRecord } from "./records";

/** Everything that one trace joins: a request, or an event that nobody waits for, and what it led to. */
export interface Trace {
  readonly id: string;
  readonly request: RequestRecord | undefined;
  /** The oldest first, as all that follow. */
  readonly invocations: readonly InvocationRecord[];
  readonly calls: readonly CallRecord[];
  readonly denials: readonly DenialRecord[];
  readonly failures: readonly FailureRecord[];
  readonly logs: readonly LogRecord[];
  /** Segments that functions sent to X-Ray. */
  readonly segments: readonly SegmentRecord[];
}

/** The oldest first of those that fit. */
function those<T>(newestFirst: Iterable<T>, fits: (item: T) => boolean): readonly T[] {
  const found: T[] = [];
  for (const item of newestFirst) if (fits(item)) found.push(item);
  return found.reverse();
}

/** A denial is reported when its call ends, and its call a moment later. */
const NEAR_MS = 2000;

/** The records of a trace. */
export function traceOf(recorder: Recorder, id: string): Trace {
  const [request] = those(recorder.requests.newestFirst(), ({ traceId }) => traceId === id);
  const invocations = those(recorder.invocations.newestFirst(), ({ traceId }) => traceId === id);
  const calls = those(recorder.calls.newestFirst(), ({ traceId }) => traceId === id);
  const requestIds = new Set(invocations.map(({ requestId }) => requestId));
  const refused = calls.filter(({ refusal }) => refusal);
  const denials = those(recorder.denials.newestFirst(), (denial) =>
    refused.some(
      (call) =>
        call.caller === denial.function &&
        call.needs.some(({ action, resource }) => action === denial.action && resource === denial.resource) &&
        Math.abs(call.startedAt + call.ms - denial.at) < NEAR_MS,
    ),
  );
  const ofInvocation = ({ requestId }: { readonly requestId?: string }) =>
    requestId !== undefined && requestIds.has(requestId);
  return {
    id,
    request,
    invocations,
    calls: calls.toSorted((one, other) => one.startedAt - other.startedAt),
    denials,
    failures: those(recorder.failures.newestFirst(), ofInvocation),
    segments: those(recorder.segments.newestFirst(), (segment) => segment["trace_id"] === id),
    logs: those(recorder.logs.newestFirst(), ofInvocation),
  };
}
