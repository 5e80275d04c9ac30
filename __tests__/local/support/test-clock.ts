import type { Clock } from "../../../local/lib/clock";

/** A clock that stands still until it is turned. */
export class TestClock implements Clock {
  private time = 0;
  private readonly timers = new Set<{ readonly at: number; readonly then: () => void }>();

  now(): number {
    return this.time;
  }

  after(milliseconds: number, then: () => void): () => void {
    const timer = { at: this.time + milliseconds, then };
    this.timers.add(timer);
    return () => this.timers.delete(timer);
  }

  /** Whether anything is still to come. */
  get idle(): boolean {
    return this.timers.size === 0;
  }

  /** Turns it on, and does what is due on the way, each thing at its time. */
  async turnTo(time: number): Promise<void> {
    for (;;) {
      await settled();
      const [next] = [...this.timers].filter(({ at }) => at <= time).sort((one, other) => one.at - other.at);
      if (!next) break;
      this.timers.delete(next);
      this.time = Math.max(this.time, next.at);
      next.then();
    }
    this.time = time;
  }
}

/** Lets everything that is ready run. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
