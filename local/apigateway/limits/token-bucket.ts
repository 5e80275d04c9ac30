import { apiGatewayLimits } from "../../../aws/limits";
/** A bucket of at most `burst` tokens and gets `rate` new ones a second; each request takes one. */
export class TokenBucket {
  private tokens: number;
  private filledAt: number | undefined;

  constructor(
    private readonly rate: number,
    private readonly burst: number,
  ) {
    this.tokens = burst;
  }

  /** Takes a token if there is one. @param now - in milliseconds */
  take(now: number): boolean {
    const elapsed = now - (this.filledAt ?? now);
    this.filledAt = now;
    // A clock that is set back fills nothing.
    if (elapsed > 0) this.tokens = Math.min(this.burst, this.tokens + (elapsed * this.rate) / 1000);
    if (this.tokens < 1) return false;
    this.tokens -= 1;
    return true;
  }
}

/**
 * A bucket for limits as Terraform writes them, where -1 is none; undefined if neither is set: the one that is not is the
 * account's.
 */
export function bucketFor(rate: number | undefined, burst: number | undefined): TokenBucket | undefined {
  const set = (limit: number | undefined) => (limit !== undefined && limit >= 0 ? limit : undefined);
  if (set(rate) === undefined && set(burst) === undefined) return undefined;
  return new TokenBucket(set(rate) ?? apiGatewayLimits.requestsPerSecond, set(burst) ?? apiGatewayLimits.burst);
}
