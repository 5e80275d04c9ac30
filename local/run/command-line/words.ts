import { parseArn } from "../../../aws/arn";
import { usedUpWords } from "../../lib/invocation";
import type { Entrance, RunnerEvent } from "../events";
import { harmless, ownFrames, readLine } from "./log-line";

const colours = { dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 } as const;

export type Paint = (colour: keyof typeof colours, text: string) => string;

export const painter =
  (hasColours: boolean): Paint =>
  (colour, text) =>
    hasColours ? `\u001b[${colours[colour]}m${text}\u001b[0m` : text;

type Of<Name extends RunnerEvent["event"]> = Extract<RunnerEvent, { event: Name }>;

/** `create-record` of a function's ARN, and what another names. */
const shortName = (arn: string): string => parseArn(arn)?.resource.replace(/^function:|:live$/g, "") ?? arn;

/** To the minute, in local time; with the day unless it is this one. */
function timeOf(instant: number): string {
  const text = new Date(instant).toLocaleString("sv-SE").slice(0, 16);
  const today = new Date().toLocaleString("sv-SE").slice(0, 10);
  return text.startsWith(today) ? text.slice(11) : text;
}

function scheduleLine({ name, expression, timeZone, target, next }: Of<"ready">["schedules"][number]): string {
  const when = next === undefined ? "not any more" : `next ${timeOf(next)}`;
  return `  ${name} calls ${target}: ${expression} ${timeZone}, ${when}`;
}

const scheduleColours = { invoked: "cyan", "tried again": "yellow", "dead letter": "red", dropped: "red" } as const;

function scheduled({ schedule, target, scheduledAt, result, attempts, error }: Of<"schedule">, paint: Paint): string {
  const due = `${schedule} of ${timeOf(scheduledAt)}`;
  if (result === "invoked") return `${paint("cyan", "schedule")} ${due} called ${target}`;
  const what = result === "tried again" ? "is tried again" : result === "dropped" ? "is lost" : "is a dead letter";
  return `${paint(scheduleColours[result], "schedule")} ${due} ${what} after ${attempts} attempts: ${error}`;
}

function busEvent({ bus, source, detailType, rules }: Of<"busEvent">, paint: Paint): string {
  const fitting = rules.filter(({ unmet }) => unmet === undefined);
  const isLost = fitting.some(({ targets }) => targets.some(({ result }) => result !== "delivered"));
  const colour = fitting.length === 0 ? "yellow" : isLost ? "red" : "cyan";
  const said = fitting.map(({ rule, targets }) => {
    const outcomes = targets.map(
      ({ arn, result }) => `${shortName(arn)}${result === "delivered" ? "" : ` (${result})`}`,
    );
    return `${rule} gives it to ${outcomes.join(", ") || "nobody"}`;
  });
  const whom = said.length > 0 ? said.join("; ") : "no rule fits it";
  return `${paint(colour, "event")} ${detailType} of ${source} on ${bus}: ${whom}`;
}

function missed({ schedule, count, last }: Of<"missed">, paint: Paint): string {
  const times = count === 1 ? "once" : `${count >= 1000 ? "1000 or more" : count} times`;
  return `${paint("yellow", "missed")} ${schedule} was due ${times} while nothing ran here, last ${timeOf(last)}; AWS would have called it: the page can`;
}

function ready({ systems, schedules, access, inspector, ms }: Of<"ready">, paint: Paint): string {
  const keyed = (apiKey: string | undefined) => (apiKey === undefined ? "" : `  key ${apiKey}`);
  // A distribution takes the keys of its stage.
  const keys = (entrances: readonly Entrance[]) =>
    new Map(entrances.flatMap(({ otherKeys }) => otherKeys.map(({ name, value }) => [name, value])));
  const lines = systems.flatMap(({ system, url, apiKey, curl, entrances, notEmulated }) => [
    `${paint("green", system)}  ${url}${keyed(apiKey)}`,
    ...entrances
      .filter((other) => other.url !== url)
      .map((other) => `  ${other.name}  ${other.url}${keyed(other.apiKey)}`),
    ...[...keys(entrances)].map(([name, value]) => `  key ${name}  ${value}`),
    ...(curl === undefined ? [] : [`  ${curl}`]),
    ...(notEmulated.length === 0 ? [] : [paint("dim", `  not emulated here: ${notEmulated.join(", ")}`)]),
  ]);
  const variables = Object.entries(access).map(([name, value]) => `${name}=${value}`);
  return [
    ...lines,
    ...(schedules.length === 0 ? [] : [paint("green", "schedules"), ...schedules.map(scheduleLine)]),
    paint("dim", `AWS, for its own tools: ${variables.join(" ")}`),
    ...(inspector === undefined ? [] : [paint("dim", `debuggers attach at ${inspector}`)]),
    paint("dim", `ready in ${(ms / 1000).toFixed(1)} s; Ctrl-C stops`),
  ].join("\n");
}

function request(event: Of<"request">, paint: Paint): string {
  const { system, method, path, status, ms, cache, refusal } = event;
  const colour = status < 400 ? "green" : status < 500 ? "yellow" : "red";
  const details = [`${Math.round(ms)} ms`, ...(cache ? [`cache ${cache}`] : []), ...(refusal ? [refusal.reason] : [])];
  return `${paint(colour, String(status))} ${system} ${method} ${path} ${paint("dim", details.join(", "))}`;
}

