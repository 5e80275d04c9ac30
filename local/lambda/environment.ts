import { Worker } from "node:worker_threads";
import { lambdaLimits } from "../../aws/limits";
import { type Clock, limitClock, monotonicNow, steadyNow } from "../lib/clock";
import type { InvocationResult } from "../lib/invocation";
import { randomText } from "../lib/random";
import { standstillMemory } from "../lib/standstill";
import { busyPlace } from "./busy-place";
import type {
  EnvironmentMessage,
  EnvironmentSettings,
  ErrorPayload,
  Invocation,
  ThrownError,
} from "./environment/messages";
import { removeFiles } from "./environment-files";
import { type OnPiece, Pieces } from "./pieces";
import { postEvent } from "./posted-events";
import { watchStall } from "./stall-watch";
import { resumed } from "./stopped-thread";
import { pieceTaken } from "./streamed-bytes";
import { ThreadUse } from "./thread-use";

/**
 * `starting` while the module loads, `busy` with an event, `idle` between events. `retired` takes no more and ends when it
 * is done; `ended` is one whose thread is gone, or about to be.
 */
export type EnvironmentState = "starting" | "idle" | "busy" | "retired" | "ended";

export interface EnvironmentOptions {
  readonly code: string;
  readonly settings: Omit<EnvironmentSettings, "state" | "standstill">;
  readonly variables: Record<string, string>;
  readonly onOutput: (text: string, requestId: string | undefined) => void;
  /** Called when an event, or the environment itself, has ended: nothing more is written of it. */
  readonly onDone?: () => void;
  /** Clock of the timeouts of initializations and invocations. @default the system's */
  readonly clock?: Pick<Clock, "after">;
  /** Called with errors that the function caught and logs without their messages. */
  readonly onFailure?: (error: ThrownError, requestId: string | undefined) => void;
}

const MEGABYTE = 1024 * 1024;

/** A thread that is ended is gone in milliseconds. */
const LONGEST_END_MS = 2000;

/** `2026/01/31/[$LATEST]`, or the number of the version, and 32 hex digits, as Lambda names log streams. */
export const newLogStreamName = (version: string): string =>
  `${new Date().toISOString().slice(0, 10).replaceAll("-", "/")}/[${version}]${randomText(16, "hex")}`;

const unhandled = (error: ErrorPayload): InvocationResult => ({
  payload: JSON.stringify(error),
  functionError: "Unhandled",
});

/** One execution environment: a thread that is cold once, then takes one event after the other until it dies. */
export class Environment {
  /** The end of its initialization: why it failed, if it did. */
  readonly ready: Promise<((requestId: string) => InvocationResult) | undefined>;
  readonly use: ThreadUse;
  private readonly worker: Worker;
  private readonly clock: Pick<Clock, "after">;
  private readonly memory = new Int32Array(new SharedArrayBuffer(16));
  private finish: ((result: InvocationResult) => void) | undefined;
  private pieces: Pieces | undefined;
  private requestId = "";
  private current: EnvironmentState = "starting";
  private idleFrom = 0;
  private coldStartMs: number | undefined;
  private neverReady = (_error: ErrorPayload): void => undefined;
  private lastWords: ErrorPayload | undefined;
  private note: string | undefined;
  private removed: Promise<void> | undefined;

