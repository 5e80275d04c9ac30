import { parseArn, parseFunctionName } from "../../aws/arn";
import { type UsedUp, usedUpWords } from "../lib/invocation";
import type { System } from "../run/system";
import { keyUseOf, quotaEndsAt, quotaOf, throttleOf } from "./limits";
import type { CallRecord } from "./recorder";
import type { DenialRecord, RequestRecord } from "./records";
import type { Trace } from "./trace";

/** Why something was refused or failed, in a sentence, and what helps. */
export interface Why {
  readonly sentence: string;
  /** A line to paste, or what to do in words. */
  readonly fix?: { readonly kind: "paste" | "do"; readonly text: string };
  /** Place in the sources: `handlers/records/get-record.ts:12:5`. */
  readonly place?: string;
}

/** Data beside the trace. */
export interface WhyContext {
  readonly system: System | undefined;
  /** An earlier answer to the same request, which a cache may have kept. */
  readonly cachedFrom?: RequestRecord | undefined;
  readonly now: number;
}

const doing = (text: string): Pick<Why, "fix"> => ({ fix: { kind: "do", text } });

/** An ARN without account and region. */
export function shortArn(text: string): string {
  const arn = parseArn(text);
  return arn ? `${arn.service} ${arn.resource}` : text;
}

const placeIn = (trace: readonly string[] | undefined): Pick<Why, "place"> => {
  const lines = trace?.map((line) => /([\w./-]+\.ts:\d+:\d+)/.exec(line)?.[1]).filter((place) => place !== undefined);
  const own = lines?.find((place) => !place.includes("node_modules/") && !place.includes("handlers/runtime/"));
  const place = own ?? lines?.[0];
  return place === undefined ? {} : { place };
};

/** Which policy said no to a call, and the grant that would let it. */
export function whyDenied({ function: who, action, resource, explicit, policy, grant }: DenialRecord): Why {
  const by = policy
    ? `the ${policy.kind} policy at ${policy.address} ${explicit ? "denies it" : "does not allow it"}`
    : explicit
      ? "a statement of its role denies it"
      : "its role does not allow it";
  const sentence = `${who} was denied ${action} on ${shortArn(resource)}: ${by}.`;
  if (grant !== undefined) return { sentence, fix: { kind: "paste", text: grant } };
  return { sentence, ...doing(`Change the ${policy ? `policy at ${policy.address}` : "role's deny statement"}.`) };
}

function whyKey({ refusal, resource }: RequestRecord): Why {
  const sent = refusal?.reason !== "no x-api-key header";
  const sentence = sent
    ? `The x-api-key that was sent is no enabled key of this stage's usage plans.`
    : `${resource ?? "The method"} takes an API key, and no x-api-key header was sent.`;
  return { sentence, ...doing("Send x-api-key with one of the keys on the overview.") };
}

function whyThrottled(request: RequestRecord, { system }: WhyContext): Why {
  const { apiKeyId, stage, resource, method, refusal } = request;
  const use = system && apiKeyId !== undefined ? keyUseOf(system, apiKeyId, stage) : undefined;
  if (!use || refusal?.reason.startsWith("the stage's")) {
    const sentence = `The stage's throttle for ${method} ${resource ?? ""} was exhausted by all callers together.`;
    return { sentence, ...doing("Ask less often, or raise the throttle of the route.") };
  }
  const limits = throttleOf(use.plan, stage, `${resource}/${method}`);
  const rate = limits ? `, which is ${limits.rate} requests a second and ${limits.burst} at once` : "";
  const sentence = `Key ${use.key} used up the throttle of plan ${use.plan?.name ?? "none"}${rate}.`;
  const refill = limits
    ? `It refills with ${limits.rate} a second; wait ${Math.ceil(1000 / limits.rate)} ms.`
    : "Wait.";
  return { sentence, ...doing(refill) };
}

function whyQuota({ apiKeyId, stage }: RequestRecord, { system, now }: WhyContext): Why {
  const use = system && apiKeyId !== undefined ? keyUseOf(system, apiKeyId, stage) : undefined;
  const quota = quotaOf(use?.plan);
  const limit = quota ? ` of ${quota.limit} requests a ${quota.period.toLowerCase()}` : "";
  const sentence = `Key ${use?.key ?? "of the caller"} used up the quota${limit} of plan ${use?.plan?.name ?? "none"}.`;
  if (!quota) return { sentence };
  const ends = new Date(quotaEndsAt(quota.period, now))
    .toISOString()
    .replace(/:00\.000Z$/, " UTC")
    .replace("T", " ");
  return { sentence, ...doing(`It begins anew at ${ends}; npm start -- --fresh forgets what was used.`) };
}

