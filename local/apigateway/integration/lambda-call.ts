import { limitClock } from "../../lib/clock";
import type { CallLimit, InvocationResult } from "../../lib/invocation";

/** How long the gateway waits for an invocation. */
export interface InvokeOptions extends CallLimit {
  /** Says that nobody waits any longer. A function at AWS would go on all the same. */
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
  /** The tracing header that the invocation carries. */
  readonly traceId: string;
}

/** Lambda, as the gateway needs it. */
export interface LambdaService {
  readonly invoke: (functionArn: string, payload: string, options: InvokeOptions) => Promise<InvocationResult>;
  /** Whether the function's policy lets this method of the API call it. */
  readonly permitted: (functionArn: string, sourceArn: string) => boolean;
  /** Milliseconds by a clock that nobody sets. */
  readonly now: () => number;
  /** Calls that are under way, to be ended with the gateway. */
  readonly pending: Set<PendingCall>;
}

/** One invocation. */
interface Call {
  readonly functionArn: string;
  readonly event: string;
  readonly timeoutMs: number;
  readonly traceId: string;
}

/** Result of a call: a response, a timeout, or a failure of the call itself. */
export type CallResult = InvocationResult | "timeout" | Error;

/** A call that is under way. Its signal is only made for those who listen: that costs as much as an event. */
export class PendingCall implements InvokeOptions {
  private endLimit = (): void => undefined;
  private isOver = false;
  private controller: AbortController | undefined;

  constructor(
    readonly timeoutMs: number,
    readonly traceId: string,
    private readonly onLimit: () => void,
  ) {
    this.restart();
  }

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
    this.endLimit = limitClock.after(this.timeoutMs, this.onLimit);
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

/** Invokes a function. @returns what became of it, and how long that took */
export function call(
  { functionArn, event, timeoutMs, traceId }: Call,
  { invoke, now, pending }: LambdaService,
): Promise<{ readonly result: CallResult; readonly latency: number }> {
  const startedAt = now();
  return new Promise((resolve) => {
    const close = (result: CallResult): void => {
      waiting.end();
      pending.delete(waiting);
      resolve({ result, latency: Math.round(now() - startedAt) });
    };
    const waiting = new PendingCall(timeoutMs, traceId, () => {
      close("timeout");
      waiting.abort();
    });
    pending.add(waiting);
    const failed = (error: unknown) => close(error instanceof Error ? error : new Error(String(error)));
    try {
      invoke(functionArn, event, waiting).then(close, failed);
    } catch (error) {
      failed(error);
    }
  });
}
