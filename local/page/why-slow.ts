import type { Why } from "./reason";
import type { CallRecord } from "./recorder";
import type { RequestRecord } from "./records";
import type { Trace } from "./trace";

const isSlow = (ms: number, whole: number): boolean => ms > 500 && ms > whole / 2;

/** A call that took most of the time. */
export function slowest({ calls, request }: Trace): CallRecord | undefined {
  const longest = calls.toSorted((one, other) => other.ms - one.ms)[0];
  return longest && isSlow(longest.ms, request?.ms ?? longest.ms) ? longest : undefined;
}

/** A call as its function saw it, all attempts and the network included. */
interface Seen {
  readonly name: string;
  readonly ms: number;
}

/** The parts that functions divided their work into: their calls, as they saw them. */
function seenBy({ segments }: Trace): readonly Seen[] {
  const parts = segments.flatMap((segment) => {
    const inside = segment["subsegments"];
    return Array.isArray(inside) ? [segment, ...inside] : [segment];
  });
  return parts.flatMap((part: Readonly<Record<string, unknown>>) => {
    const {
      name,
      start_time: start,
      end_time: end,
      aws,
    } = part as {
      readonly name?: unknown;
      readonly start_time?: unknown;
      readonly end_time?: unknown;
      readonly aws?: { readonly operation?: unknown };
    };
    if (typeof start !== "number" || typeof end !== "number" || typeof aws?.operation !== "string") return [];
    return [{ name: `${String(name)} ${aws.operation}`, ms: Math.round((end - start) * 1000) }];
  });
}

/** Why a request took long, if it did. */
export function whySlow(trace: Trace, { ms }: RequestRecord): Why | undefined {
  const slow = slowest(trace);
  if (slow && ms > 500) {
    const sentence = `${slow.service} ${slow.operation} took ${Math.round(slow.ms)} of ${ms} ms.`;
    return { sentence };
  }
  const seen = seenBy(trace).toSorted((one, other) => other.ms - one.ms)[0];
  if (seen && isSlow(seen.ms, ms)) return { sentence: `${seen.name} took ${seen.ms} of ${ms} ms.` };
  const invocation = trace.invocations.find(({ initMs }) => initMs !== undefined && isSlow(initMs, ms));
  if (invocation) return { sentence: `A cold start of ${invocation.function} took ${invocation.initMs} of ${ms} ms.` };
  const long = trace.invocations.find(({ durationMs }) => durationMs > 1000);
  if (!long) return undefined;
  const known = trace.calls.reduce((sum, call) => sum + call.ms, 0);
  const own = Math.round(long.durationMs - known);
  return {
    sentence: `${long.function} took ${Math.round(long.durationMs)} ms, ${own} ms of it outside of calls of AWS.`,
  };
}
