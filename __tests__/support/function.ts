import { randomUUID } from "node:crypto";
import { isAbsolute } from "node:path";
import { pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";
import type { APIGatewayProxyResult } from "aws-lambda";
import type { Route } from "../../contracts/api";
import { deployedFile } from "./function-bundles";
import { heldTime } from "./held-time";
import { type Asked, proxyEvent } from "./proxy-event";

/** A response, and the function's output meanwhile. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** The parsed body; undefined when there is none. */
  // biome-ignore lint/suspicious/noExplicitAny: tests read any of it, and a wrong path fails them
  readonly body: any;
  readonly requestId: string;
  readonly output: readonly string[];
}

/** A deployed function: its bundle in a thread, with an environment of its own. */
export interface DeployedFunction {
  /** The response to an event of API Gateway. */
  answer(event: object): Promise<APIGatewayProxyResult>;
  /** @param remainingMs what Lambda gives it. @default a minute */
  ask(asked?: Asked, remainingMs?: number): Promise<Answer>;
  stop(): Promise<void>;
}

/**
 * Lambda's side: it loads the file, gives it events one at a time, marks the end of what it wrote, and takes no answer
 * that comes after its time.
 */
const runtime = `${heldTime}
  const { parentPort, workerData } = require("node:worker_threads");
  const loaded = import(workerData.url);
  loaded.catch(() => undefined).then(() => parentPort.postMessage("loaded"));
  parentPort.on("message", async ({ event, awsRequestId, remainingMs }) => {
    const endsAt = Date.now() + remainingMs;
    const context = {
      awsRequestId, functionName: "test", functionVersion: "$LATEST", memoryLimitInMB: "256",
      invokedFunctionArn: "arn:aws:lambda:us-east-1:000000000000:function:test",
      getRemainingTimeInMillis: () => endsAt - Date.now(),
    };
    let limit;
    const late = new Promise((_, reject) => {
      limit = setTimeout(() => reject(new Error("Task timed out after " + remainingMs + " ms")), remainingMs);
    });
    let outcome;
    try {
      const { handler } = await loaded;
      outcome = { result: await Promise.race([handler(event, context), late]) };
    } catch (error) {
      outcome = { error: String(error && error.message) };
    }
    clearTimeout(limit);
    const end = "END " + awsRequestId + "\\n";
    process.stdout.write(end, () => process.stderr.write(end, () => parentPort.postMessage(outcome)));
  });
`;

const lambdaEnvironment = {
  AWS_REGION: "us-east-1",
  AWS_ACCESS_KEY_ID: "test",
  AWS_SECRET_ACCESS_KEY: "test",
  AWS_SESSION_TOKEN: "test",
  AWS_EXECUTION_ENV: "AWS_Lambda_nodejs24.x",
  AWS_LAMBDA_FUNCTION_NAME: "test",
  AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
  TZ: ":UTC",
  // The SDK warns of the end of Node 20, which the functions don't run on.
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
};

interface Outcome {
  readonly result?: APIGatewayProxyResult;
  readonly error?: string;
}

/** Everything that a worker writes, by line, and a wait for the line that ends an invocation. */
function outputOf(worker: Worker) {
  const lines: string[] = [];
  const ended = [worker.stdout, worker.stderr].map((stream) => {
    let rest = "";
    let waiting: (() => void) | undefined;
    stream.setEncoding("utf8").on("data", (chunk: string) => {
      const parts = (rest + chunk).split("\n");
      rest = parts.pop() ?? "";
      for (const line of parts) {
        if (line.startsWith("END ")) waiting?.();
        else lines.push(line);
      }
    });
    return () =>
      new Promise<void>((resolve) => {
        waiting = resolve;
      });
  });
  return { lines, end: () => Promise.all(ended.map((wait) => wait())) };
}

/** Invokes the function in a worker with one event, and gives its outcome and what was written meanwhile. */
function invoker(worker: Worker) {
  const { lines, end } = outputOf(worker);
  // Lambda's clock for an invocation begins when the function is loaded.
  const loaded = new Promise((resolve) => worker.once("message", resolve));
  return async (event: object, remainingMs: number) => {
    await loaded;
    const from = lines.length;
    const answered = new Promise<Outcome>((resolve) => worker.once("message", resolve));
    const ended = end();
    worker.postMessage({ event, awsRequestId: randomUUID(), remainingMs });
    const [outcome] = await Promise.all([answered, ended]);
    return { ...outcome, output: lines.slice(from) };
  };
}

const startWorker = (entry: string, environment: Readonly<Record<string, string>>): Worker =>
  new Worker(runtime, {
    eval: true,
    stdout: true,
    stderr: true,
    env: { ...lambdaEnvironment, ...environment },
    workerData: { url: pathToFileURL(isAbsolute(entry) ? entry : deployedFile(entry)).href },
  });

/** A deployed function that is given events of any kind. */
export interface EventFunction {
  /** What it returned, or the error, and the output. */
  give(
    event: object,
  ): Promise<{ readonly result?: unknown; readonly error?: string; readonly output: readonly string[] }>;
  stop(): Promise<void>;
}

/** Starts a function that takes events, as it is deployed. @param entry below `handlers/`, or a bundle by its whole path */
export function startEventFunction(entry: string, environment: Readonly<Record<string, string>>): EventFunction {
  const worker = startWorker(entry, environment);
  const invoke = invoker(worker);
  return { give: (event) => invoke(event, 60_000), stop: async () => void (await worker.terminate()) };
}

/**
 * Starts a function as it is deployed.
 *
 * @param entry below `handlers/`: `records/get-record.ts`
 * @param route the route that it serves, which shapes its events
 * @param environment its variables, besides those that Lambda sets
 */
export function startFunction(
  entry: string,
  route: Route,
  environment: Readonly<Record<string, string>>,
): DeployedFunction {
  const worker = startWorker(entry, environment);
  const invoke = invoker(worker);
  return {
    async answer(event) {
      const { result, error } = await invoke(event, 60_000);
      if (!result) throw new Error(error);
      return result;
    },
    async ask(asked, remainingMs = 60_000) {
      const event = proxyEvent(route, asked);
      const { result, error, output } = await invoke(event, remainingMs);
      if (!result) throw new Error(error);
      return {
        status: result.statusCode,
        headers: (result.headers ?? {}) as Answer["headers"],
        body: result.body === "" ? undefined : JSON.parse(result.body),
        requestId: event.requestContext.requestId,
        output,
      };
    },
    stop: async () => void (await worker.terminate()),
  };
}
