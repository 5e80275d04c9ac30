import { randomBytes } from "node:crypto";
import { debug, isDebugging } from "./debug";
import { optionalEnv } from "./env";
import { type Document, send } from "./trace-daemon";

/** A call of AWS in the making. */
interface Call {
  readonly document: Record<string, unknown>;
}

/** The segment of a sampled invocation. */
interface Trace {
  readonly id: string;
  readonly traceId: string;
  readonly parentId: string;
  readonly startedAt: number;
  readonly calls: Document[];
  readonly open: Set<Call>;
}

/** A document may have 64 KB, as a datagram may; each call has some four hundred bytes. Others go by themselves. */
const MOST_CALLS = 100;

/** In Lambda there is one invocation at a time. */
let current: Trace | undefined;

/** Number of invocations so far: a call that was aborted in one must not be recorded in another. */
let invocations = 0;

/** Of this environment alone, so that ids can be counted: random bytes for each would cost more than the rest. */
const seed = randomBytes(4).toString("hex");

let made = 0;

/** Sixteen hex digits that no other part of the trace has. Nothing depends on nobody guessing them. */
function newId(): string {
  made = (made + 1) % 2 ** 32;
  return seed + made.toString(16).padStart(8, "0");
}

const seconds = (): number => Date.now() / 1000;

/**
 * Begins to record an invocation, if its trace is sampled: API Gateway, or whoever called, has decided that, and Lambda
 * passes it on by a variable (developer guide of X-Ray, "Concepts": tracing header).
 */
export function beginTrace(): void {
  invocations += 1;
  const header = optionalEnv("_X_AMZN_TRACE_ID") ?? "";
  const [, traceId] = /Root=([\w-]+)/.exec(header) ?? [];
  const [, parentId] = /Parent=(\w+)/.exec(header) ?? [];
  const isSampled = /Sampled=1/.test(header);
  current =
    traceId && parentId && isSampled
      ? { id: newId(), traceId, parentId, startedAt: seconds(), calls: [], open: new Set() }
      : undefined;
}

function record(trace: Trace, document: Document): void {
  if (trace.calls.length < MOST_CALLS) trace.calls.push(document);
  else send({ ...document, type: "subsegment", trace_id: trace.traceId, parent_id: trace.id });
}

/** Ends the record: what the invocation was for and how it came out, with its calls of AWS inside. */
export function endTrace(
  name: string,
  { fault, ...annotations }: Readonly<Record<string, string | number>> & { readonly fault: number },
): void {
  const trace = current;
  current = undefined;
  if (!trace) return;
  // Nobody waits for these any more.
  for (const { document } of trace.open) record(trace, { ...document, end_time: seconds(), fault: true });
  trace.open.clear();
  send({
    name,
    id: trace.id,
    trace_id: trace.traceId,
    parent_id: trace.parentId,
    type: "subsegment",
    start_time: trace.startedAt,
    end_time: seconds(),
    ...(fault ? { fault: true } : {}),
    annotations,
    ...(trace.calls.length > 0 ? { subsegments: trace.calls } : {}),
  });
}

/** Metadata of a call's answer, or of its error. */
interface Answered {
  readonly $metadata?: { readonly httpStatusCode?: number; readonly requestId?: string; readonly attempts?: number };
  readonly name?: string;
}

type Handler = (args: { readonly input: object }) => Promise<{ readonly output: Answered }>;

/** The SDK's middleware stack, as far as it is used here. */
interface MiddlewareStack {
  add(
    middleware: (next: Handler, context: { readonly commandName?: string }) => Handler,
    options: { readonly step: "initialize"; readonly priority: "high"; readonly name: string },
  ): void;
}

/** A plugin of an SDK client. */
interface Plugin {
  applyToStack(stack: MiddlewareStack): void;
}

/** Codes by which services say that there were too many calls. */
const throttling = /Throttl|TooManyRequests|SlowDown|LimitExceeded|ProvisionedThroughput/;

const textIn = (input: object, name: string): string | undefined => {
  const value = (input as Record<string, unknown>)[name];
  return typeof value === "string" ? value : undefined;
};

/** The resource of a call, under X-Ray's names: never a key, never a value. */
function resourceOf(input: object): Document {
  const [table, bucket] = [textIn(input, "TableName"), textIn(input, "Bucket")];
  const queue = textIn(input, "QueueUrl");
  const named = table ?? bucket ?? queue ?? textIn(input, "FunctionName") ?? textIn(input, "TopicArn");
  return {
    ...(table ? { table_name: table } : {}),
    ...(bucket ? { bucket_name: bucket } : {}),
    ...(queue ? { queue_url: queue } : {}),
    ...(named ? { resource_names: [named] } : {}),
  };
}

/** A line on a call: what a trace has of it, for who follows one request. */
function debugCall(about: Document, { $metadata = {}, name }: Answered, failed: boolean, milliseconds: number): void {
  const { httpStatusCode: status, attempts } = $metadata;
  const ms = Math.round(milliseconds * 10) / 10;
  debug("call", () => ({ call: { ...about, ms, attempts, status, ...(failed ? { failed: name } : {}) } }));
}

/** Outcome of a call, by AWS's answer or error. */
function outcomeOf(
  { $metadata = {}, name }: Answered,
  failed: boolean,
): { readonly aws: Document; readonly rest: Document } {
  const { httpStatusCode: status, requestId, attempts = 1 } = $metadata;
  const isFault = failed && (status === undefined || status >= 500);
  return {
    aws: { ...(requestId ? { request_id: requestId } : {}), retries: attempts - 1 },
    rest: {
      ...(status === undefined ? {} : { http: { response: { status } } }),
      ...(failed ? { [isFault ? "fault" : "error"]: true } : {}),
      ...(failed && (status === 429 || throttling.test(name ?? "")) ? { throttle: true } : {}),
      // Its kind. Its words may quote what the caller sent.
      ...(failed && name ? { cause: { exceptions: [{ id: newId(), type: name, remote: true }] } } : {}),
    },
  };
}

/**
 * Records each call of a client, with all its attempts, as a subsegment: which service, which operation, on what, how it
 * came out. The outermost middleware, so that the time is the one that the function waits.
 *
 * @param service as X-Ray calls it: `DynamoDB`
 */
export const traced = (service: string): Plugin => ({
  applyToStack: (stack) =>
    stack.add(
      (next, context) => async (args) => {
        const trace = current;
        if (!trace && !isDebugging) return next(args);
        const [invocation, startedAt] = [invocations, performance.now()];
        const operation = (context.commandName ?? "").replace(/Command$/, "");
        const about = { operation, ...resourceOf(args.input) };
        const call = { document: { name: service, id: newId(), start_time: seconds(), namespace: "aws", aws: about } };
        trace?.open.add(call);
        const end = (answered: Answered, failed: boolean): void => {
          const ms = performance.now() - startedAt;
          if (invocation === invocations) debugCall({ service, ...about }, answered, failed, ms);
          if (!trace?.open.delete(call)) return;
          const { aws, rest } = outcomeOf(answered, failed);
          record(trace, { ...call.document, end_time: seconds(), aws: { ...about, ...aws }, ...rest });
        };
        try {
          const result = await next(args);
          end(result.output, false);
          return result;
        } catch (error) {
          end(error instanceof Error ? error : {}, true);
          throw error;
        }
      },
      { step: "initialize", priority: "high", name: "traced" },
    ),
});
