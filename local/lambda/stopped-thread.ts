import { systemNow } from "../lib/clock";
import { goOn, standStill } from "../lib/standstill";

/** Index in a thread's own memory of the flag that a debugger has stopped it, for when it ends so. */
const STOPPED = 1;

/** A debugger has stopped a thread: time stands still. */
export function stopped(state: Int32Array): void {
  if (Atomics.exchange(state, STOPPED, 1) === 0) standStill(systemNow());
}

/** It goes on, or has ended. */
export function resumed(state: Int32Array): void {
  if (Atomics.exchange(state, STOPPED, 0) === 1) goOn(systemNow());
}
