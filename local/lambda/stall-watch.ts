import { monotonicNow } from "../lib/clock";

/** Interval of checks, in ms. */
const INTERVAL_MS = 100;

interface Watched {
  readonly pulse: Int32Array;
  readonly limitBytes: number;
  readonly tooMuch: () => void;
  beat: number;
  bytes: number;
}

const watched = new Set<Watched>();
let timer: NodeJS.Timeout | undefined;
let checkedAt = 0;

function check(): void {
  if (watched.size === 0) {
    clearInterval(timer);
    timer = undefined;
    return;
  }
  const taken = process.memoryUsage.rss();
  // A thread that a debugger has stopped does not come round either.
  const now = monotonicNow();
  const stands = now - checkedAt < INTERVAL_MS / 2;
  checkedAt = now;
  for (const one of watched) {
    const beat = Atomics.load(one.pulse, 0);
    if (beat !== one.beat || stands) [one.beat, one.bytes] = [beat, taken];
    else if (taken - one.bytes > one.limitBytes) one.tooMuch();
  }
}

/**
 * Watches the memory of a thread that does not return to its event loop to report it: one that allocates buffers in an endless loop
 * would take all there is, and no limit of V8 applies to it. All that the whole process has allocated since the
 * thread's last report is then attributed to it. One timer serves all: each call of a function is watched.
 *
 * @param pulse goes up whenever the thread comes round
 * @param limitBytes what it may take
 * @param tooMuch is called when it took more
 * @returns ends the watch
 */
export function watchStall(pulse: Int32Array, limitBytes: number, tooMuch: () => void): () => void {
  timer ??= setInterval(check, INTERVAL_MS).unref();
  const one: Watched = { pulse, limitBytes, tooMuch, beat: Number.NaN, bytes: 0 };
  watched.add(one);
  return () => watched.delete(one);
}
