import { subscribe } from "node:diagnostics_channel";
import { pathToFileURL } from "node:url";
import { getHeapStatistics } from "node:v8";
import { parentPort, workerData } from "node:worker_threads";
import { nextEvent } from "../posted-events";
import { StreamedBytes } from "../streamed-bytes";
import { type Handler, takeEvents } from "./calls";
import { answerHere } from "./documents-here";
import { errorPayload, thrownError } from "./error-payload";
import { FileSystem } from "./files/file-system";
import { actAsLambda } from "./lambda-process";
import {
  type EnvironmentMessage,
  type EnvironmentSettings,
  type ErrorPayload,
  type Invocation,
  type Outcome,
  runtimeVersion,
} from "./messages";
import { logError, takeOverOutput } from "./output";
import { isStreaming, offerStreaming } from "./response-stream";
import { watchStops } from "./stops";

/** The inside of a function's execution environment: a thread that loads the module and gives it events one by one. */

if (!parentPort) throw new Error("an execution environment is a thread");
const port = parentPort;
// A thread whose code is a text has them, as Node.js's prompt does, and they lead to the packages of the working folder.
for (const name of ["require", "module", "exports", "__filename", "__dirname"])
  Reflect.deleteProperty(globalThis, name);

const settings = workerData as EnvironmentSettings;
const state = new Int32Array(settings.state);
let current: string | undefined;

const say = (message: EnvironmentMessage): void => port.postMessage(message);
const write = (text: string): void => say({ type: "output", text, requestId: current });

/** Bytes that count against the function's memory: V8's heap, and buffers, which no limit of V8 includes. */
function memoryBytes(): number {
  const { total_heap_size: heap, external_memory: external } = getHeapStatistics();
  return heap + external;
}

actAsLambda(settings, {
  files: new FileSystem(settings.files, write),
  memoryBytes,
  end: (errorMessage) => {
    say({ type: "fatal", error: { errorType: "Runtime.ExitError", errorMessage } });
    process.exit(1);
  },
});

answerHere(settings.documents);

function watchMemory(): boolean {
  Atomics.add(state, 0, 1);
  const exceeded = memoryBytes() > settings.memoryMb * 1024 * 1024;
  if (exceeded) say({ type: "outOfMemory" });
  return exceeded;
}

const streamed = new StreamedBytes(state);

function begin({ requestId, traceId }: Invocation): void {
  streamed.begin();
  current = requestId;
  process.env["_X_AMZN_TRACE_ID"] = traceId;
}

function send(bytes: Uint8Array): () => boolean {
  streamed.add(bytes.length);
  say({ type: "piece", bytes });
  return () => streamed.haveRoom;
}

function end(outcome: Outcome): void {
  if ("thrown" in outcome) logError("Invoke Error", outcome.thrown, settings);
  const message: EnvironmentMessage =
    "thrown" in outcome
      ? { type: "failed", error: errorPayload(outcome.thrown), memoryBytes: memoryBytes() }
      : { type: "answered", payload: outcome.payload, memoryBytes: memoryBytes() };
  if (!watchMemory()) say(message);
  current = undefined;
}

/** The end of the environment, as an exception nobody caught or a module that does not load makes it. */
function die(what: string, thrown: unknown, error: ErrorPayload = errorPayload(thrown)): void {
  logError(what, thrown, settings);
  say({ type: "fatal", error });
  process.exit(1);
}

/** A promise that was rejected, and that nobody waited for. */
function dieOfRejection(reason: unknown): void {
  const errorType = "Runtime.UnhandledPromiseRejection";
  die("Unhandled Promise Rejection", reason, { ...errorPayload(reason), errorType, errorMessage: String(reason) });
}

/** From nodejs24.x on a third parameter, which would be the callback, ends the initialization. */
function refuseCallback(handler: Handler): void {
  if (runtimeVersion(settings) < 24 || handler.length < 3 || isStreaming(handler)) return;
  const error = new Error(
    "ERROR: AWS Lambda has removed support for callback-based function handlers starting with Node.js 24. You need to modify this function to use a supported handler signature to use Node.js 24 or later. For more information see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html.",
  );
  error.name = "Runtime.CallbackHandlerDeprecated";
  throw error;
}

async function load(): Promise<Handler> {
  const module = (await import(pathToFileURL(settings.file).href)) as Record<string, unknown>;
  const handler = module[settings.exportName];
  if (typeof handler === "function") return handler as Handler;
  const error = new Error(`index.${settings.exportName} is undefined or not exported`);
  error.name = "Runtime.HandlerNotFound";
  throw error;
}

async function start(): Promise<void> {
  if (settings.standstill) watchStops(settings.standstill, state);
  takeOverOutput(settings, { requestId: () => current, lowest: process.env["AWS_LAMBDA_LOG_LEVEL"] }, write);
  // Each is reported once, however often it is logged on its way.
  const known = new WeakSet<object>();
  subscribe("terrace:failure", (thrown) => {
    if (typeof thrown === "object" && thrown !== null) {
      if (known.has(thrown)) return;
      known.add(thrown);
    }
    say({ type: "failure", error: thrownError(thrown), requestId: current });
  });
  process.on("uncaughtException", (thrown) => die("Uncaught Exception", thrown));
  process.on("unhandledRejection", dieOfRejection);
  setInterval(watchMemory, 50).unref();
  offerStreaming();
  const startedAt = performance.now();
  const handler = await load();
  refuseCallback(handler);
  say({ type: "ready", initMs: performance.now() - startedAt });
  await takeEvents({ handler, settings, next: () => nextEvent(port, state), begin, send, end });
}

start().catch((thrown: unknown) => die("Init Error", thrown));
