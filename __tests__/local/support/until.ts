/** Looks again and again until what is seen holds, or the time is over; gives what was seen last. */
export async function until<T>(look: () => Promise<T>, holds: (seen: T) => boolean, milliseconds = 15_000): Promise<T> {
  const end = Date.now() + milliseconds;
  for (;;) {
    const seen = await look();
    if (holds(seen) || Date.now() > end) return seen;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
