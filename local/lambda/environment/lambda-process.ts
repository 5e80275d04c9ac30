import { syncBuiltinESMExports } from "node:module";
import os from "node:os";
import threads from "node:worker_threads";

const user = { username: "sbx_user1051", uid: 993, gid: 990, shell: "/sbin/nologin", homedir: "/home/sbx_user1051" };

/**
 * Has Node.js say of the process what it says in an execution environment of Lambda: libraries look for settings where the user's
 * home is, or beside the code, and would find the laptop's; and a function is no thread of another program, whose port it could use.
 */
export function actAsLambda(): void {
  Object.assign(os, { homedir: () => user.homedir, userInfo: () => ({ ...user }), tmpdir: () => "/tmp" });
  Object.assign(process, {
    cwd: () => "/var/task",
    argv: [process.execPath, "/var/runtime/index.mjs"],
    ...{ getuid: () => user.uid, geteuid: () => user.uid, getgid: () => user.gid, getegid: () => user.gid },
  });
  Object.assign(threads, { isMainThread: true, parentPort: null, workerData: null });
  syncBuiltinESMExports();
}
