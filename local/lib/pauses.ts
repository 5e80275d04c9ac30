import type { Clock } from "./clock";

/** Longest wait of calls for a build, in ms. */
export const LONGEST_PAUSE_MS = 10_000;

/** The name that stands for all others. */
export const everything = "*";

interface Pause {
  readonly ended: Promise<void>;
  readonly end: () => void;
}

export interface PausesOptions {
  readonly clock: Clock;
  /** Says that the limit has come before the end. @param name - what was paused */
  readonly onLimit: (name: string) => void;
}

/** Pauses of calls by name, for functions that are being built, or for everything. None lasts beyond a limit. */
export class Pauses {
  private readonly paused = new Map<string, Pause>();

  constructor(private readonly options: PausesOptions) {}

  /** Lets calls wait from now on; what is paused already stays so, and its limit where it was. */
  pause(name: string): void {
    if (this.paused.has(name)) return;
    const { clock, onLimit } = this.options;
    let settle = (): void => undefined;
    const ended = new Promise<void>((resolve) => {
      settle = resolve;
    });
    const callOff = clock.after(LONGEST_PAUSE_MS, () => {
      this.resume(name);
      onLimit(name);
    });
    const end = () => {
      callOff();
      settle();
    };
    this.paused.set(name, { ended, end });
  }

  /** Lets them go on. */
  resume(name: string): void {
    const pause = this.paused.get(name);
    this.paused.delete(name);
    pause?.end();
  }

  get names(): readonly string[] {
    return [...this.paused.keys()];
  }

  /** The end of whatever a call of this name waits for; undefined when it need not wait. */
  of(name: string): Promise<unknown> | undefined {
    if (this.paused.size === 0) return undefined;
    const pauses = [this.paused.get(everything), this.paused.get(name)].flatMap((pause) => pause?.ended ?? []);
    return pauses.length === 0 ? undefined : Promise.all(pauses);
  }
}
