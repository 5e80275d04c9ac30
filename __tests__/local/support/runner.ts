import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { RunnerEvent } from "../../../local/run/events";

/** `npm start` as a process of its own, and what it says. */
export interface RunnerProcess {
  readonly child: ChildProcess;
  readonly events: RunnerEvent[];
  /** Waits for an event that the test has not waited for yet. */
  next<Name extends RunnerEvent["event"]>(
    name: Name,
    which?: (event: RunnerEvent) => boolean,
  ): Promise<Extract<RunnerEvent, { event: Name }>>;
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null; errors: string }>;
}

const running = new Set<ChildProcess>();

/** Ends whatever a failed test has left. */
export const stopRunners = (): void => {
  for (const child of running) child.kill("SIGKILL");
};

/** Starts the runner in a folder, in a process group of its own. */
export function startRunner(root: string, ...args: string[]): RunnerProcess {
  const child = spawn(process.execPath, ["run.js", "local/run/main.ts", ...args], {
    cwd: root,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  running.add(child);
  const events: RunnerEvent[] = [];
  const waiting = new Set<() => void>();
  let seen = 0;
  if (args.includes("--json")) {
    createInterface({ input: child.stdout! }).on("line", (line) => {
      events.push(JSON.parse(line) as RunnerEvent);
      for (const look of waiting) look();
    });
  }
  let errors = "";
  child.stderr!.setEncoding("utf8").on("data", (text: string) => {
    errors += text;
  });
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null; errors: string }>((resolve) => {
    child.once("close", (code, signal) => {
      running.delete(child);
      resolve({ code, signal, errors });
    });
  });
  return {
    child,
    events,
    ended,
    next: (name, which = () => true) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const at = events.findIndex((event, index) => index >= seen && event.event === name && which(event));
          if (at < 0) return;
          seen = at + 1;
          waiting.delete(look);
          resolve(events[at] as Extract<RunnerEvent, { event: typeof name }>);
        };
        waiting.add(look);
        void ended.then(({ errors: said }) => reject(new Error(`the runner ended: ${said}`)));
        look();
      }),
  };
}

/** Whether any process of a runner's group is left. */
export function isGone(child: ChildProcess): boolean {
  try {
    process.kill(-child.pid!, 0);
    return false;
  } catch {
    return true;
  }
}
