import { constants } from "node:os";

/** Signals whose default is to end a process, in the words in which Lambda's host, a program in Go, names them. */
const words: Readonly<Record<string, string>> = {
  SIGHUP: "hangup",
  SIGINT: "interrupt",
  SIGQUIT: "quit",
  SIGILL: "illegal instruction",
  SIGTRAP: "trace/breakpoint trap",
  SIGABRT: "aborted",
  SIGBUS: "bus error",
  SIGFPE: "floating point exception",
  SIGKILL: "killed",
  SIGUSR1: "user defined signal 1",
  SIGSEGV: "segmentation fault",
  SIGUSR2: "user defined signal 2",
  SIGPIPE: "broken pipe",
  SIGALRM: "alarm clock",
  SIGTERM: "terminated",
};

interface EndingSignal {
  /** Absent for the signal 0, which only asks. */
  readonly name?: NodeJS.Signals;
  /** How the environment ends of it; absent if it does not. */
  readonly words?: string;
}

/** A signal as `process.kill` takes it. @throws TypeError when there is none of that name */
export function endingSignal(signal: string | number): EndingSignal {
  if (signal === 0) return {};
  const found = Object.entries(constants.signals).find(([name, number]) => name === signal || number === signal);
  if (!found) throw Object.assign(new TypeError(`Unknown signal: ${signal}`), { code: "ERR_UNKNOWN_SIGNAL" });
  const [name] = found as [NodeJS.Signals, number];
  const how = Object.hasOwn(words, name) ? words[name] : undefined;
  return { name, ...(how === undefined ? {} : { words: `Error: Runtime exited with error: signal: ${how}` }) };
}
