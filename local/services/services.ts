import { Worker } from "node:worker_threads";
import { messageOf, UserError, wordsOf } from "../../lib/user-error";
import { steadyNow } from "../lib/clock";
import { handledLater } from "../lib/handled-later";
import type { TimeLimits } from "../lib/http-server";
import { standstillMemory } from "../lib/standstill";
import type { ServiceEvent, ServicesConfiguration } from "./configuration";
import type { Invoke } from "./lambda/invoking";
import type { LinesQuery, LogLine } from "./logs/log-lines";
import type { FromServices, PlatformCall, PlatformResult, Problem, ServicesSettings, ToServices } from "./messages";
import type { ServiceCall } from "./service-call";

export interface ServicesOptions {
  readonly code: string;
  /** Folder of the data. */
  readonly folder: string;
  readonly onEvent: (event: ServiceEvent) => void;
  /** Called with all calls, some at a time. @default not called, and nothing is kept of them */
  readonly onCalls?: (calls: readonly ServiceCall[]) => void;
  readonly invoke: (...call: [...Parameters<Invoke>, traceHeader: string | undefined]) => ReturnType<Invoke>;
  /** Log lines of functions and stages. */
  readonly readLines: (query: LinesQuery) => readonly LogLine[];
  /** Further names by which the endpoint may be asked. @default none */
  readonly hosts?: readonly string[];
  readonly limits?: TimeLimits;
  /** @default any that is free */
  readonly port?: number;
}

type Done = Extract<FromServices, { type: "done" }>;
type Request = ToServices extends infer Message
  ? Message extends { id: number }
    ? Omit<Message, "id">
    : never
  : never;

/** A refusal that a retry would meet again: by a policy, or because the resource is not there. */
export class CallRefused extends Error {
  override readonly name = "CallRefused";

  /** @param code the service's own word: `AccessDenied` */
  constructor(
    message: string,
    readonly code: string,
  ) {
    super(message);
  }
}

function errorOf({ message, kind, code = "", trace }: Problem): Error {
  if (kind === "refused") return new CallRefused(message, code);
  if (kind === "user") return new UserError(message);
  return Object.assign(new Error(message), trace === undefined ? {} : { stack: trace });
}

const gone = (how: string): UserError => new UserError(`the services' thread ${how}`);

/** An error of the thread's, which lost its class on the way. */
const own = (error: Error): Error => (error.name === "UserError" ? new UserError(error.message) : error);

/** Memory of a request is soon garbage: room for more of it would be memory that is taken and not given back. */
const YOUNG_GENERATION_MB = 12;

const LONGEST_WAIT_MS = 30_000;

/** At once, after a second, then twice as long each time. @param failures in a row */
const waitMs = (failures: number): number =>
  failures === 0 ? 0 : Math.min(1000 * 2 ** (failures - 1), LONGEST_WAIT_MS);

/** A thread that lived for so long did not die of what killed the one before. */
const STABLE_MS = 60_000;

/**
 * The services in a thread of their own. Should it die, of too much memory for example, it is started again on the same port
 * with what is on disk, after longer and longer waits if it dies again soon; the SDK's retries cover the gap.
 */
export class Services {
  private worker: Worker | undefined;
  /** The thread that listens, once there is one. */
  private up: Promise<Worker>;
  private port: number;
  private listened = false;
  private stopped = false;
  private failures = 0;
  private startedAt = 0;
  private last = 0;
  private cancelRestart = (): void => undefined;
  private configuration: ServicesConfiguration | undefined;
  private readonly waiting = new Map<number, (done: Done) => void>();

  constructor(private readonly options: ServicesOptions) {
    this.port = options.port ?? 0;
    this.up = this.start();
  }

  /** `AWS_ENDPOINT_URL`: an IP address, which makes the SDK put buckets into the path. */
  async endpointUrl(): Promise<string> {
    await this.up;
    return `http://127.0.0.1:${this.port}`;
  }

  /** @throws Error when stored data does not fit; the services stay as they were */
  async configure(configuration: ServicesConfiguration): Promise<void> {
    await this.ask({ type: "configure", configuration });
    this.configuration = configuration;
  }

