import { messageOf } from "../../lib/user-error";
import type { Clock } from "../lib/clock";
import { StorageError } from "./storage-error";
import { WriteLog } from "./write-log";

interface Count {
  readonly count: number;
}

/** A second before counts are tried again, then twice as long each time, up to a minute. */
const retryWaitMs = (failures: number): number => Math.min(1000 * 2 ** (failures - 1), 60_000);

export interface CountLogOptions {
  readonly clock: Clock;
  /** Says that counts can't be written. */
  readonly problem: (message: string) => void;
}

/**
 * Counts, such as those of quotas, that outlive the process. They are written in the turn of the event loop in which they change, so before what
 * a function says to the request is answered; requests that come together share a write. What can't be written now is
 * reported once, and tried again with each change, and without one after longer and longer waits.
 */
export class CountLog {
  private readonly log: WriteLog<Count>;
  private readonly counts: Map<string, number>;
  private readonly changed = new Set<string>();
  private scheduled = false;
  private failures = 0;
  private callOff = (): void => undefined;

  /** @throws UserError when the log is damaged; counts that can't be read begin anew, which is reported */
  constructor(
    path: string,
    private readonly options: CountLogOptions,
  ) {
    this.log = new WriteLog(path);
    this.counts = this.kept();
  }

  get(key: string): number | undefined {
    return this.counts.get(key);
  }

  set(key: string, count: number): void {
    this.counts.set(key, count);
    this.changed.add(key);
    if (this.scheduled) return;
    this.scheduled = true;
    setImmediate(() => this.write());
  }

  /** Writes what is not written yet. */
  close(): void {
    this.write();
    this.callOff();
    this.log.close();
  }

  private kept(): Map<string, number> {
    try {
      return new Map(this.log.read().map(({ key, item }) => [key, item?.count ?? 0]));
    } catch (error) {
      if (!(error instanceof StorageError)) throw error;
      this.options.problem(`quotas begin anew: ${error.message}`);
      return new Map();
    }
  }

  private write(): void {
    this.scheduled = false;
    this.callOff();
    try {
      for (const key of this.changed) {
        this.log.append({ table: "counts", key, item: { count: this.counts.get(key) ?? 0 } });
        this.changed.delete(key);
      }
      this.failures = 0;
    } catch (error) {
      this.failures += 1;
      this.retry(messageOf(error));
    }
  }

  private retry(reason: string): void {
    const { clock, problem } = this.options;
    if (this.failures === 1) problem(`quotas are counted, but not kept: ${reason}`);
    this.callOff = clock.after(retryWaitMs(this.failures), () => this.write());
  }
}
