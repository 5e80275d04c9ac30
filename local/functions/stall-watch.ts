/** How often it looks. */
const INTERVAL_MS = 100;

/**
 * Watches the memory of a thread that does not come round to report it: one that allocates buffers in an endless loop
 * would take all there is, and no limit of V8 holds it. What the whole process takes since the thread was last heard
 * of is then put down to it.
 *
 * @param pulse goes up whenever the thread comes round
 * @param limitBytes what it may take
 * @param tooMuch is called when it took more
 * @returns ends the watch
 */
export function watchStall(pulse: Int32Array, limitBytes: number, tooMuch: () => void): () => void {
  let [beat, bytes] = [Number.NaN, 0];
  const timer = setInterval(() => {
    const now = Atomics.load(pulse, 0);
    const taken = process.memoryUsage.rss();
    if (now !== beat) [beat, bytes] = [now, taken];
    else if (taken - bytes > limitBytes) tooMuch();
  }, INTERVAL_MS);
  timer.unref();
  return () => clearInterval(timer);
}