  /**
   * Does something for a function with its role, as Lambda does it.
   *
   * @throws CallRefused when it would be refused again; another error when it may work later, such as after a death of the thread
   */
  async call(functionArn: string, call: PlatformCall): Promise<PlatformResult> {
    const { result = {} } = await this.ask({ type: "call", functionArn, call });
    return result;
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.cancelRestart();
    await this.worker?.terminate();
  }

  private async ask(request: Request): Promise<Done> {
    const worker = await this.up;
    this.last += 1;
    const id = this.last;
    const done = await new Promise<Done>((resolve) => {
      this.waiting.set(id, resolve);
      worker.postMessage({ ...request, id });
    });
    if (done.problem) throw errorOf(done.problem);
    return done;
  }

  private start(): Promise<Worker> {
    const { code, folder, hosts = [], limits, onCalls } = this.options;
    const emitsCalls = onCalls !== undefined;
    const settings: ServicesSettings = {
      ...{ folder, port: this.port, hosts, emitsCalls, standstill: standstillMemory() },
      ...(limits ? { limits } : {}),
    };
    const resourceLimits = { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB };
    const worker = new Worker(code, { eval: true, execArgv: [], workerData: settings, resourceLimits });
    this.worker = worker;
    this.startedAt = steadyNow();
    const listening = new Promise<Worker>((resolve, reject) => {
      const fail = (error: Error): void => {
        // Of the first one, whoever started it says why there is none.
        if (this.listened) this.report(`services: ${wordsOf(error)}`);
        reject(error);
      };
      worker.on("message", (message: FromServices) => {
        if (message.type === "listening") {
          this.port = message.port;
          this.listened = true;
          resolve(worker);
        } else if (message.type === "refused") fail(new UserError(message.message));
        else void this.receive(worker, message);
      });
      worker.on("error", (error) => fail(own(error))).on("exit", () => reject(gone("ended before it listened")));
    });
    worker.on("exit", () => this.ended());
    return handledLater(listening);
  }

  private ended(): void {
    for (const [id, resolve] of this.waiting) {
      resolve({ type: "done", id, problem: { message: gone("died").message, kind: "user" } });
    }
    this.waiting.clear();
    if (this.stopped) this.up = handledLater(Promise.reject(gone("was stopped")));
    // One that never listened would not the next time either.
    if (this.stopped || !this.listened) return;
    if (steadyNow() - this.startedAt > STABLE_MS) this.failures = 0;
    const wait = waitMs(this.failures);
    this.failures += 1;
    this.report(`${gone("died").message}; it is started again ${wait === 0 ? "now" : `in ${wait / 1000} s`}`);
    const next = new Promise<Worker>((resolve, reject) => {
      const timer = setTimeout(() => {
        resolve(this.start());
        void this.configureAgain();
      }, wait);
      this.cancelRestart = () => {
        clearTimeout(timer);
        reject(gone("was stopped"));
      };
    });
    this.up = handledLater(next);
  }

  private async configureAgain(): Promise<void> {
    const { worker, configuration } = this;
    if (!configuration) return;
    try {
      await this.configure(configuration);
    } catch (error) {
      if (this.stopped || this.worker !== worker) return;
      this.report(`the services could not be set up again: ${wordsOf(error)}`);
      // As it is it would refuse all requests. Its end has it started again, after a while.
      await worker?.terminate();
    }
  }

  private report(message: string): void {
    this.options.onEvent({ event: "problem", message });
  }

  private async receive(
    worker: Worker,
    message: Exclude<FromServices, { type: "listening" | "refused" }>,
  ): Promise<void> {
    if (message.type === "event") this.options.onEvent(message.event);
    else if (message.type === "calls") this.options.onCalls?.(message.calls);
    else if (message.type === "done") {
      this.waiting.get(message.id)?.(message);
      this.waiting.delete(message.id);
    } else if (message.type === "readLines") {
      worker.postMessage({ type: "lines", id: message.id, lines: this.options.readLines(message.query) });
    } else worker.postMessage(await this.invoked(message));
  }

  private async invoked(message: Extract<FromServices, { type: "invoke" }>): Promise<ToServices> {
    const { id, functionArn, payload, asynchronous, traceHeader } = message;
    try {
      return {
        type: "invoked",
        id,
        result: await this.options.invoke(functionArn, payload, asynchronous, traceHeader),
      };
    } catch (error) {
      return { type: "invoked", id, failure: `${functionArn}: ${messageOf(error)}` };
    }
  }
}
