import { randomUUID } from "node:crypto";
import { lambdaLimits } from "../../aws/limits";
import { monotonicNow, steadyNow } from "../lib/clock";
import { randomText } from "../lib/random";
import { rootIn, traceRoot } from "../lib/trace";
import { wordsOf } from "../lib/user-error";
import type { FunctionDefinition } from "../read/function-definition";
import type { Environment, Outcome } from "./environment";

/** What `Invoke` comes to: the function's own outcome, or Lambda's refusal to run it. */
export type InvokeResult = Outcome & { readonly throttled?: true; readonly tooLarge?: true };

/** How an invocation went, for the terminal. */
export interface InvocationReport {
  readonly requestId: string;
  readonly durationMs: number;
  /** Only of a cold start. */
  readonly initMs?: number;
  readonly memoryBytes?: number;
  readonly outcome: Outcome;
}

export interface FunctionOptions {
  readonly definition: FunctionDefinition;
  readonly startEnvironment: () => Environment;
  /** Whether Lambda can decrypt the variables with the role; if not, what the invocation comes to. @default it can */
  readonly decryptVariables?: () => Promise<Outcome | undefined>;
  /** Environments of this function at once; what comes beyond waits. */
  readonly maxEnvironments: number;
  /** Whether there is room for one more than the first, with those of all functions. */
  readonly roomForMore: () => boolean;
  readonly onReport: (report: InvocationReport) => void;
  readonly onThrottle: () => void;
}

/** What a call may bring along. */
export interface Call {
  /** @default a new one */
  readonly requestId?: string;
  /** May name a version or an alias. @default the function's own */
  readonly invokedArn?: string;
  /** The tracing header that it came with. */
  readonly traceId?: string | undefined;
}

interface Job {
  readonly payload: string;
  readonly requestId: string;
  readonly invokedArn: string;
  readonly traceId: string;
  readonly resolve: (outcome: Outcome) => void;
}

/** The trace that a call belongs to, or a new one, as the function's part of it. */
const functionTrace = (header: string | undefined): string =>
  `Root=${rootIn(header) ?? traceRoot(Date.now())};Parent=${randomText(8, "hex")};Sampled=1`;

const tooLargeAnswer: Outcome = {
  payload: JSON.stringify({
    errorType: "Function.ResponseSizeTooLarge",
    errorMessage: `Response payload size exceeded maximum allowed payload size (${lambdaLimits.responseBytes} bytes).`,
  }),
  functionError: "Unhandled",
};

/** A byte takes at most three for one character, so most texts need no counting. */
const exceeds = (text: string, bytes: number): boolean => text.length * 3 > bytes && Buffer.byteLength(text) > bytes;

/** A function with its environments: started when they are needed, kept warm, replaced when they die. */
export class LambdaFunction {
  private readonly idle: Environment[] = [];
  private readonly all = new Set<Environment>();
  private readonly idleSince = new WeakMap<Environment, number>();
  private readonly coldStarts = new WeakMap<Environment, number>();
  private readonly queue: Job[] = [];
  private readonly outdated = new WeakSet<Environment>();
  private retired = false;
  private starting = 0;
  private running = 0;

  constructor(private readonly options: FunctionOptions) {}

  get definition(): FunctionDefinition {
    return this.options.definition;
  }

  /** Runs the function once. What it throws is in the outcome. */
  async invoke(payload: string, call: Call = {}): Promise<InvokeResult> {
    const { requestId = randomUUID(), invokedArn = this.definition.arn, traceId } = call;
    if (exceeds(payload, lambdaLimits.requestBytes)) return { payload: "", tooLarge: true };
    const { reservedConcurrency } = this.definition;
    if (reservedConcurrency !== undefined && this.running + this.queue.length >= reservedConcurrency) {
      this.options.onThrottle();
      return { payload: "", throttled: true };
    }
    const outcome = await new Promise<Outcome>((resolve) => {
      const job = { payload, requestId, invokedArn, traceId: functionTrace(traceId), resolve };
      const environment = this.warm();
      if (environment) void this.run(environment, job);
      else {
        this.queue.push(job);
        this.startWhatIsNeeded();
      }
    });
    return exceeds(outcome.payload, lambdaLimits.responseBytes) ? tooLargeAnswer : outcome;
  }

