/**
 * Time that stands still for all threads of the process while a debugger has stopped any of them. It is one word in
 * shared memory, so that a thread which ends at any moment leaves nothing half-written: how many threads are stopped in
 * its lowest bits, and above them, in microseconds, what the time stands at, or while it goes, how far it is behind.
 */
const THREADS = 8n;
const COUNT = (1n << THREADS) - 1n;

/** The word, and after it the time of the last stop; of a process in which no debugger stops anything there is none. */
let words: BigInt64Array | undefined;
let shared: SharedArrayBuffer | undefined;

/** Has this thread's time stand still with that of all others that are given the same memory. */
export function shareStandstill(memory = new SharedArrayBuffer(16)): void {
  words = new BigInt64Array(memory);
  shared = memory;
}

/** The memory that a new thread shares. */
export const standstillMemory = (): SharedArrayBuffer | undefined => shared;

const micros = (milliseconds: number): bigint => BigInt(Math.round(milliseconds * 1000));
const millis = (microseconds: bigint): number => Number(microseconds) / 1000;

function passedIn(word: bigint, now: number): bigint {
  const time = word >> THREADS;
  return (word & COUNT) > 0n ? time : micros(now) - time;
}

/** The part of a time in which it did not stand still. @param now by a clock that all threads share */
export const passed = (now: number): number =>
  words === undefined ? now : millis(passedIn(Atomics.load(words, 0), now));

/** Whether time may ever stand still. */
export const mayStandStill = (): boolean => words !== undefined;

/** Whether a thread is stopped now. */
export const standsStill = (): boolean => words !== undefined && (Atomics.load(words, 0) & COUNT) > 0n;

/** When time stood still last, as `passed` says it. */
export const lastStandstill = (): number => (words === undefined ? 0 : millis(Atomics.load(words, 1)));

function change(next: (word: bigint) => bigint): void {
  if (words === undefined) return;
  for (;;) {
    const word = Atomics.load(words, 0);
    if (Atomics.compareExchange(words, 0, word, next(word)) === word) return;
  }
}

/** A thread is stopped. */
export function standStill(now: number): void {
  change((word) => {
    const count = word & COUNT;
    return (passedIn(word, now) << THREADS) | (count + 1n);
  });
  if (words !== undefined) Atomics.store(words, 1, micros(passed(now)));
}

/** A thread that was stopped goes on, or has ended. */
export function goOn(now: number): void {
  change((word) => {
    const count = word & COUNT;
    if (count === 0n) return word;
    const time = word >> THREADS;
    return count > 1n ? (time << THREADS) | (count - 1n) : (micros(now) - time) << THREADS;
  });
}
