import { setImmediate } from "node:timers";
import { monotonicNow } from "../../lib/clock";
import { outcomeByCallback } from "./callbacks";
import { type EnvironmentSettings, type Invocation, type Outcome, runtimeVersion } from "./messages";
import { isStreaming, type Send, streamAnswer } from "./response-stream";

/** A handler that a function's module exports. */
export type Handler = (event: unknown, context: object, callback?: unknown) => unknown;

export interface CallOptions {
  readonly handler: Handler;
  readonly settings: EnvironmentSettings;
  /** The next event; nothing else runs until there is one. */
  readonly next: () => Invocation;
  readonly begin: (invocation: Invocation) => void;
  /** Passes on a piece of an answer that is streamed. */
  readonly send: Send;
  readonly end: (outcome: Outcome) => void;
}

function contextOf(
  { requestId, functionArn, deadline, traceId }: Invocation,
  settings: EnvironmentSettings,
  methods?: object,
): object {
  const { functionName, functionVersion, memoryMb, logGroupName, logStreamName } = settings;
  const context = {
    functionVersion,
    functionName,
    memoryLimitInMB: String(memoryMb),
    logGroupName,
    logStreamName,
    clientContext: undefined,
    identity: undefined,
    invokedFunctionArn: functionArn,
    awsRequestId: requestId,
    getRemainingTimeInMillis: () => Math.floor(deadline - monotonicNow()),
  };
  // With their accessors, which `assign` would read.
  if (methods) return Object.defineProperties(methods, Object.getOwnPropertyDescriptors(context));
  return Object.assign(context, { xRayTraceId: traceId });
}

function runtimeError(name: string, message: string): Error {
  const error = new Error(message);
  error.name = `Runtime.${name}`;
  return error;
}

function answered(result: unknown): Outcome {
  try {
    return { payload: JSON.stringify(result) ?? "null" };
  } catch {
    return { thrown: runtimeError("JSONStringifyError", "Unable to stringify response body") };
  }
}

const nodeJsExit = (): Error =>
  runtimeError(
    "NodeJsExit",
    "The Lambda runtime client detected an unexpected Node.js exit code. This is most commonly caused by a Promise that was never settled. For more information, see https://nodejs.org/docs/latest/api/process.html#exit-codes",
  );

/** Timers are no finer. */
const SHORTEST_MS = 1;

/** One turn of the event loop, in which other work of the thread goes on. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Calls the handler with one event after the other, as the Node.js runtimes of Lambda do. */
export async function takeEvents({ handler, settings, next, begin, send, end }: CallOptions): Promise<never> {
  const version = runtimeVersion(settings);
  const isAsync = handler.constructor.name === "AsyncFunction";
  const outcomeOf = async (invocation: Invocation): Promise<Outcome> => {
    try {
      const result = await handler(JSON.parse(invocation.payload), contextOf(invocation, settings));
      await turn();
      return answered(result);
    } catch (thrown) {
      return { thrown };
    }
  };
  const outcomeOfStream = async (invocation: Invocation): Promise<Outcome> => {
    try {
      const event: unknown = JSON.parse(invocation.payload);
      await streamAnswer(handler, { event, context: contextOf(invocation, settings), send });
      await turn();
      return { payload: "" };
    } catch (thrown) {
      return { thrown };
    }
  };
  let nothingLeft = (): void => undefined;
  // From 24 on the environment ends so: nothing is left that could settle the handler's promise.
  process.on("beforeExit", () => nothingLeft());
  const outcomeBefore24 = (invocation: Invocation): Promise<Outcome> =>
    outcomeByCallback({
      call: (methods, callback) =>
        handler(JSON.parse(invocation.payload), contextOf(invocation, settings, methods), callback),
      whenNothingIsLeft: (then) => {
        nothingLeft = then;
      },
      unanswered: () => (isAsync ? { thrown: nodeJsExit() } : { payload: "null" }),
      answered,
    });
  const call = isStreaming(handler) ? outcomeOfStream : version < 24 ? outcomeBefore24 : outcomeOf;
  for (;;) {
    const frozenAt = performance.now();
    const invocation = next();
    begin(invocation);
    // Timers that are due, connections that the other end has closed meanwhile.
    if (performance.now() - frozenAt > SHORTEST_MS) await turn();
    end(await call(invocation));
    if (version < 24) await turn();
  }
}
