import { limitClock } from "../../lib/clock";
import type { CallLimit } from "../../lib/invocation";

/** Timeout of a call of an integration, in milliseconds, and its tracing header. */
interface CallOptions {
  readonly timeoutMs: number;
  readonly traceId: string;
}

/** A call that is under way. Its signal is only made for those who listen: that costs as much as an event. */
export class PendingCall implements CallLimit {
  private endLimit = (): void => undefined;
  private isOver = false;
  private controller: AbortController | undefined;

  constructor(
    private readonly options: CallOptions,
    private readonly onLimit: () => void,
  ) {
    this.restart();
  }

  get traceId(): string {
    return this.options.traceId;
  }

  /** Says that nobody waits any longer. A function at AWS would go on all the same. */
  get signal(): AbortSignal {
    this.controller ??= new AbortController();
    return this.controller.signal;
  }

  stop(): void {
    this.endLimit();
  }

  restart(): void {
    if (this.isOver) return;
    this.endLimit();
    this.endLimit = limitClock.after(this.options.timeoutMs, this.onLimit);
  }

  /** Waits no longer. */
  end(): void {
    this.isOver = true;
    this.endLimit();
  }

  /** Aborts the signal, and waits no longer. */
  abort(): void {
    this.end();
    this.controller?.abort();
  }
}

/** The part of the gateway that calls use. */
export interface CallContext {
  /** Milliseconds by a clock that nobody sets. */
  readonly now: () => number;
  /** Calls that are under way, to be ended with the gateway. */
  readonly pending: Set<PendingCall>;
}

/** Result of a call: a response, a timeout, or a failure of the call itself. */
export type CallResult<Response> = Response | "timeout" | Error;

/** Makes a call, for as long as it may take. @returns its result, and how long that took */
export function limitedCall<Response>(
  start: (call: PendingCall) => Promise<Response>,
  options: CallOptions,
  { now, pending }: CallContext,
): Promise<{ readonly result: CallResult<Response>; readonly latency: number }> {
  const startedAt = now();
  return new Promise((resolve) => {
    const close = (result: CallResult<Response>): void => {
      call.end();
      pending.delete(call);
      resolve({ result, latency: Math.round(now() - startedAt) });
    };
    const call = new PendingCall(options, () => {
      close("timeout");
      call.abort();
    });
    pending.add(call);
    const failed = (error: unknown) => close(error instanceof Error ? error : new Error(String(error)));
    try {
      start(call).then(close, failed);
    } catch (error) {
      failed(error);
    }
  });
}
