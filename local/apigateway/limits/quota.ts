/** Storage of counts that outlives the process. Called for every counted request, so it has to be fast. */
export interface QuotaStore {
  get(key: string): number | undefined;
  set(key: string, used: number): void;
}

/** A quota of a usage plan. */
interface QuotaLimit {
  readonly limit: number;
  readonly period: string;
}

const dayMs = 86_400_000;

/** The first day of the period, in UTC: `2024-05-01`. Weeks begin on Monday. @param now - in milliseconds */
function periodStart(period: string, now: number): string {
  const today = new Date(now).toISOString().slice(0, 10);
  if (period === "MONTH") return `${today.slice(0, 7)}-01`;
  if (period === "DAY") return today;
  const sinceMonday = (new Date(now).getUTCDay() + 6) % 7;
  return new Date(now - sinceMonday * dayMs).toISOString().slice(0, 10);
}

/** Counts what the holder of one key has used in the period that is running. */
export class Quota {
  private period = "";
  private used = 0;
  private nextDay = 0;

  /** @param name - of the plan and the key, for the store */
  constructor(
    private readonly name: string,
    private readonly quota: QuotaLimit,
    private readonly store: QuotaStore,
  ) {}

  /** Counts a request, unless the quota is used up. */
  take(now: number): boolean {
    // A clock that is set back does not bring back what was used up.
    if (now >= this.nextDay) this.turn(now);
    if (this.used >= this.quota.limit) return false;
    this.used += 1;
    this.store.set(`${this.name}/${this.period}`, this.used);
    return true;
  }

  private turn(now: number): void {
    this.nextDay = (Math.floor(now / dayMs) + 1) * dayMs;
    const period = periodStart(this.quota.period, now);
    if (period === this.period) return;
    this.period = period;
    this.used = this.store.get(`${this.name}/${period}`) ?? 0;
  }
}