/** Number of letters to change to get from one text to another (Levenshtein distance). */
function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (const [line, letter] of [...one].entries()) {
    const next = [line + 1];
    for (const [at, there] of [...other].entries()) {
      next.push(Math.min((next[at] ?? 0) + 1, (row[at + 1] ?? 0) + 1, (row[at] ?? 0) + Number(letter !== there)));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}

/** The paths of a system's API, with their methods. */
export function pathsOf(system: System | undefined): ReadonlyMap<string, readonly string[]> {
  const body = system?.gateway?.restApi.body;
  const document = typeof body === "string" ? JSON.parse(body) : body;
  const methods = ["get", "put", "post", "delete", "options", "head", "patch", "x-amazon-apigateway-any-method"];
  const paths = Object.entries((document?.paths ?? {}) as Record<string, object>);
  return new Map(
    paths.map(([path, item]) => [
      path,
      Object.keys(item)
        .filter((name) => methods.includes(name))
        .map((name) => (name.startsWith("x-") ? "ANY" : name.toUpperCase())),
    ]),
  );
}

function whyNoRoute({ method, path, stage }: RequestRecord, { system }: WhyContext): Why {
  const asked = stage === undefined ? path : path.slice(stage.length + 1) || "/";
  const stages = system?.gateway?.stages.map(({ stage_name }) => stage_name) ?? [];
  if (stage === undefined) {
    return { sentence: `${path} begins with no stage of the API.`, ...doing(`The stages are ${stages.join(", ")}.`) };
  }
  const paths = pathsOf(system);
  const shape = (template: string) => new RegExp(`^${template.replace(/\{[^}]+\}/g, "[^/]+")}$`);
  const same = [...paths].find(([template]) => shape(template).test(asked));
  if (same) {
    return { sentence: `${same[0]} has no method ${method}.`, ...doing(`It takes ${same[1].join(", ")}.`) };
  }
  const short = asked.slice(0, 200);
  const nearest = [...paths.keys()].sort((one, other) => distance(short, one) - distance(short, other))[0];
  const hint = nearest === undefined ? {} : doing(`The nearest is ${nearest}.`);
  return { sentence: `The API has no path ${short}.`, ...hint };
}

const isSlow = (ms: number, whole: number): boolean => ms > 500 && ms > whole / 2;

/** A call that took most of the time. */
function slowest({ calls, request }: Trace): CallRecord | undefined {
  const longest = calls.toSorted((one, other) => other.ms - one.ms)[0];
  return longest && isSlow(longest.ms, request?.ms ?? longest.ms) ? longest : undefined;
}

const nameOf = (arn: string | undefined): string => (arn ? parseFunctionName(arn).name : "the function");

function whyFunctionFailed(trace: Trace): Why | undefined {
  const failed = trace.invocations.findLast(({ error }) => error);
  if (!failed?.error) return undefined;
  const { errorType, errorMessage, trace: lines } = failed.error;
  const words = errorMessage.replace(/^RequestId: \S+ (Error: )?/, "");
  const missing = /environment variable (\w+)|(\w+) is not set|process\.env\.(\w+)/i.exec(words);
  const name = missing?.slice(1).find((group) => group !== undefined);
  const sentence = `${failed.function} failed: ${errorType}: ${words}`;
  if (name !== undefined) {
    return { sentence, ...doing(`Give the function ${name} in its environment, in the stack.`), ...placeIn(lines) };
  }
  return { sentence, ...(failed.note === undefined ? {} : doing(failed.note)), ...placeIn(lines) };
}

const callWords = ({ caller, service, operation, needs, refusal }: CallRecord): string => {
  const on = needs[0] ? ` on ${shortArn(needs[0].resource)}` : "";
  return `${caller} got ${refusal?.code} of ${service} ${operation}${on}: ${refusal?.message}`;
};

/** Refusals that handlers expect: they make an answer of them. */
const expected = new Set(["ConditionalCheckFailedException", "TransactionCanceledException"]);

function whyCaught({ failures, calls }: Trace): Why | undefined {
  const refused = calls.findLast(({ refusal }) => refusal && !expected.has(refusal.code));
  const caught = failures.at(-1)?.error;
  if (refused) return { sentence: callWords(refused), ...placeIn(caught?.trace) };
  if (!caught) return undefined;
  const details = caught.details === undefined ? "" : ` ${caught.details.slice(0, 300)}`;
  return {
    sentence: `${failures.at(-1)?.function} caught ${caught.errorType}: ${caught.errorMessage}${details}`,
    ...placeIn(caught.trace),
  };
}

/** The reason in a function's answer: `error.message` and the problems that it lists. */
function saidIn({ answer }: RequestRecord): string | undefined {
  try {
    const { error, message } = JSON.parse(answer.content.toString()) as {
      error?: { code?: string; message?: string; details?: readonly { path?: string; message?: string }[] };
      message?: string;
    };
    const details = error?.details?.slice(0, 5).map((one) => `${one.path ?? ""} ${one.message ?? ""}`.trim());
    return [error?.code, error?.message ?? message, ...(details ?? [])].filter((part) => part).join(" · ") || undefined;
  } catch {
    // It is no JSON, so it has no members.
    return undefined;
  }
}

const moreOf: Readonly<Record<UsedUp, string>> = {
  function: "Raise reservedConcurrency of the function, or ask less at once.",
  account: "Ask less at once.",
  memory: "Start with a larger --memory, or ask less at once.",
};
const usedUps: readonly UsedUp[] = ["function", "account", "memory"];

function whyRefused(trace: Trace, request: RequestRecord, context: WhyContext): Why | undefined {
  const { refusal, by } = request;
  if (by === "key") return whyKey(request);
  if (by === "throttle") return whyThrottled(request, context);
  if (by === "quota") return whyQuota(request, context);
  if (by === "router") return whyNoRoute(request, context);
  if (by === "validator") {
    const rules = refusal?.reason ?? "";
    return { sentence: `The gateway's validator refused it: ${rules}`, ...doing("Send what the contract declares.") };
  }
  if (!refusal) return undefined;
  if (refusal.type === "INTEGRATION_TIMEOUT") {
    const slow = slowest(trace);
    const what = slow ? ` ${slow.service} ${slow.operation} took ${Math.round(slow.ms)} ms.` : "";
    return { sentence: `${nameOf(request.functionArn)} gave ${refusal.reason}.${what}` };
  }
  const throttled = usedUps.find((usedUp) => refusal.reason?.endsWith(`is throttled: ${usedUpWords[usedUp]}`));
  if (throttled) {
    const sentence = `${nameOf(request.functionArn)} is throttled: ${usedUpWords[throttled]}.`;
    return { sentence, ...doing(moreOf[throttled]) };
  }
  return { sentence: `The gateway answered ${request.status}: ${refusal.reason}.` };
}

/** A lost race: a condition that was no longer met. */
function whyRace({ calls }: Trace, { status }: RequestRecord): Why | undefined {
  const lost = calls.findLast(({ refusal }) => refusal && expected.has(refusal.code));
  if (!lost || (status !== 409 && status !== 412)) return undefined;
  const sentence = `A condition of ${lost.service} ${lost.operation} was no longer met: somebody else wrote between. ${lost.refusal?.message}`;
  return { sentence, ...doing("Read it again, and send the change with the new version.") };
}

function whyCached({ cache, at, by }: RequestRecord, { cachedFrom }: WhyContext): Why | undefined {
  if (cache !== "hit" || by !== "cache") return undefined;
  const age = cachedFrom ? `, ${Math.round((at - cachedFrom.at) / 1000)} s old, made by request ${cachedFrom.id}` : "";
  const sentence = `The stage's cache answered${age}; the function was not called, so what was written since does not show.`;
  return { sentence, ...doing("Wait for the route's TTL, or shorten it in the contract.") };
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

function whySlow(trace: Trace, { ms }: RequestRecord): Why | undefined {
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

/** Why a trace came out as it did; undefined when there is nothing to explain. */
export function why(trace: Trace, context: WhyContext): Why | undefined {
  const { request, denials } = trace;
  const denial = denials.at(-1);
  const isBad = request ? request.status >= 400 : trace.invocations.some(({ error }) => error);
  if (!isBad) {
    if (denial) return whyDenied(denial);
    // What a good answer has led to may fail all the same.
    const failed = whyFunctionFailed(trace);
    return failed ?? (request ? (whyCached(request, context) ?? whySlow(trace, request)) : whyCaught(trace));
  }
  if (denial) return whyDenied(denial);
  if (!request) return whyFunctionFailed(trace);
  const refused = request.by === "integration" ? whyFunctionFailed(trace) : undefined;
  const refusal = refused ?? whyRefused(trace, request, context) ?? whyRace(trace, request);
  if (refusal) return refusal;
  const caught = request.status >= 500 ? whyCaught(trace) : undefined;
  if (caught) return caught;
  const said = saidIn(request);
  const sentence = `${nameOf(request.functionArn)} answered ${request.status}${said ? `: ${said}` : "."}`;
  return { sentence };
}
