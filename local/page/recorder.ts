import { steadyNow } from "../lib/clock";
import type { RunnerEvent } from "../run/events";
import type { AnsweredRequest, Observer } from "../run/observer";
import {
  type At,
  type BusEventRecord,
  type DenialRecord,
  type FailureRecord,
  type InvocationRecord,
  type LogRecord,
  type MessageRecord,
  type NoteRecord,
  type RequestRecord,
  recordOf,
  type SegmentRecord,
} from "./records";
import { Ring } from "./ring";

/** The caller of the page, and of AWS's own tools on this machine. */
const operator = "operator";

type ServiceCall = Parameters<Observer["called"]>[0][number];

/** A call of a service, with its number among all that came. */
export type CallRecord = ServiceCall & { readonly id: string };

/** Kept in all at most, in bytes: what a page shows is of the last minutes. */
const MOST_REQUEST_BYTES = 6 * 1024 * 1024;
const MOST_LOG_BYTES = 3 * 1024 * 1024;
const MOST_CALL_BYTES = 3 * 1024 * 1024;

const sizeOfRequest = ({ headers, body, answer, path, query }: RequestRecord): number =>
  1000 + headers.length * 40 + path.length + query.length + body.content.length + answer.content.length;

type LogEvent = Extract<RunnerEvent, { event: "log" }>;

/** So much of a line of a log is kept. */
const LONGEST_LINE = 64 * 1024;

/** A copy of the beginning: a part of a text would keep all of it in memory. */
const beginning = (text: string): string => `${Buffer.from(text.slice(0, LONGEST_LINE)).toString()}…`;

/** A line as it is kept: places are named in all of it or not at all. */
function shortened(event: LogEvent): LogEvent {
  if (event.line.length <= LONGEST_LINE) return event;
  const { mapped: _, ...rest } = event;
  return { ...rest, line: beginning(event.line) };
}

/** Whoever counts what comes. */
export interface Meter {
  request(request: RequestRecord): void;
  call(call: CallRecord): void;
  event(event: RunnerEvent): void;
}

/** Recent events, in bounded memory. */
export class Recorder implements Observer {
  readonly requests = new Ring<RequestRecord>({ items: 2000, bytes: MOST_REQUEST_BYTES, sizeOf: sizeOfRequest });
  readonly calls = new Ring<CallRecord>({
    items: 5000,
    bytes: MOST_CALL_BYTES,
    sizeOf: ({ input }) => 600 + input.length,
  });
  readonly invocations = new Ring<InvocationRecord>({ items: 3000 });
  readonly logs = new Ring<LogRecord>({
    items: 5000,
    bytes: MOST_LOG_BYTES,
    sizeOf: ({ line, mapped }) => 200 + line.length + (mapped?.length ?? 0),
  });
  readonly denials = new Ring<DenialRecord>({ items: 500 });
  readonly failures = new Ring<FailureRecord>({ items: 500 });
  readonly messages = new Ring<MessageRecord>({
    items: 500,
    bytes: 1024 * 1024,
    sizeOf: ({ message }) => message.length,
  });
  readonly busEvents = new Ring<BusEventRecord>({
    items: 500,
    bytes: 1024 * 1024,
    sizeOf: ({ body }) => 500 + body.length,
  });
  readonly segments = new Ring<SegmentRecord>({ items: 1000 });
  readonly notes = new Ring<NoteRecord>({ items: 500 });
  private ready: Extract<RunnerEvent, { event: "ready" }> | undefined;

  private meter: Meter | undefined;

  constructor(private readonly now: () => number = steadyNow) {}

  /** Has somebody count what comes from now on. */
  countBy(meter: Meter): void {
    this.meter = meter;
  }

  /** The event of the runner's start; undefined before. */
  get started(): Extract<RunnerEvent, { event: "ready" }> | undefined {
    return this.ready;
  }

  answered(request: AnsweredRequest): void {
    const record = recordOf(request);
    this.requests.push(record);
    this.meter?.request(record);
  }

  called(calls: readonly ServiceCall[]): void {
    for (const call of calls) {
      const record = { ...call, id: `${this.calls.count}` };
      this.meter?.call(record);
      // What the page itself asks for, every few seconds, would push out what functions did.
      if (call.caller !== operator || call.traceId !== undefined) this.calls.push(record);
    }
  }

  /** Records an event of the runner. */
  record(event: RunnerEvent): void {
    const at: At = { at: this.now() };
    this.meter?.event(event);
    if (event.event === "ready") this.ready = event;
    else if (event.event === "invocation") this.invocations.push({ ...event, at: at.at - event.durationMs });
    else if (event.event === "log") this.logs.push({ ...shortened(event), ...at });
    else if (event.event === "denial") this.denials.push({ ...event, ...at });
    else if (event.event === "failure") this.failures.push({ ...event, ...at });
    else if (event.event === "segment") this.segments.push(event.segment);
    else if (event.event === "message") this.messages.push({ ...event, ...at });
    else if (event.event === "busEvent") this.busEvents.push({ ...event, ...at });
    else if (event.event === "problem" || event.event === "reloaded" || event.event === "throttle") {
      this.notes.push({ ...event, ...at });
    }
  }
}
