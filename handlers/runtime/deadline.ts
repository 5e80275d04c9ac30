import { AsyncLocalStorage } from "node:async_hooks";
import { Unavailable } from "./errors";

interface Scope {
  /** Milliseconds since 1970. */
  readonly endsAt: number;
  readonly signal: AbortSignal;
}

/** Kept with the work and not with the process: a call that was given up, and is tried again later, is still over. */
const scopes = new AsyncLocalStorage<Scope>();

/** Aborts when the time of the innermost {@link bounded} is over. */
export const deadlineSignal = (): AbortSignal | undefined => scopes.getStore()?.signal;

/** How long an inner bound ends before its outer one, so that its failure can still be dealt with. */
const INNER_MARGIN_MS = 50;

/**
 * Gives work a limited time: AWS calls made in it are aborted when it is over, and whatever else it waits for (the
 * pause before a retry) is no longer waited for. An inner bound never outlives the outer one.
 *
 * @throws Unavailable when the time is over
 */
export async function bounded<T>(milliseconds: number, work: () => Promise<T>): Promise<T> {
  const outer = scopes.getStore();
  const available = outer ? Math.min(milliseconds, outer.endsAt - Date.now() - INNER_MARGIN_MS) : milliseconds;
  if (available <= 0) throw new Unavailable();
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      // Rejected before the abort, which makes the work fail in its own words.
      reject(new Unavailable());
      controller.abort();
    }, available);
  });
  try {
    const scope = { endsAt: Date.now() + available, signal: controller.signal };
    return await Promise.race([scopes.run(scope, work), over]);
  } finally {
    clearTimeout(timer);
  }
}
