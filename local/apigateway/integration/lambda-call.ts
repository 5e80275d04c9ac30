import { limitClock } from "../../lib/clock";
import type { InvocationResult } from "../../lib/invocation";

/** How long the gateway waits for an invocation. */
export interface InvokeOptions {
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
  endLimit = (): void => undefined;
  private controller: AbortController | undefined;

  constructor(
    readonly timeoutMs: number,
    readonly traceId: string,
  ) {}

  get signal(): AbortSignal {
    this.controller ??= new AbortController();
    return this.controller.signal;
  }

  /** Aborts the signal, and waits no longer. */
  abort(): void {
    this.endLimit();
    this.controller?.abort();
  }
}

/** Invokes a function. @returns what became of it, and how long that took */
export function call(
  { functionArn, event, timeoutMs, traceId }: Call,
  { invoke, now, pending }: LambdaService,
): Promise<{ readonly result: CallResult; readonly latency: number }> {
  const waiting = new PendingCall(timeoutMs, traceId);
  const startedAt = now();
  return new Promise((resolve) => {
    const close = (result: CallResult): void => {
      waiting.endLimit();
      pending.delete(waiting);
      resolve({ result, latency: Math.round(now() - startedAt) });
    };
    waiting.endLimit = limitClock.after(timeoutMs, () => {
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
