import type { Clock } from "../../lib/clock";

/** Editors write a file in several steps; what comes in so short a time is one save. */
export const SETTLE_MS = 20;

/** While saves go on, the next build waits until none came for so long … */
export const QUIET_MS = 100;

/** … but not longer than this. */
export const LONGEST_WAIT_MS = 1000;

/** The builder is disposed of after so many ms without a save. */
const IDLE_MS = 20_000;

interface Pending {
  /** When the first file was touched that no build has yet, and the last one. */
  readonly since: number;
  readonly last: number;
  /** Whether it came by itself: no build was under way, and nothing was touched just before. */
  readonly alone: boolean;
}

/** When the build of what is pending is due. */
const dueAt = ({ since, last, alone }: Pending): number =>
  alone ? since + SETTLE_MS : Math.min(last + QUIET_MS, since + LONGEST_WAIT_MS);

export interface BuildScheduleOptions {
  readonly clock: Clock;
  /** Builds what was touched until now. Must settle. */
  readonly build: () => Promise<void>;
  /** Lets go of what builds need; nothing builds meanwhile. Must settle. */
  readonly idle: () => Promise<void>;
}

/**
 * Decides when to build: the first save at once, while more come after a pause or a second, and one build at a time. What
 * is touched is built by a build that begins afterwards, whatever happens to the one that is under way.
 */
export class BuildSchedule {
  private pending: Pending | undefined;
  private lastTouch = Number.NEGATIVE_INFINITY;
  private busy = true;
  private closed = false;
  private callOff: () => void = () => undefined;

  constructor(private readonly options: BuildScheduleOptions) {}

  /** Builds from now on; what was touched before, too. */
  begin(): void {
    this.busy = false;
    this.arm();
  }

  /** Something was saved. */
  touch(): void {
    const now = this.options.clock.now();
    const { since = now, alone = !this.busy && now - this.lastTouch >= QUIET_MS } = this.pending ?? {};
    this.pending = { since, last: now, alone };
    this.lastTouch = now;
    if (!this.busy) this.arm();
  }

  /** Builds nothing any more. */
  close(): void {
    this.closed = true;
    this.callOff();
  }

  private arm(): void {
    if (this.closed) return;
    const { clock, build, idle } = this.options;
    this.callOff();
    this.callOff = this.pending
      ? clock.after(Math.max(0, dueAt(this.pending) - clock.now()), () => {
          this.pending = undefined;
          void this.during(build);
        })
      : clock.after(IDLE_MS, () => void this.during(idle, false));
  }

  /** @param again whether to wait for the next idle time afterwards */
  private async during(work: () => Promise<void>, again = true): Promise<void> {
    this.busy = true;
    try {
      await work();
    } finally {
      this.busy = false;
      if (again || this.pending) this.arm();
    }
  }
}
