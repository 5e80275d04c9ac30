import { type MessagePort, receiveMessageOnPort, type Worker } from "node:worker_threads";
import type { Invocation } from "./environment/messages";

/** Index in a thread's own memory of the count of events that it was given. */
const POSTED = 2;

/** Gives a thread an event, and wakes it. */
export function postEvent(worker: Worker, state: Int32Array, invocation: Invocation): void {
  worker.postMessage(invocation);
  Atomics.add(state, POSTED, 1);
  Atomics.notify(state, POSTED);
}

/**
 * A thread's next event. Until it comes nothing of the thread runs, neither timers nor promises, as Lambda freezes an
 * environment between two events (Lambda developer guide, Understanding the Lambda execution environment lifecycle).
 */
export function nextEvent(port: MessagePort, state: Int32Array): Invocation {
  for (;;) {
    const posted = Atomics.load(state, POSTED);
    const received: { readonly message: Invocation } | undefined = receiveMessageOnPort(port);
    if (received) return received.message;
    Atomics.wait(state, POSTED, posted);
  }
}