/** Which policy said no. */
function because({ explicit, policy, byBoundary, grant }: Of<"denial">): string {
  if (byBoundary) {
    const says = explicit ? "denies it" : "does not allow it";
    return `its role's permissions boundary ${says}; docs/systems/account.md says how to widen it`;
  }
  if (policy && explicit) return `an explicit deny in the ${policy.kind} policy at ${policy.address}`;
  if (policy) return `the ${policy.kind} policy at ${policy.address} does not let it`;
  if (explicit) return "its role denies it";
  return grant === undefined ? "no policy lets it" : "its role does not allow it; add to the stack:";
}

function denial(event: Of<"denial">, paint: Paint): string {
  const { function: name, action, resource, grant } = event;
  const line = `${paint("red", "denied")} ${name}: ${action} on ${resource}: ${because(event)}`;
  return grant === undefined ? line : `${line}\n  ${grant}`;
}

/** Numbers of granted permissions that were used: in one line, unless each unused one is requested. */
function grants({ permissions }: Of<"grants">, paint: Paint, all: boolean): string {
  const unused = permissions.filter(({ used }) => !used);
  const hint = unused.length > 0 && !all ? "; --grants lists the others" : "";
  const head = `${permissions.length - unused.length} of ${permissions.length} granted rights were used${hint}`;
  const lines = unused.map(
    (permission) =>
      `  not used: ${permission.function} ${permission.action} ${permission.resource}${permission.when ? ` when ${permission.when}` : ""}`,
  );
  return [paint("dim", head), ...(all ? lines : [])].join("\n");
}

/** Lambda's own error in an invocation; an error that a function threw is in its log. */
function invocation({ function: name, error, note }: Of<"invocation">, paint: Paint): string | undefined {
  if (!error || error.trace) return undefined;
  const words = error.errorMessage.replace(/^RequestId: \S+ (Error: )?/, "");
  const lines = [`${paint("red", "failed")} ${name}: ${error.errorType}: ${harmless(words)}`];
  return [...lines, ...(note === undefined ? [] : [`  ${note}`])].join("\n");
}

type Thrown = Of<"failure">["error"];

function thrown({ errorType, errorMessage, trace, details, causes }: Thrown): readonly string[] {
  return [
    harmless(`${errorType}: ${errorMessage}`),
    ...(details === undefined ? [] : [`    ${harmless(details)}`]),
    ...ownFrames(trace),
    ...causes.flatMap((cause) => {
      const [first, ...others] = thrown(cause);
      return [`  caused by ${first}`, ...others];
    }),
  ];
}

function failure({ function: name, error }: Of<"failure">, paint: Paint): string {
  const [first, ...others] = thrown(error);
  return [`${paint("red", "caught")} ${name}: ${first}`, ...others].join("\n");
}

const levels: Readonly<Record<string, keyof typeof colours>> = {
  ERROR: "red",
  FATAL: "red",
  CRITICAL: "red",
  WARN: "yellow",
};

function log({ function: name, line, mapped }: Of<"log">, paint: Paint): string | undefined {
  // Metrics have lines of their own, and so have requests.
  if (/"CloudWatchMetrics"|"message":"(?:request|event)"/.test(line)) return undefined;
  const { time, level = "", message, fields } = readLine(mapped ?? line);
  const [first = "", ...trace] = message.split("\n");
  const colour = Object.hasOwn(levels, level) ? levels[level] : undefined;
  const head = [
    ...(time ? [paint("dim", time)] : []),
    ...(level ? [colour ? paint(colour, level) : level] : []),
    ...[name, first],
    ...(fields ? [paint("dim", fields)] : []),
  ];
  return [`  ${head.join(" ")}`, ...trace].join("\n");
}

/** Of a long list its beginning, and how many there are besides. */
function shortened(list: string): string {
  const [first = "", second = "", third = "", ...others] = list.split(", ");
  return others.length < 2 ? list : `${[first, second, third].join(", ")} and ${others.length} others`;
}

/** An event as a person reads it; undefined for what only programs want. @param allGrants - whether each is listed */
export function words(event: RunnerEvent, paint: Paint, allGrants: boolean): string | undefined {
  if (event.event === "page") return `${paint("green", "page")}  ${event.url}`;
  if (event.event === "ready") return ready(event, paint);
  if (event.event === "request") return request(event, paint);
  if (event.event === "denial") return denial(event, paint);
  if (event.event === "grants") return grants(event, paint, allGrants);
  if (event.event === "invocation") return invocation(event, paint);
  if (event.event === "log") return log(event, paint);
  if (event.event === "failure") return failure(event, paint);
  if (event.event === "metric") {
    return paint(
      "cyan",
      `  ${event.name} ${[event.value].flat().join(" ")} ${event.unit === "Count" ? "" : event.unit}`.trimEnd(),
    );
  }
  if (event.event === "message") {
    const to = event.to.length > 0 ? event.to.join(", ") : "nobody";
    return `${paint("yellow", "message")} ${event.subject ?? ""} to ${to}: ${event.message}`;
  }
  if (event.event === "busEvent") return busEvent(event, paint);
  if (event.event === "throttle") {
    return `${paint("yellow", "throttled")} ${event.function}: ${usedUpWords[event.usedUp]}`;
  }
  if (event.event === "schedule") return scheduled(event, paint);
  if (event.event === "missed") return missed(event, paint);
  if (event.event === "problem") return `${paint("red", "problem")} ${event.message}`;
  if (event.event === "reloaded")
    return `${paint("green", "reloaded")} ${shortened(event.what)} ${paint("dim", `${event.ms} ms`)}`;
  return undefined;
}
