import { WriteLog } from "./write-log";

/** Lines after which a log is written anew: a count is one line, however often it has changed. */
const LONGEST = 10_000;

/**
 * Counts, such as those of quotas, that outlive the process. They are written in the turn of the event loop in which they change, so before what
 * a function says to the request is answered; requests that come together share a write.
 */
export class CountLog {
  private readonly log: WriteLog<{ readonly count: number }>;
  private readonly counts: Map<string, number>;
  private readonly changed = new Set<string>();
  private lines: number;

  /** @throws UserError when the log is damaged */
  constructor(path: string) {
    this.log = new WriteLog(path);
    const { entries, lines } = this.log.read();
    this.counts = new Map(entries.map(({ key, item }) => [key, item?.count ?? 0]));
    this.lines = lines;
  }

  get(key: string): number | undefined {
    return this.counts.get(key);
  }

  set(key: string, count: number): void {
    this.counts.set(key, count);
    if (this.changed.size === 0) setImmediate(() => this.write());
    this.changed.add(key);
  }

  /** Writes what is not written yet. */
  close(): void {
    this.write();
    this.log.close();
  }

  private write(): void {
    for (const key of this.changed) this.log.append(this.entry(key));
    this.lines += this.changed.size;
    this.changed.clear();
    if (this.lines <= LONGEST) return;
    this.log.rewrite([...this.counts.keys()].map((key) => this.entry(key)));
    this.lines = this.counts.size;
  }

  private entry(key: string) {
    return { table: "counts", key, item: { count: this.counts.get(key) ?? 0 } };
  }
}
