import { UserError } from "../../lib/user-error";
import type { Deliver } from "../lambda/async-invocations";
import type { Lambda } from "../lambda/lambda";
import type { LambdaFunction } from "../lambda/lambda-function";
import { startPoller } from "../lambda/queue-poller";
import { Checkpoints } from "../lambda/stream-checkpoints";
import { type StreamPoller, startStreamPoller } from "../lambda/stream-poller";
import { limitClock } from "../lib/clock";
import type { Services } from "../services/services";
import type { Store } from "../store/store";
import type { System } from "./system";

export interface EventSourcesOptions {
  readonly store: Store;
  readonly services: Services;
  readonly lambda: Lambda;
  readonly deliver: (functionArn: string) => Deliver;
  /** Divisor of the waits before retries. */
  readonly speed: number;
  readonly problem: (message: string) => void;
}

/** The function that a mapping gives events to, as it is when one comes. */
type Target = () => Promise<LambdaFunction | undefined>;

/** Event sources of functions: the pollers of queues and of tables' streams. */
export class EventSources {
  private queues: readonly (() => void)[] = [];
  private streams: readonly StreamPoller[] = [];
  private checkpoints: Checkpoints | undefined;

  constructor(private readonly options: EventSourcesOptions) {}

  /** Has these systems' sources run in place of those before. @throws UserError when a mapping's function is not there */
  replace(systems: readonly System[]): void {
    this.stop();
    // A stream is read in its order: the one that reads it has to be done with its batch.
    const ended = Promise.all(this.streams.map((stream) => stream.stop()));
    const { services, problem } = this.options;
    this.queues = systems.flatMap((system) =>
      system.queueSources.map((source) => startPoller({ source, services, fn: this.target(system, source), problem })),
    );
    this.streams = systems.flatMap((system) =>
      system.streamSources.map((source) =>
        startStreamPoller(
          { ...this.options, source, fn: this.target(system, source), checkpoints: this.kept(), clock: limitClock },
          ended,
        ),
      ),
    );
  }

  /** Whoever is at a batch ends it, or is ended with its function. */
  stop(): void {
    for (const stop of this.queues) stop();
    for (const stream of this.streams) void stream.stop();
  }

  /** How far streams have been read, for where there are any. @throws UserError when it is damaged */
  private kept(): Checkpoints {
    this.checkpoints ??= new Checkpoints(this.options.store.path("streams.log"));
    return this.checkpoints;
  }

  private target({ functions }: System, source: { readonly address: string; readonly functionName: string }): Target {
    const { address, functionName } = source;
    const target = functions.find(({ name }) => name === functionName);
    if (!target) throw new UserError(`${address}: function ${functionName} is not in the stack`);
    return () => this.options.lambda.current(target.arn);
  }
}
