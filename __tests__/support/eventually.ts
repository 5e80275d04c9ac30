/** Limit of a wait, in ms: far beyond the time that a busy machine needs. */
const AT_MOST_MS = 240_000;

/** Polls until there is a result. */
export async function eventually<T>(find: () => T | undefined | Promise<T | undefined>): Promise<T> {
  const end = performance.now() + AT_MOST_MS;
  do {
    const found = await find();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 10));
  } while (performance.now() < end);
  throw new Error(`it did not happen within four minutes: ${find}`);
}

/** Polls until a value is accepted, or the time is over; returns the last value. */
export async function until<T>(poll: () => Promise<T>, accepts: (seen: T) => boolean): Promise<T> {
  let last: T | undefined;
  const accepted = async () => {
    last = await poll();
    return accepts(last) ? { seen: last } : undefined;
  };
  return eventually(accepted).then(
    ({ seen }) => seen,
    (error: unknown) => {
      if (last === undefined) throw error;
      return last;
    },
  );
}
