import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { UserError } from "../../lib/user-error";
import { isRunning, startedAt } from "./process-identity";

const isTaken = (content: string): boolean => {
  const [pid = "", started = ""] = content.split(" ");
  return Number(pid) > 0 && isRunning(Number(pid), started);
};

/** The lock appears with its content or not at all: a link is made at one stroke. */
function create(path: string): boolean {
  const written = `${path}.${process.pid}.new`;
  try {
    writeFileSync(written, `${process.pid} ${startedAt(process.pid)}`, { mode: 0o600 });
    linkSync(written, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  } finally {
    rmSync(written, { force: true });
  }
}

const taken = (path: string, content: string): UserError =>
  new UserError(
    `another local runner (process ${content.split(" ")[0]}) uses the data here; stop it, start all systems in one call, or give --data another folder (${path})`,
  );

/** Removes a lock that an ended process left; the one who does may try to get it. */
function clear(path: string, content: string): void {
  const aside = `${path}.${process.pid}`;
  renameSync(path, aside);
  const moved = readFileSync(aside, "utf8");
  if (moved === content) rmSync(aside);
  else {
    // Another process removed it first, and has it now.
    renameSync(aside, path);
    throw taken(path, moved);
  }
}

/**
 * Makes this process the only one that works on a folder's data.
 *
 * @returns gives it up again
 * @throws UserError when another process has it
 */
export function takeLock(path: string): () => void {
  while (!create(path)) {
    const content = readFileSync(path, "utf8");
    if (isTaken(content)) throw taken(path, content);
    clear(path, content);
  }
  return () => rmSync(path, { force: true });
}
