import { getEnvironmentData, isMainThread, setEnvironmentData } from "node:worker_threads";
import { mayStandStill, passed } from "./standstill";

/** Milliseconds by the system's clock that only goes forward, evenly; all threads of the process share it. */
export function systemNow(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1000 + nanoseconds / 1e6;
}

/**
 * Milliseconds by a clock that only goes forward, evenly, whatever is done to the system's, and stands still while a
 * debugger has stopped a function. Its zero means nothing; all threads of a process share it.
 */
export const monotonicNow = (): number => passed(systemNow());

const OFFSET = "clock-offset";

/** Offset between `systemNow` and the time since 1970, in ms: the main thread's, which passes it to all others. */
function sharedOffset(): number {
  const known = getEnvironmentData(OFFSET);
  if (typeof known === "number") return known;
  const offset = Date.now() - systemNow();
  if (isMainThread) setEnvironmentData(OFFSET, offset);
  return offset;
}

const offset = sharedOffset();

/**
 * Milliseconds since 1970 as the system had them when the process began, and evenly on from there, the same in all its
 * threads. For whatever lasts (TTLs, throttles, visibility, retries), and for what is put in order across threads: a
 * system's clock that is set back or forth makes none of them longer or shorter, and neither does a debugger.
 */
export const steadyNow = (): number => offset + (mayStandStill() ? monotonicNow() : systemNow());

/** Time as parts of the runner see it, so that a test need not wait for minutes. */
export interface Clock {
  now(): number;
  /** Runs something later. @returns a way to call it off */
  after(milliseconds: number, then: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => offset + systemNow(),
  after: (milliseconds, then) => {
    const timer = setTimeout(then, milliseconds);
    return () => clearTimeout(timer);
  },
};

/**
 * The clock of what is due at a time of day, in milliseconds since 1970: where a laptop has slept, or somebody has set its
 * clock, that is the time from then on.
 */
export const wallClock: Clock = { now: () => Date.now(), after: systemClock.after };

/** A clock that goes faster from this moment on. @param speed as a multiple of the other's */
export function spedUp(clock: Clock, speed: number): Clock {
  if (speed === 1) return clock;
  const startedAt = clock.now();
  return {
    now: () => startedAt + (clock.now() - startedAt) * speed,
    after: (milliseconds, then) => clock.after(milliseconds / speed, then),
  };
}

/** Interval of checks whether stopped time goes on, in ms. */
const LOOK_MS = 20;

/** The clock of limits, which stand still while a debugger has stopped a function. */
export const limitClock: Clock = {
  now: steadyNow,
  after: (milliseconds, then) => {
    const due = monotonicNow() + milliseconds;
    let timer: NodeJS.Timeout | undefined;
    const wait = (rest: number): void => {
      timer = setTimeout(() => {
        const left = mayStandStill() ? due - monotonicNow() : 0;
        if (left > 0) wait(Math.max(left, LOOK_MS));
        else then();
      }, rest);
    };
    wait(milliseconds);
    return () => clearTimeout(timer);
  },
};
