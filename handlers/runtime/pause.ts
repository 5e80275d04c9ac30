/** Lets one thing through in a time, and counts what comes meanwhile. */
export interface Pause {
  /** How many were held back since the last one; `undefined` where this one is to be held back, too. */
  pass(): number | undefined;
  /** Lets the next one through: this one has come to nothing. */
  reopen(): void;
}

/**
 * A pause after each thing that is let through.
 *
 * @param now milliseconds of a clock that nobody sets
 */
export function pauseOf(milliseconds: number, now: () => number = () => performance.now()): Pause {
  let until = Number.NEGATIVE_INFINITY;
  let heldBack = 0;
  return {
    pass: () => {
      if (now() < until) {
        heldBack += 1;
        return undefined;
      }
      until = now() + milliseconds;
      const before = heldBack;
      heldBack = 0;
      return before;
    },
    reopen: () => {
      until = Number.NEGATIVE_INFINITY;
    },
  };
}
