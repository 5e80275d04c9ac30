/** Time as parts of the runner see it, so that a test need not wait for minutes. */
export interface Clock {
  now(): number;
  /** Runs something later. @returns a way to call it off */
  after(milliseconds: number, then: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  after: (milliseconds, then) => {
    const timer = setTimeout(then, milliseconds);
    return () => clearTimeout(timer);
  },
};
