import processes from "node:child_process";
import fs from "node:fs";
import inspector from "node:inspector";
import module from "node:module";
import { parseEnv } from "node:util";
import v8 from "node:v8";
import threads from "node:worker_threads";
import type { FileSystem } from "./files/file-system";

/** A refusal as Node.js's permission model makes it, in words of the local run. */
function refusal(what: string, permission: string): Error {
  const error = new Error(
    `${what} not emulated: it would be this machine's, with all its files (docs/what-differs.md)`,
  );
  return Object.assign(error, { code: "ERR_ACCESS_DENIED", permission });
}

const refused = (what: string, permission: string) => (): never => {
  throw refusal(what, permission);
};

/** Bindings of Node.js's that lead around what is replaced here. */
const bindings: ReadonlySet<unknown> = new Set([
  ...["fs", "fs_event_wrap", "inspector", "pipe_wrap", "process_wrap", "signal_wrap", "spawn_sync", "tty_wrap"],
]);

function refuseProcesses(): void {
  const start = refused("a process of a function is", "ChildProcess");
  Object.assign(processes, { spawnSync: start, execSync: start, execFileSync: start });
  // All others, a cluster's too, are started by this one.
  Object.assign(processes.ChildProcess.prototype, { spawn: start });
}

function refuseThreads(): void {
  class Worker {
    constructor() {
      throw refusal("a thread of a function is", "WorkerThreads");
    }
  }
  Object.assign(threads, { Worker });
}

/** A function that debugs would debug the local run, of which it is a thread. */
function refuseInspector(): void {
  Object.assign(inspector, { open: refused("a debugger of a function is", "Inspector") });
  Object.assign(inspector.Session.prototype, {
    connectToMainThread: refused("a debugger of a function is", "Inspector"),
  });
}

type Function = (this: unknown, ...args: unknown[]) => unknown;

/** Has a function work on the file that a path means in Lambda. */
function onFiles(of: object, name: string, standard: string, files: FileSystem): void {
  const original: unknown = Reflect.get(of, name);
  if (typeof original !== "function") return;
  Reflect.set(of, name, function onFile(this: unknown, path: unknown = standard, ...more: unknown[]) {
    const real = files.realPath(path, "create", "open") ?? path;
    const result = (original as Function).call(this, real, ...more);
    return result === real ? path : result;
  });
}

/** The sockets that are files, by the class that `node:net` makes them of. */
function pipesOf(): { prototype: object } | undefined {
  const binding: unknown = Reflect.get(process, "binding");
  return typeof binding === "function" ? binding.call(process, "pipe_wrap").Pipe : undefined;
}

function replacePipes(files: FileSystem): void {
  const pipe = pipesOf()?.prototype as Record<string, Function> | undefined;
  const { bind, connect } = pipe ?? {};
  if (!pipe || !bind || !connect) return;
  const real = (path: unknown, does: "create" | "read"): unknown => files.realPath(path, does, "listen") ?? path;
  pipe["bind"] = function bindOnFile(path, ...more) {
    return bind.call(this, real(path, "create"), ...more);
  };
  pipe["connect"] = function connectToFile(request, path, ...more) {
    return connect.call(this, request, real(path, "read"), ...more);
  };
}

/** Has whatever else leads to files, processes and threads of the machine lead to the environment's, or refuses it. */
export function keepInside(files: FileSystem): void {
  refuseProcesses();
  refuseThreads();
  refuseInspector();
  onFiles(v8, "writeHeapSnapshot", "Heap.heapsnapshot", files);
  onFiles(module, "enableCompileCache", "/tmp/node-compile-cache", files);
  onFiles(process.report, "writeReport", "report.json", files);
  replacePipes(files);
  const bind: unknown = Reflect.get(process, "binding");
  Object.assign(process, {
    loadEnvFile: (path = ".env") => {
      const { env } = process;
      for (const [name, value] of Object.entries(parseEnv(fs.readFileSync(path, "utf8")))) env[name] ??= value;
    },
    binding: (name: unknown) => {
      if (bindings.has(name)) throw refusal(`process.binding("${name}") is`, "Binding");
      return typeof bind === "function" ? bind.call(process, name) : undefined;
    },
  });
}
