import { subscribe } from "node:diagnostics_channel";
import { syncBuiltinESMExports } from "node:module";
import os from "node:os";
import { pathToFileURL } from "node:url";
import { getHeapStatistics } from "node:v8";
import { parentPort, workerData } from "node:worker_threads";
import { monotonicNow } from "../../lib/clock";
import { errorPayload, thrownError } from "./error-payload";
import type { EnvironmentMessage, EnvironmentSettings, Invocation } from "./messages";
import { takeOverOutput } from "./output";
import { watchStops } from "./stops";

/** The inside of a function's execution environment: a thread that loads the module and gives it events one by one. */

type Handler = (event: unknown, context: object) => unknown;

// Lambda's: libraries look there for settings, and would find the laptop's.
os.homedir = () => "/home/sbx_user1051";
syncBuiltinESMExports();

const settings = workerData as EnvironmentSettings;
const pulse = new Int32Array(settings.pulse);
let current: string | undefined;

const say = (message: EnvironmentMessage): void => parentPort?.postMessage(message);

/** What counts against the function's memory: V8's heap, and buffers, which no limit of V8 holds. */
function memoryBytes(): number {
  const { total_heap_size: heap, external_memory: external } = getHeapStatistics();
  return heap + external;
}

function watchMemory(): boolean {
  Atomics.add(pulse, 0, 1);
  const exceeded = memoryBytes() > settings.memoryMb * 1024 * 1024;
  if (exceeded) say({ type: "outOfMemory" });
  return exceeded;
}

function contextOf({ requestId, functionArn, deadline }: Invocation): object {
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionVersion: process.env["AWS_LAMBDA_FUNCTION_VERSION"],
    functionName: settings.functionName,
    memoryLimitInMB: String(settings.memoryMb),
    logGroupName: settings.logGroupName,
    logStreamName: settings.logStreamName,
    clientContext: undefined,
    identity: undefined,
    invokedFunctionArn: functionArn,
    awsRequestId: requestId,
    getRemainingTimeInMillis: () => Math.floor(deadline - monotonicNow()),
  };
}

function marshalled(result: unknown): string {
  try {
    return JSON.stringify(result) ?? "null";
  } catch {
    const error = new Error("Unable to stringify response body");
    error.name = "Runtime.MarshalError";
    throw error;
  }
}

async function answer(handler: Handler, invocation: Invocation): Promise<void> {
  current = invocation.requestId;
  process.env["_X_AMZN_TRACE_ID"] = invocation.traceId;
  try {
    const payload = marshalled(await handler(JSON.parse(invocation.payload), contextOf(invocation)));
    if (!watchMemory()) say({ type: "answered", payload, memoryBytes: memoryBytes() });
  } catch (thrown) {
    const error = errorPayload(thrown);
    console.error("Invoke Error", thrown);
    if (!watchMemory()) say({ type: "failed", error, memoryBytes: memoryBytes() });
  }
  current = undefined;
}

/** The end of the environment, as an exception nobody caught or a module that does not load makes it. */
function die(thrown: unknown, errorType?: string): void {
  console.error("Uncaught Exception", thrown);
  const error = errorPayload(thrown);
  say({ type: "fatal", error: errorType ? { ...error, errorType } : error });
  process.exit(1);
}

/** From nodejs24.x on a third parameter, which would be the callback, ends the initialization. */
function refuseCallback(handler: Handler): void {
  const [, version = ""] = /nodejs(\d+)\.x$/.exec(process.env["AWS_EXECUTION_ENV"] ?? "") ?? [];
  if (Number(version) < 24 || handler.length < 3) return;
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
  if (settings.standstill) watchStops(settings.standstill, pulse);
  takeOverOutput(settings, { requestId: () => current, lowest: process.env["AWS_LAMBDA_LOG_LEVEL"] }, (text) =>
    say({ type: "output", text, requestId: current }),
  );
  // Each is told once, however often it is logged on its way.
  const known = new WeakSet<object>();
  subscribe("terrace:failure", (thrown) => {
    if (typeof thrown === "object" && thrown !== null) {
      if (known.has(thrown)) return;
      known.add(thrown);
    }
    say({ type: "failure", error: thrownError(thrown), requestId: current });
  });
  process.on("uncaughtException", (thrown) => die(thrown));
  process.on("unhandledRejection", (thrown) => die(thrown, "Runtime.UnhandledPromiseRejection"));
  setInterval(watchMemory, 50).unref();
  const startedAt = performance.now();
  const handler = await load();
  refuseCallback(handler);
  parentPort?.on("message", (invocation: Invocation) => void answer(handler, invocation));
  say({ type: "ready", initMs: performance.now() - startedAt });
}

start().catch((thrown: unknown) => die(thrown));
