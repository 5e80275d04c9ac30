import { parseArn } from "../../../aws/arn";
import { usedUpWords } from "../../lib/invocation";
import type { System } from "../../run/system";
import type { ScheduleState } from "../../scheduler/scheduler";
import { shortArn, type Why } from "../reason";
import type { Recorder } from "../recorder";
import { type Trace, traceOf } from "../trace";
import { whyDenied } from "../why";
import { busesOf } from "./buses";
import type { Endpoint, Sources } from "./endpoint";
import { whyOf } from "./requests";

/** Types that are emulated as long as there is a page. */
export const emulatedByPage: readonly string[] = ["alarms", "dashboards"];

const partsOf = (system: System) => {
  const { name, stack, functions, schedules, resources } = system;
  return {
    system: name,
    stack,
    functions: functions.length,
    tables: resources.tables.length,
    buckets: resources.buckets.length,
    queues: resources.queues.length,
    topics: resources.topics.length,
    buses: busesOf(system).length,
    schedules: schedules.length,
    parameters: resources.parameters.length,
  };
};

/** Something that went wrong, as often as it did. */
interface Trouble {
  readonly kind: "request" | "event" | "denial" | "note";
  readonly title: string;
  readonly sentence: string;
  readonly fix?: Why["fix"];
  readonly place?: string;
  /** The last time. */
  readonly at: number;
  count: number;
  /** Link to the last one. */
  readonly href?: string;
}

const became = { "tried again": "tried again", "dead letter": "a dead letter", dropped: "lost" };

/** So many traces are searched for failures. */
const MOST_LOOKED_AT = 60;
const MOST_TROUBLES = 12;

/** Adds one, or counts it with those that say the same. */
function add(troubles: Map<string, Trouble>, trouble: Omit<Trouble, "count">): void {
  const key = `${trouble.title} ${trouble.sentence.replace(/[0-9a-f]{8}-[0-9a-f-]{27}|\d+/g, "#")}`;
  const known = troubles.get(key);
  if (known) known.count += 1;
  else troubles.set(key, { ...trouble, count: 1 });
}

/** Those in which a service refused a call: an answer may be good all the same. */
function tracesWithRefusal(recorder: Recorder): ReadonlySet<string> {
  const traces = new Set<string>();
  for (const { refusal, traceId } of recorder.calls.newestFirst()) {
    if (traceId !== undefined && refusal && /AccessDenied/.test(refusal.code)) traces.add(traceId);
  }
  return traces;
}

function* tracesWithTrouble(recorder: Recorder): Generator<Trace> {
  const seen = new Set<string>();
  const denied = tracesWithRefusal(recorder);
  for (const request of recorder.requests.newestFirst()) {
    const { status, ms, cache, traceId } = request;
    if (status < 400 && ms < 500 && cache !== "hit" && !denied.has(traceId ?? "")) continue;
    if (seen.size >= MOST_LOOKED_AT || traceId === undefined || seen.has(traceId)) continue;
    seen.add(traceId);
    yield traceOf(recorder, traceId);
  }
  const events = new Set<string>();
  for (const { error, traceId } of recorder.invocations.newestFirst()) {
    if (!error || traceId === undefined || seen.has(traceId)) continue;
    if (events.size >= MOST_LOOKED_AT) return;
    seen.add(traceId);
    events.add(traceId);
    yield traceOf(recorder, traceId);
  }
}

/** What a schedule's target, or a rule's, did not take. */
function* undelivered({ busEvents }: Recorder, scheduled: readonly ScheduleState[]): Generator<Omit<Trouble, "count">> {
  const kind = "event" as const;
  for (const { schedule, outcomes } of scheduled) {
    for (const { scheduledAt, result, error } of outcomes) {
      if (result === "invoked") continue;
      const sentence = `${shortArn(schedule.target.arn)} did not take what was due, which is ${became[result]}: ${error}`;
      const href = `/data?resource=schedule:${encodeURIComponent(schedule.name)}`;
      yield { kind, title: `failed schedule ${schedule.name}`, sentence, at: scheduledAt, href };
    }
  }
  for (const { bus, rules, at } of busEvents.newestFirst()) {
    const href = `/data?resource=bus:${encodeURIComponent(bus)}`;
    for (const { rule, targets } of rules) {
      for (const { arn, result, error } of targets) {
        if (result === "delivered") continue;
        const sentence = `${shortArn(arn)} did not take an event, which is ${became[result]}: ${error}`;
        yield { kind, title: `failed rule ${rule}`, sentence, at, href };
      }
    }
  }
}

