/**
 * Milliseconds by a clock that only goes forward, evenly, whatever is done to the system's. Its zero means nothing; all
 * threads of a process share it.
 */
export function monotonicNow(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1000 + nanoseconds / 1e6;
}

const offset = Date.now() - performance.now();

/**
 * Milliseconds since 1970 as the system had them when this thread began, and evenly on from there. For whatever lasts
 * (TTLs, throttles, visibility, retries): a system's clock that is set back or forth makes none of them longer or shorter.
 */
export const steadyNow = (): number => offset + performance.now();

/** Time as parts of the runner see it, so that a test need not wait for minutes. */
export interface Clock {
  now(): number;
  /** Runs something later. @returns a way to call it off */
  after(milliseconds: number, then: () => void): () => void;
}

export const systemClock: Clock = {
  now: steadyNow,
  after: (milliseconds, then) => {
    const timer = setTimeout(then, milliseconds);
    return () => clearTimeout(timer);
  },
};
