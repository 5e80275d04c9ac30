import type { RunnerEvent, Tell } from "../events";

const colours = { dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 } as const;

type Paint = (colour: keyof typeof colours, text: string) => string;

const painter =
  (isTerminal: boolean): Paint =>
  (colour, text) =>
    isTerminal ? `\u001b[${colours[colour]}m${text}\u001b[0m` : text;

type Of<Name extends RunnerEvent["event"]> = Extract<RunnerEvent, { event: Name }>;

function ready({ systems, access, ms }: Of<"ready">, paint: Paint): string {
  const keyed = (apiKey: string | undefined) => (apiKey === undefined ? "" : `  key ${apiKey}`);
  const lines = systems.flatMap(({ system, url, apiKey, curl, entrances, notPlayed }) => [
    `${paint("green", system)}  ${url}${keyed(apiKey)}`,
    ...entrances
      .filter((other) => other.url !== url)
      .map((other) => `  ${other.name}  ${other.url}${keyed(other.apiKey)}`),
    ...(curl === undefined ? [] : [`  ${curl}`]),
    ...(notPlayed.length === 0 ? [] : [paint("dim", `  not played here: ${notPlayed.join(", ")}`)]),
  ]);
  const variables = Object.entries(access).map(([name, value]) => `${name}=${value}`);
  return [
    ...lines,
    paint("dim", `AWS, for its own tools: ${variables.join(" ")}`),
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
function because({ explicit, policy, grant }: Of<"denial">): string {
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

function grants({ cells }: Of<"grants">, paint: Paint): string {
  const unused = cells.filter(({ used }) => !used);
  const head = `${cells.length - unused.length} of ${cells.length} granted rights were used`;
  const lines = unused.map(
    (cell) => `  not used: ${cell.function} ${cell.action} ${cell.resource}${cell.when ? ` when ${cell.when}` : ""}`,
  );
  return [paint("dim", head), ...lines].join("\n");
}

function invocation({ function: name, error }: Of<"invocation">, paint: Paint): string | undefined {
  if (!error) return undefined;
  const [, ...trace] = error.trace ?? [];
  const own = trace.filter((line) => !line.includes("node:")).slice(0, 4);
  return [`${paint("red", "failed")} ${name}: ${error.errorType}: ${error.errorMessage}`, ...own].join("\n");
}

/** An event as a person reads it; undefined for what only programs want. */
function words(event: RunnerEvent, paint: Paint): string | undefined {
  if (event.event === "ready") return ready(event, paint);
  if (event.event === "request") return request(event, paint);
  if (event.event === "denial") return denial(event, paint);
  if (event.event === "grants") return grants(event, paint);
  if (event.event === "invocation") return invocation(event, paint);
  if (event.event === "log") {
    // Metrics have lines of their own, and so have requests.
    return /"CloudWatchMetrics"|"message":"(?:request|event)"/.test(event.line)
      ? undefined
      : paint("dim", `  ${event.function} ${event.line}`);
  }
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
  if (event.event === "throttle") return `${paint("yellow", "throttled")} ${event.function}`;
  if (event.event === "problem") return `${paint("red", "problem")} ${event.message}`;
  if (event.event === "reloaded")
    return `${paint("green", "reloaded")} ${event.what} ${paint("dim", `${event.ms} ms`)}`;
  return undefined;
}

/** How long lines wait for others: shorter than a person can see, and long enough to cost a busy runner little. */
const GATHER_MS = 10;

/** Gathers what is written in a short time, so that a busy runner writes once and not a hundred times. */
function together(write: (text: string) => void): { line: (line: string) => void; flush: () => void } {
  let waiting: string[] = [];
  const flush = (): void => {
    if (waiting.length > 0) write(`${waiting.join("\n")}\n`);
    waiting = [];
  };
  return {
    line: (line) => {
      if (waiting.push(line) === 1) setTimeout(flush, GATHER_MS);
    },
    flush,
  };
}

export interface Printer {
  readonly tell: Tell;
  /** Writes what still waits. */
  readonly flush: () => void;
  /** Whether lines of access logs are shown. */
  readonly showsAccessLogs: boolean;
}

/** Tells events to whoever started the runner. */
export function printer(json: boolean): Printer {
  const { line, flush } = together((text) => process.stdout.write(text));
  if (json) return { tell: (event) => line(JSON.stringify(event)), flush, showsAccessLogs: true };
  const paint = painter(process.stdout.isTTY);
  return {
    tell: (event) => {
      const text = words(event, paint);
      if (text !== undefined) line(text);
    },
    flush,
    showsAccessLogs: false,
  };
}
