import { randomUUID } from "node:crypto";
import { lambdaLimits } from "../../aws/limits";
import { wordsOf } from "../../lib/user-error";
import { monotonicNow, steadyNow } from "../lib/clock";
import type { CallLimit, InvocationResult, UsedUp } from "../lib/invocation";
import { randomText } from "../lib/random";
import { rootIn, traceRoot } from "../lib/trace";
import type { FunctionDefinition } from "../read/function-definition";
import type { Concurrency } from "./concurrency";
import type { Environment, EnvironmentState } from "./environment";
import type { OnPiece } from "./pieces";

/** Report of an invocation, for the terminal. */
export interface InvocationReport {
  readonly requestId: string;
  /** The root of the trace that it is part of. */
  readonly traceId?: string | undefined;
  readonly durationMs: number;
  readonly result: InvocationResult;
  /** Of the environment, if one came to it. */
  readonly logStreamName?: string;
}

export interface FunctionOptions {
  readonly definition: FunctionDefinition;
  readonly startEnvironment: () => Environment;
  /** Whether Lambda can decrypt the variables with the role; if not, what the invocation comes to. @default it can */
  readonly decryptVariables?: () => Promise<InvocationResult | undefined>;
  /** Whether there is room for one more environment of this function now. Where not, calls wait. */
  readonly mayStart: (fn: LambdaFunction) => boolean;
  /** The function's reserved concurrency, shared by its versions; without one, that of all functions without one. */
  readonly concurrency: Concurrency;
  readonly onStart: (requestId: string, logStreamName: string) => void;
  readonly onReport: (report: InvocationReport) => void;
  readonly onThrottle: (usedUp: UsedUp) => void;
}

/** Options of a call. */
export interface Call {
  /** @default a new one */
  readonly requestId?: string;
  /** May name a version or an alias. @default the function's own */
  readonly invokedArn?: string;
  /** The tracing header that it came with. */
  readonly traceId?: string | undefined;
  /** Stands still while the call waits for an environment. @default nothing limits it but the function's timeout */
  readonly limit?: CallLimit;
  /** Takes what the function streams. @default the result has it */
  readonly onPiece?: OnPiece | undefined;
}

interface Job {
  readonly payload: string;
  readonly requestId: string;
  readonly invokedArn: string;
  readonly traceId: string;
  readonly limit: CallLimit | undefined;
  readonly onPiece: OnPiece | undefined;
  readonly calledAt: number;
  readonly resolve: (result: InvocationResult) => void;
}

/** The trace that a call belongs to, or a new one, as the function's part of it. */
const functionTrace = (header: string | undefined): string =>
  `Root=${rootIn(header) ?? traceRoot(Date.now())};Parent=${randomText(8, "hex")};Sampled=1`;

const tooLargeAnswer: InvocationResult = {
  payload: JSON.stringify({
    errorType: "Function.ResponseSizeTooLarge",
    errorMessage: `Response payload size exceeded maximum allowed payload size (${lambdaLimits.responseBytes} bytes).`,
  }),
  functionError: "Unhandled",
};

/** Before one has reported: an environment with the AWS SDK, rather more. */
const LIKELY_BYTES = 24 * 1024 * 1024;

/** A byte takes at most three for one character, so most texts need no counting. */
const exceeds = (text: string, bytes: number): boolean => text.length * 3 > bytes && Buffer.byteLength(text) > bytes;

/** A version of a function with its environments: started when they are needed, kept warm, replaced when they die. */
export class LambdaFunction {
  private readonly environments = new Set<Environment>();
  private readonly queue: Job[] = [];
  private retired = false;
  private bytes = LIKELY_BYTES;

  constructor(private readonly options: FunctionOptions) {}

  get definition(): FunctionDefinition {
    return this.options.definition;
  }

  /** Runs the function once. What it throws is in the result. */
  async invoke(payload: string, call: Call = {}): Promise<InvocationResult> {
    const { requestId = randomUUID(), invokedArn = this.definition.arn, traceId, limit, onPiece } = call;
    if (exceeds(payload, lambdaLimits.requestBytes)) return { payload: "", tooLarge: true };
    if (!this.options.concurrency.take()) {
      return this.throttled(this.definition.reservedConcurrency === undefined ? "account" : "function");
    }
    const result = await new Promise<InvocationResult>((resolve) => {
      const more = { limit, onPiece, calledAt: steadyNow() };
      const job = { payload, requestId, invokedArn, traceId: functionTrace(traceId), ...more, resolve };
      const environment = this.idle.at(-1);
      if (environment) void this.run(environment, job);
      else this.wait(job);
    });
    this.options.concurrency.giveBack();
    return exceeds(result.payload, lambdaLimits.responseBytes) ? tooLargeAnswer : result;
  }

