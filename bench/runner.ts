import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { startEnvironment } from "./project";

/** Where a system answers. */
export interface System {
  readonly system: string;
  readonly url: string;
  readonly apiKey: string;
}

/** A local run in a process of its own. */
export interface Runner {
  readonly child: ChildProcess;
  readonly systems: readonly System[];
}

/** `records  http://localhost:3000/dev  key abc`, as the runner prints it. */
const readyLine = /^(\S+) +(http:\S+)(?: +key (\S+))?$/gm;

let started = 0;

/** Starts the runner with its output in a file, so that reading it costs the measurement nothing. */
export async function startRunner(folder: string, ...args: string[]): Promise<Runner> {
  started += 1;
  const log = join(folder, `runner-${started}.log`);
  const child = spawn(process.execPath, ["run.js", "local/run/main.ts", ...args, "--port", "0", "--fresh"], {
    cwd: folder,
    env: startEnvironment,
    stdio: ["ignore", openSync(log, "w"), "inherit"],
  });
  process.once("exit", () => child.kill("SIGKILL"));
  for (let attempt = 0; attempt < 3000; attempt += 1) {
    const text = readFileSync(log, "utf8");
    if (/^ready in /m.test(text)) {
      const found = [...text.matchAll(readyLine)];
      return { child, systems: found.map(([, system = "", url = "", apiKey = ""]) => ({ system, url, apiKey })) };
    }
    await pause(5);
  }
  throw new Error("the local runner did not start");
}

export const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

export async function stop({ child }: { child: ChildProcess }): Promise<void> {
  const ended = new Promise((resolve) => child.once("close", resolve));
  child.kill("SIGINT");
  await ended;
}

export const systemOf = ({ systems }: Runner, system: string): System => {
  const found = systems.find((candidate) => candidate.system === system);
  if (!found) throw new Error(`${system} is not running`);
  return found;
};

/** Its resident memory. */
export const memoryMb = ({ pid }: ChildProcess): number =>
  Number(execFileSync("ps", ["-o", "rss=", "-p", String(pid)], { encoding: "utf8" })) / 1024;
