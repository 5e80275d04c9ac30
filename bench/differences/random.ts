/** Pseudorandom numbers by a seed. (xorshift, 32 bits) */
export class Random {
  private state: number;

  constructor(seed: number) {
    this.state = seed || 1;
  }

  /** A whole number from 0 on, less than this. */
  below(limit: number): number {
    this.state ^= this.state << 13;
    this.state ^= this.state >>> 17;
    this.state ^= this.state << 5;
    return (this.state >>> 0) % limit;
  }

  /** Whether something happens that does so once in so many times. */
  once(times: number): boolean {
    return this.below(times) === 0;
  }

  of<T>(choices: readonly T[]): T {
    const chosen = choices[this.below(choices.length)];
    if (chosen === undefined) throw new Error("there is nothing to choose from");
    return chosen;
  }

  /** Between none and so many. */
  list<T>(most: number, element: () => T): T[] {
    return Array.from({ length: this.below(most + 1) }, element);
  }
}
