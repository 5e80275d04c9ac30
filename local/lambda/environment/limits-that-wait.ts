import { Socket } from "node:net";
import timers from "node:timers";
import promises from "node:timers/promises";
import { promisify } from "node:util";
import { monotonicNow } from "../../lib/clock";
import { lastStandstill } from "../../lib/standstill";

/** Node.js has none shorter. */
const SHORTEST_MS = 1;

const { setTimeout: set } = timers;

function setTimeoutThatWaits<Values extends unknown[]>(
  then: (...values: Values) => void,
  milliseconds = SHORTEST_MS,
  ...values: Values
): NodeJS.Timeout {
  if (typeof then !== "function") return set(then, milliseconds, ...values);
  const due = monotonicNow() + Math.max(SHORTEST_MS, Number(milliseconds) || SHORTEST_MS);
  const timer = set(() => {
    const rest = due - monotonicNow();
    // The next start takes what it finds there; as a new timer it would not be the one that was returned.
    if (rest > 0) Object.assign(timer, { _idleTimeout: Math.ceil(rest) }).refresh();
    else then.apply(timer, values);
  }, milliseconds);
  return timer;
}

async function pauseThatWaits<Value>(
  milliseconds = SHORTEST_MS,
  value?: Value,
  options?: Parameters<typeof promises.setTimeout>[2],
): Promise<Value | undefined> {
  const due = monotonicNow() + milliseconds;
  let rest = milliseconds;
  do {
    await pause(rest, undefined, options);
    rest = Math.max(due - monotonicNow(), 0);
  } while (rest > 0);
  return value;
}
const pause = promises.setTimeout;

/** A signal as `AbortSignal.timeout` makes it. */
function signalAfter(milliseconds: number): AbortSignal {
  const controller = new AbortController();
  const message = "The operation was aborted due to timeout";
  setTimeoutThatWaits(() => controller.abort(new DOMException(message, "TimeoutError")), milliseconds).unref();
  return controller.signal;
}

/** A connection that was silent because nobody was there to speak begins its time anew. */
function waitOnSockets(): void {
  const timedOut: unknown = Reflect.get(Socket.prototype, "_onTimeout");
  if (typeof timedOut !== "function") return;
  Object.assign(Socket.prototype, {
    _onTimeout(this: Socket) {
      const { timeout = 0 } = this;
      if (monotonicNow() - lastStandstill() < timeout) this.setTimeout(timeout);
      else timedOut.call(this);
    },
  });
}

/** Has the thread's timers, and with them the limits of what it calls, wait while a debugger has stopped a function. */
export function letLimitsWait(): void {
  const waiting = Object.assign(setTimeoutThatWaits, { [promisify.custom]: pauseThatWaits });
  Object.assign(globalThis, { setTimeout: waiting });
  Object.assign(timers, { setTimeout: waiting });
  Object.assign(promises, { setTimeout: pauseThatWaits });
  Object.assign(AbortSignal, { timeout: signalAfter });
  waitOnSockets();
}