/** Messages and events that nobody was given, since no filter and no rule's pattern was met: in what, of the first. */
function* unheardIn({ messages, busEvents }: Recorder): Generator<Omit<Trouble, "count">> {
  const kind = "event" as const;
  for (const { topic, to, dropped, at } of messages.newestFirst()) {
    const [first] = dropped;
    if (to.length > 0 || !first) continue;
    const name = parseArn(topic)?.resource ?? topic;
    const sentence = `The filters of all subscriptions dropped a message of ${name}; of ${first.to}: ${first.why}.`;
    const href = `/data?resource=topic:${encodeURIComponent(name)}`;
    yield { kind, title: `nobody has a message of ${name}`, sentence, at, href };
  }
  for (const { bus, source, detailType, rules, at } of busEvents.newestFirst()) {
    if (rules.some(({ unmet }) => unmet === undefined)) continue;
    const [first] = rules;
    const why = first ? `of ${first.rule}: ${first.unmet}` : "it has none";
    const sentence = `No rule of bus ${bus} fits the event ${detailType} of ${source}; ${why}.`;
    const href = `/data?resource=bus:${encodeURIComponent(bus)}`;
    yield { kind, title: `nobody has an event of ${bus}`, sentence, at, href };
  }
}

/** Recent failures: alike ones once, the latest first. */
function troublesOf(sources: Sources, scheduled: readonly ScheduleState[]): readonly Trouble[] {
  const { recorder } = sources;
  const troubles = new Map<string, Trouble>();
  const reported = new Set<object>();
  for (const trace of tracesWithTrouble(recorder)) {
    const found = whyOf(trace, sources);
    if (!found) continue;
    const { request, invocations } = trace;
    for (const denial of trace.denials) reported.add(denial);
    const failed = invocations.findLast(({ error }) => error);
    const own = request && (request.status >= 400 || !failed);
    const title = own
      ? `${request.status} ${request.method} ${request.resource ?? request.path}`
      : `failed ${failed?.function ?? ""}`;
    const href = request ? `/requests/${request.id}` : `/traces/${trace.id}`;
    add(troubles, { kind: request ? "request" : "event", title, ...found, at: request?.at ?? failed?.at ?? 0, href });
  }
  for (const denial of recorder.denials.newestFirst()) {
    if (reported.has(denial)) continue;
    add(troubles, { kind: "denial", title: `denied ${denial.function}`, ...whyDenied(denial), at: denial.at });
  }
  for (const unheard of unheardIn(recorder)) add(troubles, unheard);
  for (const event of undelivered(recorder, scheduled)) add(troubles, event);
  for (const note of recorder.notes.newestFirst()) {
    if (note.event === "reloaded") continue;
    const sentence =
      note.event === "problem" ? note.message : `${note.function} was throttled: ${usedUpWords[note.usedUp]}.`;
    add(troubles, { kind: "note", title: note.event === "problem" ? "problem" : "throttled", sentence, at: note.at });
  }
  return [...troubles.values()].toSorted((one, other) => other.at - one.at).slice(0, MOST_TROUBLES);
}

/** The requests of the last minutes by system: how many, and how many were refused or failed. */
function trafficOf({ recorder, now }: Sources) {
  const since = now() - 15 * 60_000;
  const all = [...recorder.requests.newestFirst()].filter(({ at }) => at >= since);
  const median = all.map(({ ms }) => ms).toSorted((one, other) => one - other)[Math.floor(all.length / 2)];
  const perMinute = Array.from({ length: 15 }, () => ({ good: 0, refused: 0, failed: 0 }));
  for (const { at, status } of all) {
    const minute = perMinute[Math.min(14, Math.floor((at - since) / 60_000))];
    if (minute) minute[status >= 500 ? "failed" : status >= 400 ? "refused" : "good"] += 1;
  }
  return {
    requests: all.length,
    refused: all.filter(({ status }) => status >= 400 && status < 500).length,
    failed: all.filter(({ status }) => status >= 500).length,
    medianMs: median,
    perMinute,
  };
}

export const overviewEndpoints: readonly Endpoint[] = [
  {
    method: "GET",
    path: "/api/overview",
    operationId: "getOverview",
    summary: "The systems with their URLs and keys, what came of requests lately, and what went wrong",
    async answer(_, sources) {
      const { runner, recorder } = sources;
      const scheduled = await runner.scheduled(0);
      const { started } = recorder;
      const ready = runner.listeners.describe();
      return {
        ready: started !== undefined,
        readyMs: started?.ms,
        access: started?.access && { ...started.access, AWS_SECRET_ACCESS_KEY: undefined },
        systems: runner.systems.map((system) => {
          const described = ready.find((one) => one.system === system.name);
          return {
            ...partsOf(system),
            entrances: described?.entrances ?? [],
            curl: described?.curl,
            notEmulated: system.notEmulated.filter((what) => !emulatedByPage.includes(what)),
          };
        }),
        traffic: trafficOf(sources),
        troubles: troublesOf(sources, scheduled),
      };
    },
  },
];