  constructor(private readonly options: EnvironmentOptions) {
    const { code, settings, variables } = options;
    this.worker = new Worker(code, {
      eval: true,
      env: variables,
      workerData: { ...settings, state: this.memory.buffer, standstill: standstillMemory() },
      resourceLimits: {
        maxOldGenerationSizeMb: settings.memoryMb,
        // V8 would take three times 16 MB for it, in each environment.
        maxYoungGenerationSizeMb: Math.min(16, Math.max(2, settings.memoryMb / 64)),
      },
      // A flag of the parent, like a TypeScript loader, is not the function's.
      execArgv: [],
    });
    this.use = new ThreadUse(this.worker);
    this.clock = options.clock ?? limitClock;
    const { initMs } = lambdaLimits;
    let endInitLimit = (): void => undefined;
    // Until then a debugger may keep it waiting.
    this.worker.once("online", () => {
      endInitLimit = this.clock.after(
        initMs,
        () => void this.overrun(initMs, `to load the module there are ${initMs / 1000} s`),
      );
    });
    this.ready = new Promise((resolve) => {
      this.worker.on("message", (message: EnvironmentMessage) => {
        if (message.type !== "ready") this.receive(message);
        else {
          this.coldStartMs = message.initMs;
          resolve(undefined);
        }
      });
      this.neverReady = (error) => resolve((requestId) => this.failure(named(error, requestId)));
    });
    void this.ready.then(() => endInitLimit());
    this.worker.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "ERR_WORKER_OUT_OF_MEMORY") return;
      this.lastWords ??= killed;
      this.note ??= this.memoryNote;
    });
    this.worker.on("exit", (status) => this.exited(status));
    this.worker.once("exit", () => {
      // A leftover goes when the runner ends, with the folder in which it is.
      this.removed = removeFiles(settings.files).catch(() => undefined);
    });
  }

  get state(): EnvironmentState {
    return this.current;
  }

  get logStreamName(): string {
    return this.options.settings.logStreamName;
  }

  /** When it became idle. */
  get idleSince(): number {
    return this.idleFrom;
  }

  /** It may take an event: it has started, or is done with the one before. */
  release(): void {
    if (this.current === "retired") void this.stop();
    if (this.current === "ended") return;
    if (this.current === "starting") this.use.restart();
    this.current = "idle";
    this.idleFrom = steadyNow();
  }

  /** Lets it finish what it does and take nothing new. */
  retire(): void {
    if (this.current === "idle") void this.stop();
    else if (this.current !== "ended") this.current = "retired";
  }

  /**
   * Gives the function an event. One at a time.
   *
   * @param onPiece - takes what is streamed as it comes. @default the result has all of it, or all of its beginning
   */
  invoke(invocation: Invocation, onPiece?: OnPiece): Promise<InvocationResult> {
    if (this.current === "idle") this.current = "busy";
    const first = this.coldStartMs === undefined ? {} : { initMs: this.coldStartMs };
    this.coldStartMs = undefined;
    this.requestId = invocation.requestId;
    const pieces = new Pieces(onPiece);
    this.pieces = pieces;
    const limitMs = invocation.deadline - monotonicNow();
    return new Promise((resolve) => {
      // Some of its whole seconds may be over already.
      const seconds = Math.ceil(limitMs / 1000);
      const endLimit = this.clock.after(
        limitMs,
        () => void this.overrun(seconds * 1000, `the limit is its timeout of ${seconds} s (timeoutSeconds)`),
      );
      const endWatch = watchStall(this.memory, this.options.settings.memoryMb * 1.25 * MEGABYTE, () =>
        this.endWith(killed, this.memoryNote),
      );
      this.finish = (result) => {
        endLimit();
        endWatch();
        this.finish = undefined;
        this.options.onDone?.();
        resolve({ ...first, ...result, ...pieces.payloadBeside(result) });
      };
      postEvent(this.worker, this.memory, invocation);
    });
  }

  /** Ends the thread, whatever it is doing. One that a debugger has stopped ends when it goes on, and nobody waits for it. */
  async stop(): Promise<void> {
    this.current = "ended";
    const ended = this.worker.terminate();
    await new Promise<void>((resolve) => {
      const giveUp = setTimeout(() => {
        this.exited(1);
        resolve();
      }, LONGEST_END_MS);
      const done = (): void => {
        clearTimeout(giveUp);
        resolve();
      };
      ended.then(done, done);
    });
    await this.removed;
  }

  private receive(message: EnvironmentMessage): void {
    const { onOutput } = this.options;
    if (message.type === "output") onOutput(message.text, message.requestId);
    else if (message.type === "piece") {
      const { bytes } = message;
      const taken = (): void => pieceTaken(this.memory, bytes.length);
      if (this.finish && !this.pieces?.take(bytes, taken)) this.endWith(streamTooLong, streamNote);
    } else if (message.type === "answered")
      this.finish?.({ payload: message.payload, memoryBytes: message.memoryBytes });
    else if (message.type === "failed")
      this.finish?.({ ...unhandled(message.error), memoryBytes: message.memoryBytes });
    else if (message.type === "fatal") this.lastWords = message.error;
    else if (message.type === "outOfMemory") this.endWith(killed, this.memoryNote);
    else if (message.type === "failure") this.options.onFailure?.(message.error, message.requestId);
  }

  private get memoryNote(): string {
    return `out of memory: it has ${this.options.settings.memoryMb} MB; memoryMb gives it more`;
  }

  /** Ends an event whose time is over. Only a debugger can find the place of a thread that does not return to its event loop. */
  private async overrun(limitMs: number, limit: string): Promise<void> {
    const place = await busyPlace(this.worker.threadId, this.options.settings.file);
    const doing = place === "nowhere" ? "; it was waiting" : place === undefined ? "" : `; it was busy at ${place}`;
    this.endWith(timedOut(limitMs / 1000), `${limit}${doing}`);
  }

  private endWith(error: ErrorPayload, note: string): void {
    this.lastWords ??= error;
    this.note ??= note;
    void this.stop();
  }

  private failure(error: ErrorPayload): InvocationResult {
    return { ...unhandled(error), ...(this.note === undefined ? {} : { note: this.note }) };
  }

  private exited(status: number): void {
    this.current = "ended";
    resumed(this.memory);
    const plain = exitError(status === 0 ? "without providing a reason" : `with error: exit status ${status}`);
    const error = this.lastWords ?? plain;
    this.neverReady(error);
    this.finish?.(this.failure(named(error, this.requestId)));
    this.options.onDone?.();
  }
}

/** Errors that Lambda itself reports begin with the request's id. */
const named = (error: ErrorPayload, requestId: string): ErrorPayload =>
  error.trace ? error : { ...error, errorMessage: `RequestId: ${requestId} ${error.errorMessage}` };

const exitError = (how: string): ErrorPayload => ({
  errorType: "Runtime.ExitError",
  errorMessage: `Error: Runtime exited ${how}`,
});

const streamTooLong: ErrorPayload = {
  errorType: "Function.ResponseSizeTooLarge",
  errorMessage: `Response payload size exceeded maximum allowed payload size (${lambdaLimits.streamedBytes} bytes).`,
  trace: [],
};

const streamNote = `streamed more than the ${lambdaLimits.streamedBytes / MEGABYTE} MB that an answer may have`;

const killed = exitError("with error: signal: killed");

const timedOut = (seconds: number): ErrorPayload => ({
  errorType: "Sandbox.Timedout",
  errorMessage: `Error: Task timed out after ${seconds.toFixed(2)} seconds`,
});
