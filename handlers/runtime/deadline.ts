import { Unavailable } from "./errors";

interface Scope {
  /** Milliseconds since 1970. */
  readonly endsAt: number;
  readonly signal: AbortSignal;
}

/** The innermost bound. Lambda gives an environment one request at a time, so there is one at most. */
let current: Scope | undefined;

/** Aborts when the time of the innermost {@link bounded} is over. */
export const deadlineSignal = (): AbortSignal | undefined => current?.signal;

/** How long an inner bound ends before its outer one, so that its failure can still be dealt with. */
const INNER_MARGIN_MS = 50;

async function run<T>(outer: Scope | undefined, milliseconds: number, work: () => Promise<T>): Promise<T> {
  const available = outer ? Math.min(milliseconds, outer.endsAt - Date.now() - INNER_MARGIN_MS) : milliseconds;
  if (available <= 0) throw new Unavailable();
  const controller = new AbortController();
  const scope = { endsAt: Date.now() + available, signal: controller.signal };
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      // Rejected before the abort, which makes the work fail in its own words.
      reject(new Unavailable());
      controller.abort();
    }, available);
  });
  current = scope;
  try {
    return await Promise.race([work(), over]);
  } finally {
    clearTimeout(timer);
    // Work that was given up ends when it ends, perhaps during the next invocation, whose bound this is not.
    if (current === scope) current = outer;
  }
}

/**
 * Gives an invocation a limited time: AWS calls made in it are aborted when it is over, and whatever else it waits for
 * (the pause before a retry) is no longer waited for.
 *
 * @throws Unavailable when the time is over
 */
export const boundedInvocation = <T>(milliseconds: number, work: () => Promise<T>): Promise<T> =>
  run(undefined, milliseconds, work);

/** The same for a part of an invocation, which never outlives the whole. */
export const bounded = <T>(milliseconds: number, work: () => Promise<T>): Promise<T> =>
  run(current, milliseconds, work);
