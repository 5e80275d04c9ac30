/** Limit of a wait, in ms: far beyond the time that a busy machine needs. */
const AT_MOST_MS = 240_000;

/** Looks again and again until it finds something. */
export async function eventually<T>(find: () => T | undefined | Promise<T | undefined>): Promise<T> {
  const end = performance.now() + AT_MOST_MS;
  do {
    const found = await find();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 10));
  } while (performance.now() < end);
  throw new Error(`it did not happen within four minutes: ${find}`);
}

/** Looks again and again until what is seen holds, or the time is over; gives what was seen last. */
export async function until<T>(look: () => Promise<T>, holds: (seen: T) => boolean): Promise<T> {
  let last: T | undefined;
  const held = async () => {
    last = await look();
    return holds(last) ? { seen: last } : undefined;
  };
  return eventually(held).then(
    ({ seen }) => seen,
    (error: unknown) => {
      if (last === undefined) throw error;
      return last;
    },
  );
}
