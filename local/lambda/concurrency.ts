/** Executions at once in a region of an account (Lambda developer guide, Lambda quotas, Compute and storage). */
export const ACCOUNT_CONCURRENCY = 1000;

/** Executions at once that one function has reserved, or all share that have reserved none. */
export class Concurrency {
  private used = 0;

  constructor(private readonly limit: () => number) {}

  /** Takes one, if one is left. */
  take(): boolean {
    if (this.used >= this.limit()) return false;
    this.used += 1;
    return true;
  }

  giveBack(): void {
    this.used -= 1;
  }
}

/** A function's own, where it has reserved some; else what it shares with the others. */
export const concurrencyOf = (reserved: number | undefined, unreserved: Concurrency): Concurrency =>
  reserved === undefined ? unreserved : new Concurrency(() => reserved);
