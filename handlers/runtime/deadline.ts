import type { Context } from "aws-lambda";
import { workingTimeMs } from "../../contracts/time-limits";
import { DeadlineExceeded, Unavailable } from "./errors";

interface Scope {
  /** By the clock that nobody sets. */
  readonly endsAt: number;
  readonly signal: AbortSignal;
}

/** Invocations that have time left; in Lambda there is one at a time. */
const invocations: Scope[] = [];

const current = (): Scope | undefined => invocations.at(-1);

/**
 * Aborts when the invocation's time is over. Taken when a call is made and kept with it, so that a call that was given
 * up is not tried again later, when another invocation may have begun.
 *
 * @throws Unavailable outside of invocations: what still goes on then was given up
 */
export function deadlineSignal(): AbortSignal {
  const scope = current();
  if (!scope) throw new Unavailable();
  return scope.signal;
}

/** Difference between an inner deadline and its outer one, so that its failure can still be handled. */
const INNER_MARGIN_MS = 50;

async function within<T>(milliseconds: number, work: (scope: Scope) => Promise<T>): Promise<T> {
  const outOfTime = () => new Unavailable({ cause: new DeadlineExceeded(Math.max(0, milliseconds)) });
  if (milliseconds <= 0) throw outOfTime();
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      // Rejected before the abort, which makes the work fail in its own words.
      reject(outOfTime());
      controller.abort();
    }, milliseconds);
  });
  try {
    return await Promise.race([work({ endsAt: performance.now() + milliseconds, signal: controller.signal }), over]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Gives an invocation its time: AWS calls made in it are aborted when it is over, and whatever else it waits for (the
 * pause before a retry) is no longer waited for.
 *
 * @throws Unavailable when the time is over
 */
export const withDeadline = <T>(milliseconds: number, work: () => Promise<T>): Promise<T> =>
  within(milliseconds, async (scope) => {
    invocations.push(scope);
    try {
      return await work();
    } finally {
      invocations.splice(invocations.indexOf(scope), 1);
    }
  });

/**
 * Gives a part of an invocation less time. The signal goes into the calls that it makes: `client.send(command, {
 * abortSignal })`. It never outlives the invocation.
 *
 * @throws Unavailable when the time is over
 *
 * @example
 * const items = await bounded(500, (abortSignal) => client.send(new GetCommand(input), { abortSignal }));
 */
export function bounded<T>(milliseconds: number, work: (abortSignal: AbortSignal) => Promise<T>): Promise<T> {
  const outer = current();
  const available = outer ? Math.min(milliseconds, outer.endsAt - performance.now() - INNER_MARGIN_MS) : milliseconds;
  return within(available, ({ signal }) => work(signal));
}

/** Working time of an invocation, in milliseconds. */
export const workingTime = (context: Context): number => workingTimeMs(context.getRemainingTimeInMillis());
