import type { Emit } from "../events";
import type { Options } from "./options";
import { painter, words } from "./words";

/** Time for which lines wait for others: shorter than a person can see, and long enough to cost a busy runner little. */
const GATHER_MS = 10;

/** Gathers what is written in a short time, so that a busy runner writes once and not a hundred times. */
function together(write: (text: string) => void): { line: (line: string) => void; flush: () => void } {
  let waiting: string[] = [];
  const flush = (): void => {
    if (waiting.length > 0) write(`${waiting.join("\n")}\n`);
    waiting = [];
  };
  return {
    line: (line) => {
      if (waiting.push(line) === 1) setTimeout(flush, GATHER_MS);
    },
    flush,
  };
}

export interface Printer {
  readonly emit: Emit;
  /** Writes what still waits. */
  readonly flush: () => void;
  /** Whether lines of access logs are shown. */
  readonly showsAccessLogs: boolean;
}

/** Prints events for whoever started the runner. */
export function printer({ json, grants }: Pick<Options, "json" | "grants">): Printer {
  const { line, flush } = together((text) => process.stdout.write(text));
  if (json) return { emit: (event) => line(JSON.stringify(event)), flush, showsAccessLogs: true };
  const paint = painter(process.stdout.isTTY && process.stdout.hasColors());
  return {
    emit: (event) => {
      const text = words(event, paint, grants);
      if (text !== undefined) line(text);
    },
    flush,
    showsAccessLogs: false,
  };
}