  /**
   * Lets environments finish what they do and take nothing new: their code or variables are of yesterday. What waits is
   * still done, and then nothing is left.
   */
  retire(): void {
    this.retired = true;
    for (const environment of this.all) this.outdated.add(environment);
    for (const environment of this.idle.splice(0)) this.discard(environment);
  }

  /** How many environments there are. */
  get size(): number {
    return this.all.size;
  }

  /** Ends environments beyond `keep` that had nothing to do since a time, so many at most. @returns how many */
  endIdle(since: number, keep: number, most = Number.POSITIVE_INFINITY): number {
    const over = this.idle.filter((environment) => (this.idleSince.get(environment) ?? 0) < since);
    const ended = over.slice(0, Math.min(most, Math.max(0, this.all.size - keep)));
    for (const environment of ended) {
      this.idle.splice(this.idle.indexOf(environment), 1);
      this.discard(environment);
    }
    return ended.length;
  }

  /** Ends all environments at once. */
  async stop(): Promise<void> {
    await Promise.all([...this.all].map((environment) => environment.stop()));
  }

  private warm(): Environment | undefined {
    for (let environment = this.idle.pop(); environment; environment = this.idle.pop()) {
      if (environment.alive) return environment;
      this.all.delete(environment);
    }
    return undefined;
  }

  private startWhatIsNeeded(): void {
    const { maxEnvironments, roomForMore } = this.options;
    for (const environment of this.all) if (!environment.alive) this.all.delete(environment);
    while (this.starting < this.queue.length && this.all.size < maxEnvironments) {
      // The first is never refused: a function could wait for this one.
      if (this.all.size > 0 && !roomForMore()) return;
      void this.start();
    }
  }

  private async start(): Promise<void> {
    const environment = this.made();
    if (!environment) return;
    this.all.add(environment);
    this.starting += 1;
    const [started, refused] = await Promise.all([environment.ready, this.options.decryptVariables?.()]);
    const ready = refused ? { failure: refused } : started;
    this.starting -= 1;
    if ("initMs" in ready) {
      this.coldStarts.set(environment, ready.initMs);
      this.release(environment);
      return;
    }
    this.discard(environment);
    this.finish(this.queue.shift(), { requestId: "", durationMs: 0, outcome: ready.failure });
    this.startWhatIsNeeded();
  }

  /** A new environment; where there can be none, a call that waits has failed. */
  private made(): Environment | undefined {
    try {
      return this.options.startEnvironment();
    } catch (error) {
      const words = wordsOf(error);
      const failure: Outcome = {
        payload: JSON.stringify({ errorType: "Runtime.Unknown", errorMessage: `Error: no environment: ${words}` }),
        functionError: "Unhandled",
      };
      this.finish(this.queue.shift(), { requestId: "", durationMs: 0, outcome: failure });
      return undefined;
    }
  }

  private async run(environment: Environment, job: Job): Promise<void> {
    const { timeoutSeconds } = this.definition;
    const { payload, requestId, invokedArn, traceId } = job;
    const startedAt = performance.now();
    const deadline = monotonicNow() + timeoutSeconds * 1000;
    const initMs = this.coldStarts.get(environment);
    this.coldStarts.delete(environment);
    this.running += 1;
    const outcome = await environment.invoke({ payload, requestId, deadline, functionArn: invokedArn, traceId });
    this.running -= 1;
    const { memoryBytes } = outcome;
    this.finish(job, {
      requestId,
      durationMs: performance.now() - startedAt,
      ...(initMs === undefined ? {} : { initMs }),
      ...(memoryBytes === undefined ? {} : { memoryBytes }),
      outcome,
    });
    this.release(environment);
  }

  private finish(job: Job | undefined, report: InvocationReport): void {
    if (!job) return;
    job.resolve(report.outcome);
    this.options.onReport({ ...report, requestId: job.requestId });
  }

  private release(environment: Environment): void {
    if (!environment.alive || this.outdated.has(environment)) {
      this.discard(environment);
      this.startWhatIsNeeded();
      return;
    }
    const job = this.queue.shift();
    if (job) void this.run(environment, job);
    else if (this.retired) this.discard(environment);
    else {
      this.idleSince.set(environment, steadyNow());
      this.idle.push(environment);
    }
  }

  private discard(environment: Environment): void {
    this.all.delete(environment);
    void environment.stop();
  }
}
