import { randomUUID } from "node:crypto";
import { wordsOf } from "../../lib/user-error";
import type { Clock } from "../lib/clock";
import type { InvocationResult } from "../lib/invocation";
import type { EventInvokeConfig } from "../read/event-invoke-config";
import { WriteLog } from "../store/write-log";
import { deadLetterAttributes, type EventOutcome, invocationRecord } from "./event-outcome";
import type { LambdaFunction } from "./lambda-function";

/**
 * Puts a text into a queue, topic or function, as Lambda does with the function's role. Rejects when it may work later; what
 * would be refused again is reported and dropped.
 */
export type Deliver = (
  targetArn: string,
  body: string,
  attributes: Readonly<Record<string, { DataType: string; StringValue: string }>>,
) => Promise<void>;

/** Lambda waits about so long before the second and the third attempt. */
const RETRY_WAITS_MS = [60_000, 120_000];

/** Wait of a throttled event, in milliseconds: a second, then twice as long each time, up to five minutes. */
const throttleWaitMs = (times: number): number => Math.min(1000 * 2 ** (times - 1), 300_000);

/** A second before a delivery is tried again, then twice as long each time, up to a minute. */
const deliveryWaitMs = (times: number): number => Math.min(1000 * 2 ** (times - 1), 60_000);

type Delivery = Readonly<Parameters<Deliver>>;

/** Whose events these are, and what is done with them. */
interface Target {
  readonly fn: LambdaFunction;
  readonly config: EventInvokeConfig;
}

export interface AsyncOptions {
  /** Path of the log of events that are not completed. */
  readonly path: string;
  readonly clock: Clock;
  /** The function of an ARN that may name a version or an alias, as long as there is one. */
  readonly target: (functionArn: string) => Target | undefined;
  /** A promise that calls of a function wait for, if any. */
  readonly paused?: (functionArn: string) => Promise<unknown> | undefined;
  readonly deliver: (functionArn: string) => Deliver;
  /** Divisor of the waits between attempts, so that a laptop need not wait for minutes. */
  readonly speed: number;
  /** Says that events can't be kept any more, for example because the disk is full. */
  readonly problem: (message: string) => void;
}

/** An event that was accepted, with what became of it so far. */
interface AcceptedEvent {
  /** As it was called. */
  readonly functionArn: string;
  readonly requestId: string;
  /** The tracing header of the call: each attempt is part of the same trace. */
  readonly traceHeader?: string;
  readonly payload: string;
  readonly failures: number;
  readonly throttles: number;
  /** The start of its age: earlier than it was by as much as waits were shortened. */
  readonly acceptedAt: number;
  /** When the next attempt is to be made. */
  readonly dueAt: number;
}

/**
 * Events that nobody waits for: tried again, and in the end delivered to where failures go. Each is written down before
 * it is acknowledged and until it is done with, so that the next process goes on with it; an attempt or a delivery that
 * was cut off is made again.
 */
export class AsyncInvocations {
  private readonly log: WriteLog<AcceptedEvent>;
  /** Those whose function is not there. */
  private parked: AcceptedEvent[] = [];
  private stopped = false;

  /** @throws UserError when what was kept is damaged */
  constructor(private readonly options: AsyncOptions) {
    this.log = new WriteLog(options.path);
    this.parked = this.log.read().flatMap(({ item }) => item ?? []);
  }

  /** Takes an event on; what becomes of it comes later. @returns whether there is such a function */
  accept(functionArn: string, payload: string, traceHeader?: string): boolean {
    if (!this.options.target(functionArn)) return false;
    const now = this.options.clock.now();
    const traced = traceHeader === undefined ? {} : { traceHeader };
    const fresh = { functionArn, requestId: randomUUID(), payload, ...traced, failures: 0, throttles: 0 };
    const event = { ...fresh, acceptedAt: now, dueAt: now };
    this.keep(event, event);
    this.begin(event);
    return true;
  }

  /** Goes on with the events whose function is there by now, such as those that an earlier process has left. */
  resume(): void {
    for (const event of this.parked.splice(0)) this.schedule(event);
  }

  /** Leaves everything for the next process. */
  stop(): void {
    this.stopped = true;
  }

  private schedule(event: AcceptedEvent): void {
    const { clock } = this.options;
    clock.after(Math.max(0, event.dueAt - clock.now()), () => this.begin(event));
  }

