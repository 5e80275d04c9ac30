import { readFileSync, readlinkSync } from "node:fs";

/** When a process was started, where the system knows: a number that is reused later stands for another one. */
export function startedAt(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ")[19] ?? "";
  } catch {
    return "";
  }
}

/** Whether the process that had a number when it was started then still runs. */
export function isRunning(pid: number, started: string): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return false;
  }
  return startedAt(pid) === started;
}

/** Digits of the namespace in which a process has its number: a container's processes have others. Empty where there is none. */
function numbering(): string {
  try {
    return readlinkSync("/proc/self/ns/pid").replace(/\D/g, "");
  } catch {
    return "";
  }
}

/** A process as part of a file's name: `4026531836.4711.93817`. */
export const identityOf = (pid: number): string => [numbering(), pid, startedAt(pid)].join(".");

/** Whether it is certain that the process of an identity has ended. */
export function hasEnded(identity: string): boolean {
  const [numbers = "", pid = "", started = ""] = identity.split(".");
  return numbers === numbering() && Number(pid) > 0 && !isRunning(Number(pid), started);
}
