/** Results kept at once; at AWS nobody says how many. */
const CAPACITY = 10_000;

/** Results of an authorizer by what identifies a caller, each for its time; what was kept first goes first. */
export class Results<Result> {
  private readonly kept = new Map<string, { readonly result: Result; readonly expiresAt: number }>();

  constructor(private readonly ttlSeconds: number) {}

  find(key: string, now: number): Result | undefined {
    const found = this.kept.get(key);
    if (!found || now < found.expiresAt) return found?.result;
    this.kept.delete(key);
    return undefined;
  }

  keep(key: string, result: Result, now: number): void {
    if (this.ttlSeconds === 0) return;
    this.kept.delete(key);
    this.kept.set(key, { result, expiresAt: now + this.ttlSeconds * 1000 });
    const [eldest] = this.kept.size > CAPACITY ? this.kept.keys() : [];
    if (eldest !== undefined) this.kept.delete(eldest);
  }
}
