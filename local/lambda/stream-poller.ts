import { wordsOf } from "../../lib/user-error";
import type { Clock } from "../lib/clock";
import type { InvocationResult } from "../lib/invocation";
import type { StreamSource } from "../read/stream-sources";
import type { ReadRecord, StreamPage } from "../services/dynamodb/stream-reading";
import type { Services } from "../services/services";
import type { Deliver } from "./async-invocations";
import { fitting } from "./fitting";
import type { LambdaFunction } from "./lambda-function";
import { afterFailure, failedAt } from "./stream-batch";
import type { Checkpoint, Checkpoints } from "./stream-checkpoints";
import { batchRecord } from "./stream-record";

/** How often Lambda looks for records (developer guide, "Using Lambda with Amazon DynamoDB": four times a second). */
const POLL_MS = 250;

/** Before a batch is tried again: a second, then twice as long each time, up to a minute. @param times in a row */
const retryWaitMs = (times: number): number => Math.min(1000 * 2 ** (times - 1), 60_000);

export interface StreamPollerOptions {
  readonly source: StreamSource;
  readonly services: Services;
  /** The function as it is now; its new code is waited for. */
  readonly fn: () => Promise<LambdaFunction | undefined> | LambdaFunction | undefined;
  readonly checkpoints: Checkpoints;
  /** Puts what has failed for good where failures go. */
  readonly deliver: (functionArn: string) => Deliver;
  readonly clock: Clock;
  /** Divisor of the waits before retries. */
  readonly speed: number;
  readonly problem: (message: string) => void;
}

/** A poller that is running. */
export interface StreamPoller {
  /** Resolves when the batch that it was at has come to its end: only then may another one go on. */
  stop(): Promise<void>;
}

/** Gives the records of a stream to a function, batch after batch in their order, until it is stopped. */
class Poller implements StreamPoller {
  private readonly ended: Promise<void>;
  private stopped = false;
  private wake = (): void => undefined;
  private failures = 0;
  private said = "";

  constructor(
    private readonly options: StreamPollerOptions,
    after: Promise<unknown>,
  ) {
    this.ended = after.then(() => this.run());
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.wake();
    await this.ended;
  }

  private async run(): Promise<void> {
    while (!this.stopped) {
      try {
        const waitMs = await this.step();
        [this.failures, this.said] = [0, ""];
        if (waitMs > 0) await this.wait(waitMs);
      } catch (error) {
        // What goes on failing is said once.
        const message = wordsOf(error);
        if (message !== this.said) this.problem(message);
        this.said = message;
        this.failures += 1;
        await this.wait(retryWaitMs(this.failures));
      }
    }
  }

  /** One batch. @returns how long to wait before the next, in milliseconds */
  private async step(): Promise<number> {
    const { source, services, speed, checkpoints } = this.options;
    const fn = await this.target();
    const functionArn = fn.definition.arn;
    const { streamArn, batchSize, windowSeconds } = source;
    const read = async (from: number, limit: number): Promise<StreamPage> => {
      const { page } = await services.call(functionArn, { kind: "readStream", streamArn, from, limit });
      if (!page) throw new Error(`${streamArn} can't be read`);
      return page;
    };
    const kept = checkpoints.of(source);
    const limit = Math.min(batchSize, (kept?.until ?? Number.POSITIVE_INFINITY) - (kept?.next ?? 0));
    let page = await read(kept?.next ?? 0, limit);
    const checkpoint = this.checked(kept, page);
    if (checkpoint !== kept) {
      checkpoints.save(source, checkpoint);
      return 0;
    }
    const until = this.options.clock.now() + windowSeconds * 1000;
    // A batch that failed is complete.
    while (page.records.length > 0 && page.records.length < limit && checkpoint.until === undefined) {
      if (this.stopped || this.options.clock.now() >= until) break;
      await this.wait(POLL_MS);
      page = await read(checkpoint.next, limit);
    }
    if (page.records.length === 0 || this.stopped) return POLL_MS;
    const records = fitting(page.records, ({ content }) => content);
    const result = await fn.invoke(JSON.stringify({ Records: records.map(({ content }) => content) }));
    // Nobody is told of what was cut off, and it is tried again as if it had not been.
    if (this.stopped && (result.functionError || result.throttled)) return 0;
    if (result.throttled) return retryWaitMs(checkpoint.failures + 1) / speed;
    const place = failedAt(records, result, source.reportsItemFailures);
    if (place === undefined) {
      checkpoints.save(source, { next: (records.at(-1)?.sequence ?? 0) + 1, failures: 0 });
      return 0;
    }
    const step = afterFailure(source, records, place, checkpoint.failures);
    if (step.kind === "discard") await this.discard(fn, { page, records: records.slice(place), result });
    checkpoints.save(source, step.checkpoint);
    return step.kind === "discard" ? 0 : retryWaitMs(Math.max(1, step.checkpoint.failures)) / speed;
  }

  /** Where to read on: where it was left, unless there is another stream by now, or what was there is too old. */
  private checked(kept: Checkpoint | undefined, { oldest, next }: StreamPage): Checkpoint {
    if (kept && kept.next >= oldest && kept.next <= next) return kept;
    if (kept && kept.next < oldest) this.problem("records that were not done are gone, since they were 24 hours old");
    return { next: kept || this.options.source.fromStart ? oldest : next, failures: 0 };
  }

  private async discard(
    fn: LambdaFunction,
    failed: { page: StreamPage; records: readonly ReadRecord[]; result: InvocationResult },
  ): Promise<void> {
    const { source, checkpoints, deliver } = this.options;
    const attempts = (checkpoints.of(source)?.failures ?? 0) + 1;
    if (source.onFailure === undefined) return;
    const { streamArn } = source;
    const body = batchRecord(fn.definition, { ...failed, shardId: failed.page.shardId, streamArn, attempts });
    await deliver(fn.definition.arn)(source.onFailure, body, {});
  }

  private async target(): Promise<LambdaFunction> {
    const found = await this.options.fn();
    if (!found) throw new Error(`function ${this.options.source.functionName} is not in the stack`);
    return found;
  }

  private problem(message: string): void {
    if (!this.stopped) this.options.problem(`${this.options.source.address}: ${message}`);
  }

  private wait(milliseconds: number): Promise<void> {
    if (this.stopped) return Promise.resolve();
    return new Promise((resolve) => {
      const cancel = this.options.clock.after(milliseconds, resolve);
      this.wake = () => {
        cancel();
        resolve();
      };
    });
  }
}

/** @param after what has to be over first: a poller of the same stream that was stopped */
export const startStreamPoller = (options: StreamPollerOptions, after: Promise<unknown>): StreamPoller =>
  new Poller(options, after);
