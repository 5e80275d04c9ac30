import { statSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import os from "node:os";
import { posix } from "node:path";
import threads from "node:worker_threads";
import type { FileSystem } from "./files/file-system";
import { systemError } from "./files/system-error";
import type { EnvironmentSettings } from "./messages";
import { keepInside } from "./outside";
import { endingSignal } from "./signals";

/** What the thread knows of its environment. */
export interface Surroundings {
  readonly files: FileSystem;
  /** Bytes that count against the function's memory. */
  readonly memoryBytes: () => number;
  /** Ends the environment. @param words - Lambda's, of how the runtime ended */
  readonly end: (words: string) => never;
}

const user = { username: "sbx_user1051", uid: 993, gid: 990, shell: "/sbin/nologin", homedir: "/home/sbx_user1051" };

/** An address of a link of the environment's own, as each has one. */
const HOST_NAME = "169.254.100.6";

const NODE = "/var/lang/bin/node";
const STANDARD_UMASK = 0o022;

/** Memory from which on an environment has more than two processors, in MB, each for one more (observed). */
const moreProcessors = [3009, 5308, 7077, 8846];

function actAsMachine({ memoryMb }: EnvironmentSettings, memoryBytes: () => number): void {
  const bytes = memoryMb * 1024 * 1024;
  const free = (): number => Math.max(0, bytes - memoryBytes());
  const processors = 2 + moreProcessors.filter((from) => memoryMb >= from).length;
  const [cpus, processor] = [os.cpus, { model: "", speed: 0, times: { user: 0, nice: 0, sys: 0, idle: 0, irq: 0 } }];
  Object.assign(os, {
    homedir: () => user.homedir,
    userInfo: () => ({ ...user }),
    tmpdir: () => "/tmp",
    hostname: () => HOST_NAME,
    totalmem: () => bytes,
    freemem: free,
    availableParallelism: () => processors,
    cpus: () => {
      const all = cpus();
      return Array.from({ length: processors }, (_, index) => all[index % all.length] ?? processor);
    },
  });
  const usage = process.memoryUsage;
  const rss = { rss: memoryBytes };
  Object.assign(process, {
    memoryUsage: Object.assign(() => ({ ...usage(), rss: memoryBytes() }), rss),
    constrainedMemory: () => bytes,
    availableMemory: free,
  });
}

/** Working folder, mask and signals, which threads have none of. */
function actAsProcess(end: Surroundings["end"]): void {
  let [folder, mask] = ["/var/task", STANDARD_UMASK];
  Object.assign(process, {
    cwd: () => folder,
    chdir: (to: string) => {
      const path = posix.resolve(folder, to);
      const stats = statSync(path, { throwIfNoEntry: false });
      if (!stats?.isDirectory()) {
        throw systemError(stats ? "ENOTDIR" : "ENOENT", "chdir", [folder, to]);
      }
      folder = path;
    },
    umask: (next: number | string = mask) => {
      const before = mask;
      mask = Number.parseInt(String(next), typeof next === "string" ? 8 : 10) & 0o777;
      return before;
    },
    kill: (pid: number, signal: string | number = "SIGTERM") => {
      if (pid !== process.pid && pid !== 0) throw systemError("ESRCH", "kill");
      const { name, words } = endingSignal(signal);
      if (name !== undefined && !process.emit(name, name) && words !== undefined) end(words);
      return true;
    },
    abort: () => end(endingSignal("SIGABRT").words ?? ""),
  });
}

/**
 * Has Node.js say of the process what it says in an execution environment of Lambda: libraries look for settings where the user's
 * home is, or beside the code, and would find the laptop's; and a function is no thread of another program, whose port it could use.
 */
export function actAsLambda(settings: EnvironmentSettings, { files, memoryBytes, end }: Surroundings): void {
  files.replace();
  actAsMachine(settings, memoryBytes);
  actAsProcess(end);
  Object.assign(process, {
    argv: [NODE, "/var/runtime/index.mjs"],
    ...{ execPath: NODE, title: NODE },
    ...{ getuid: () => user.uid, geteuid: () => user.uid, getgid: () => user.gid, getegid: () => user.gid },
    getgroups: () => [user.gid],
  });
  Object.assign(threads, { isMainThread: true, parentPort: null, workerData: null });
  keepInside(files);
  syncBuiltinESMExports();
}