  /**
   * Lets environments finish what they do and take nothing new: their code or variables are of yesterday. What waits is
   * still done, and then nothing is left.
   */
  retire(): void {
    this.retired = true;
    for (const environment of this.environments) environment.retire();
  }

  /** Number of environments. */
  get size(): number {
    this.forgetEnded();
    return this.environments.size;
  }

  /** Memory of one environment in bytes, as far as it is known. */
  get environmentBytes(): number {
    return this.bytes;
  }

  /** Number of further environments that the waiting calls could use. */
  get needed(): number {
    return this.queue.length - this.of("starting").length;
  }

  /** Since when a call waits for which none is being started. */
  get waitingSince(): number | undefined {
    return this.queue[this.of("starting").length]?.calledAt;
  }

  get all(): readonly Environment[] {
    this.forgetEnded();
    return [...this.environments];
  }

  /** Refuses the calls that have waited since before a time, and for which no environment is being started. */
  throttleWaiting(since: number): void {
    const served = this.of("starting").length;
    while ((this.queue[served]?.calledAt ?? since) < since) {
      for (const job of this.queue.splice(served, 1)) job.resolve(this.throttled("memory"));
    }
  }

  /** Ends all environments at once. */
  async stop(): Promise<void> {
    await Promise.all([...this.environments].map((environment) => environment.stop()));
  }

  /** Those that wait for an event, the one that has waited longest first. */
  get idle(): readonly Environment[] {
    return this.of("idle").sort((one, other) => one.idleSince - other.idleSince);
  }

  private of(...states: readonly EnvironmentState[]): Environment[] {
    return [...this.environments].filter(({ state }) => states.includes(state));
  }

  private forgetEnded(): void {
    for (const environment of this.of("ended")) this.environments.delete(environment);
  }

  private throttled(usedUp: UsedUp): InvocationResult {
    this.options.onThrottle(usedUp);
    return { payload: "", throttled: usedUp };
  }

  private wait(job: Job): void {
    job.limit?.stop();
    this.queue.push(job);
    this.startWhatIsNeeded();
  }

  private startWhatIsNeeded(): void {
    while (this.needed > 0 && this.options.mayStart(this)) this.start();
  }

  /** Starts one more environment. */
  start(): void {
    const environment = this.made();
    if (!environment) return;
    this.environments.add(environment);
    void this.begin(environment);
  }

  private async begin(environment: Environment): Promise<void> {
    const [failed, refused] = await Promise.all([environment.ready, this.options.decryptVariables?.()]);
    if (!refused && !failed) {
      this.release(environment);
      return;
    }
    void environment.stop();
    const job = this.queue.shift();
    const result = refused ?? failed?.(job?.requestId ?? "");
    if (result) this.finish(job, { durationMs: 0, result });
    this.startWhatIsNeeded();
  }

  /** A new environment; where there can be none, a call that waits has failed. */
  private made(): Environment | undefined {
    try {
      return this.options.startEnvironment();
    } catch (error) {
      const words = wordsOf(error);
      const failure: InvocationResult = {
        payload: JSON.stringify({ errorType: "Runtime.Unknown", errorMessage: `Error: no environment: ${words}` }),
        functionError: "Unhandled",
      };
      this.finish(this.queue.shift(), { durationMs: 0, result: failure });
      return undefined;
    }
  }

  private async run(environment: Environment, job: Job): Promise<void> {
    const { timeoutSeconds } = this.definition;
    const { payload, requestId, invokedArn, traceId } = job;
    const startedAt = performance.now();
    const deadline = monotonicNow() + timeoutSeconds * 1000;
    const { logStreamName } = environment;
    this.options.onStart(requestId, logStreamName);
    const invocation = { payload, requestId, deadline, functionArn: invokedArn, traceId };
    const result = await environment.invoke(invocation, job.onPiece);
    this.bytes = result.memoryBytes ?? this.bytes;
    this.finish(job, { durationMs: performance.now() - startedAt, result, logStreamName });
    this.release(environment);
  }

  private finish(job: Job | undefined, report: Omit<InvocationReport, "requestId" | "traceId">): void {
    if (!job) return;
    job.resolve(report.result);
    this.options.onReport({ requestId: job.requestId, traceId: rootIn(job.traceId), ...report });
  }

  private release(environment: Environment): void {
    environment.release();
    const job = environment.state === "idle" ? this.queue.shift() : undefined;
    if (job) {
      job.limit?.restart();
      void this.run(environment, job);
      return;
    }
    if (this.retired) environment.retire();
    this.startWhatIsNeeded();
  }
}
