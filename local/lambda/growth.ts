import type { Environment } from "./environment";
import type { LambdaFunction } from "./lambda-function";

export interface GrowthOptions {
  readonly functions: () => readonly LambdaFunction[];
  /** Limit of the memory of all environments together. */
  readonly memoryBytes: number;
  readonly cores: number;
  readonly now: () => number;
}

/** How often it looks whether calls go on waiting, and for how long one waits before a function grows beyond the cores. */
const LOOK_MS = 50;
const PATIENCE_MS = 100;

/** A busy machine would only start one environment and end another when it took away what has just been used. */
const RECENTLY_MS = 2000;

/** An environment that nobody needed for so long ends, the last one too, as on Lambda, which waits for minutes. */
const IDLE_MS = 45_000;
const TIDYING_MS = 10_000;

const isUsed = ({ state }: Environment): boolean => state === "busy" || state === "retired";

/**
 * Number of functions' environments. A call for which none is idle gets a new one; more of a function than cores can
 * work on at once are started only when those that there are wait rather than compute, since they would take the cores
 * from each other.
 */
export class Growth {
  private looking: NodeJS.Timeout | undefined;
  private readonly tidying: NodeJS.Timeout;

  constructor(private readonly options: GrowthOptions) {
    this.tidying = setInterval(() => this.endIdle(options.now() - IDLE_MS), TIDYING_MS).unref();
  }

  /** Whether a function may have one more environment at once. Where not, it may get one later. */
  mayStart(fn: LambdaFunction): boolean {
    const hasMemory = this.makeRoom(fn.environmentBytes);
    // The first is never refused: a function could wait for this one.
    const may = fn.size === 0 || (hasMemory && fn.size < this.atOnce);
    if (!may) this.looking ??= setInterval(() => this.look(this.options.now()), LOOK_MS).unref();
    return may;
  }

  /** Gives environments to the calls that have waited, as far as there are cores and memory; what waits too long is throttled. */
  look(now: number): void {
    const functions = this.options.functions();
    const environments = functions.flatMap((fn) => fn.all);
    for (const environment of environments) environment.use.measure();
    const waiting = functions.filter(({ waitingSince }) => waitingSince !== undefined);
    if (waiting.length === 0) this.stopLooking();
    let free = this.atOnce - environments.filter(computes).length;
    const since = (fn: LambdaFunction): number => fn.waitingSince ?? now;
    for (const fn of waiting.sort((one, other) => since(one) - since(other))) {
      if (now - since(fn) < PATIENCE_MS) continue;
      while (free > 0 && fn.needed > 0 && this.makeRoom(fn.environmentBytes)) {
        fn.start();
        free -= 1;
      }
      // By then each call that it waited for has ended, too.
      if (!this.makeRoom(fn.environmentBytes)) fn.throttleWaiting(now - fn.definition.timeoutSeconds * 1000);
    }
  }

  /** Ends the environments that have had nothing to do since a time. */
  endIdle(since: number): void {
    for (const fn of this.options.functions()) {
      for (const environment of fn.idle) if (environment.idleSince < since) environment.retire();
    }
  }

  stop(): void {
    clearInterval(this.tidying);
    this.stopLooking();
  }

  private stopLooking(): void {
    clearInterval(this.looking);
    this.looking = undefined;
  }

  /** More than the machine can work on at once halves the throughput. */
  private get atOnce(): number {
    return this.options.cores + 1;
  }

  /** Ends idle environments, those first that have waited longest, until there is memory for one more. @returns whether there is */
  private makeRoom(bytes: number): boolean {
    const functions = this.options.functions();
    const recently = this.options.now() - RECENTLY_MS;
    for (;;) {
      const taken = functions.reduce((sum, fn) => sum + fn.size * fn.environmentBytes, 0);
      if (taken + bytes <= this.options.memoryBytes) return true;
      const idle = functions.flatMap((fn) => fn.idle).filter(({ idleSince }) => idleSince < recently);
      const [longest] = idle.sort((one, other) => one.idleSince - other.idleSince);
      if (!longest) return false;
      longest.retire();
    }
  }
}

const computes = (environment: Environment): boolean =>
  environment.state === "starting" || (isUsed(environment) && !environment.use.isWaiting);
