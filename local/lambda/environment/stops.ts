import { Session } from "node:inspector";
import { shareStandstill } from "../../lib/standstill";
import { resumed, stopped } from "../stopped-thread";
import { letLimitsWait } from "./limits-that-wait";

/**
 * Has time stand still whenever a debugger stops this thread. A session of the thread's own is notified before
 * anything else runs, and can't stop it by itself.
 *
 * @param memory that all threads share
 * @param state the thread's own
 */
export function watchStops(memory: SharedArrayBuffer, state: Int32Array): void {
  shareStandstill(memory);
  letLimitsWait();
  const session = new Session();
  session.connect();
  session.on("Debugger.paused", () => stopped(state));
  session.on("Debugger.resumed", () => resumed(state));
  session.post("Debugger.enable");
}
