import { randomUUID } from "node:crypto";
import { lambdaLimits } from "../../aws/limits";
import { wordsOf } from "../../lib/user-error";
import { monotonicNow } from "../lib/clock";
import type { InvocationResult } from "../lib/invocation";
import { randomText } from "../lib/random";
import { rootIn, traceRoot } from "../lib/trace";
import type { FunctionDefinition } from "../read/function-definition";
import type { Environment, EnvironmentState } from "./environment";

/** How an invocation went, for the terminal. */
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
  /** Environments of this function at once; what comes beyond waits. */
  readonly maxEnvironments: number;
  /** Whether there is room for one more than the first, with those of all functions. */
  readonly roomForMore: () => boolean;
  readonly onReport: (report: InvocationReport) => void;
  readonly onThrottle: () => void;
}

/** Options of a call. */
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

/** A byte takes at most three for one character, so most texts need no counting. */
const exceeds = (text: string, bytes: number): boolean => text.length * 3 > bytes && Buffer.byteLength(text) > bytes;

/** A function with its environments: started when they are needed, kept warm, replaced when they die. */
export class LambdaFunction {
  private readonly environments = new Set<Environment>();
  private readonly queue: Job[] = [];
  private retired = false;

  constructor(private readonly options: FunctionOptions) {}

  get definition(): FunctionDefinition {
    return this.options.definition;
  }

  /** Runs the function once. What it throws is in the result. */
  async invoke(payload: string, call: Call = {}): Promise<InvocationResult> {
    const { requestId = randomUUID(), invokedArn = this.definition.arn, traceId } = call;
    if (exceeds(payload, lambdaLimits.requestBytes)) return { payload: "", tooLarge: true };
    const { reservedConcurrency } = this.definition;
    if (reservedConcurrency !== undefined && this.running + this.queue.length >= reservedConcurrency) {
      this.options.onThrottle();
      return { payload: "", throttled: true };
    }
    const result = await new Promise<InvocationResult>((resolve) => {
      const job = { payload, requestId, invokedArn, traceId: functionTrace(traceId), resolve };
      const environment = this.idle.at(-1);
      if (environment) void this.run(environment, job);
      else {
        this.queue.push(job);
        this.startWhatIsNeeded();
      }
    });
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

  /** How many environments there are. */
  get size(): number {
    this.forgetEnded();
    return this.environments.size;
  }

  /** Ends environments beyond `keep` that had nothing to do since a time, so many at most. @returns how many */
  endIdle(since: number, keep: number, most = Number.POSITIVE_INFINITY): number {
    const over = this.idle.filter(({ idleSince }) => idleSince < since);
    const ended = over.slice(0, Math.min(most, Math.max(0, this.size - keep)));
    for (const environment of ended) environment.retire();
    return ended.length;
  }

  /** Ends all environments at once. */
  async stop(): Promise<void> {
    await Promise.all([...this.environments].map((environment) => environment.stop()));
  }

  /** Those that wait for an event, the one that has waited longest first. */
  private get idle(): readonly Environment[] {
    return this.of("idle").sort((one, other) => one.idleSince - other.idleSince);
  }

  /** Events that are being worked on. */
  private get running(): number {
    return this.of("busy", "retired").length;
  }

  private of(...states: readonly EnvironmentState[]): Environment[] {
    return [...this.environments].filter(({ state }) => states.includes(state));
  }

  private forgetEnded(): void {
    for (const environment of this.of("ended")) this.environments.delete(environment);
  }

  private startWhatIsNeeded(): void {
    const { maxEnvironments, roomForMore } = this.options;
    while (this.of("starting").length < this.queue.length && this.size < maxEnvironments) {
      // The first is never refused: a function could wait for this one.
      if (this.size > 0 && !roomForMore()) return;
      void this.start();
    }
  }

  private async start(): Promise<void> {
    const environment = this.made();
    if (!environment) return;
    this.environments.add(environment);
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
    const result = await environment.invoke({ payload, requestId, deadline, functionArn: invokedArn, traceId });
    const { logStreamName } = environment;
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
      void this.run(environment, job);
      return;
    }
    if (this.retired) environment.retire();
    this.startWhatIsNeeded();
  }
}