  private begin(event: AcceptedEvent): void {
    // A fault of the runner itself: the next process tries the event again.
    this.attempt(event).catch((error: unknown) => this.report(event, error));
  }

  private report({ functionArn }: AcceptedEvent, error: unknown): void {
    this.options.problem(`an event of ${functionArn}: ${wordsOf(error)}`);
  }

  private async attempt(event: AcceptedEvent): Promise<void> {
    await this.options.paused?.(event.functionArn);
    if (this.stopped) return;
    const { functionArn, requestId, payload, traceHeader: traceId, failures, throttles } = event;
    const target = this.options.target(functionArn);
    if (!target) return void this.parked.push(event);
    if (target.fn.definition.reservedConcurrency === 0) {
      // It could not start before somebody changes that: it is not kept, or tried at all.
      const result: InvocationResult = { payload: "", throttled: "function" };
      return this.end(target, event, { condition: "ZeroReservedConcurrency", attempts: failures, result });
    }
    const result = await target.fn.invoke(payload, { requestId, invokedArn: functionArn, traceId });
    // Cut off rather than failed.
    if (this.stopped) return;
    if (result.throttled) {
      const next = { ...event, throttles: throttles + 1 };
      return this.again(target, { event: next, result, waitMs: throttleWaitMs(next.throttles) });
    }
    if (!result.functionError) return this.end(target, event, { condition: "Success", attempts: failures + 1, result });
    const next = { ...event, failures: failures + 1 };
    if (next.failures > target.config.maximumRetryAttempts) {
      return this.end(target, next, { condition: "RetriesExhausted", attempts: next.failures, result });
    }
    return this.again(target, { event: next, result, waitMs: RETRY_WAITS_MS[failures] ?? 0 });
  }

  private async again(
    target: Target,
    { event, result, waitMs }: { event: AcceptedEvent; result: InvocationResult; waitMs: number },
  ): Promise<void> {
    const { clock, speed } = this.options;
    const now = clock.now();
    if (now - event.acceptedAt + waitMs >= target.config.maximumEventAgeSeconds * 1000) {
      return this.end(target, event, { condition: "EventAgeExceeded", attempts: event.failures, result });
    }
    const shortened = waitMs / speed;
    const next = { ...event, acceptedAt: event.acceptedAt - (waitMs - shortened), dueAt: now + shortened };
    try {
      this.keep(next, next);
    } catch (error) {
      // It is kept as it was, and goes on.
      this.report(next, error);
    }
    this.schedule(next);
  }

  private async end(
    { fn, config }: Target,
    event: AcceptedEvent,
    how: Pick<EventOutcome, "condition" | "attempts" | "result">,
  ): Promise<void> {
    const { definition } = fn;
    const outcome = { ...event, ...how };
    const destination = how.condition === "Success" ? config.onSuccess : config.onFailure;
    const deliveries: Delivery[] = [];
    if (destination !== undefined) deliveries.push([destination, invocationRecord(definition, outcome), {}]);
    if (how.condition !== "Success" && definition.deadLetterArn !== undefined) {
      deliveries.push([definition.deadLetterArn, event.payload, deadLetterAttributes(outcome)]);
    }
    await this.deliver(event, definition.arn, deliveries);
  }

  /** Makes each delivery, however often it takes: the services may be on their way up again. */
  private async deliver(event: AcceptedEvent, functionArn: string, deliveries: readonly Delivery[]): Promise<void> {
    const deliver = this.options.deliver(functionArn);
    const [next, ...others] = deliveries;
    for (let times = 1; next && !this.stopped; times += 1) {
      const error = await deliver(...next).then(
        () => undefined,
        (reason: unknown) => reason ?? "for no reason",
      );
      if (error === undefined) return this.deliver(event, functionArn, others);
      if (times === 1) this.report(event, error);
      await this.wait(deliveryWaitMs(times) / this.options.speed);
    }
    if (!next) this.keep(event, null);
  }

  private wait(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      this.options.clock.after(milliseconds, resolve);
    });
  }

  private keep({ functionArn, requestId }: AcceptedEvent, item: AcceptedEvent | null): void {
    this.log.append({ table: functionArn, key: requestId, item });
  }
}
