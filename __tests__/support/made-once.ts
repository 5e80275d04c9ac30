import { createHash } from "node:crypto";
import {
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { sourceFolders } from "../../local/run/watch/source-folders";
import { filesBelow } from "./files-below";

const root = resolve(__dirname, "../..");
const sources = [...sourceFolders, "__tests__/fixtures", "compile.js", "main.ts", "package-lock.json", "run.js"].map(
  (source) => join(root, source),
);

const digest = (text: string): string => createHash("sha256").update(text).digest("hex").slice(0, 16);

/** Outside of the project, where nothing is installed: results have to contain all they need. */
const cache = join(tmpdir(), "terrace-made", digest(root));

const filesOf = (source: string): string[] => (statSync(source).isFile() ? [source] : filesBelow(source));

/** Changes whenever a source does. */
function sourcesKey(): string {
  const facts = sources.flatMap(filesOf).map((file) => {
    const { mtimeMs, size } = statSync(file);
    return [file, mtimeMs, size];
  });
  return digest(JSON.stringify(facts));
}

const pause = (): void => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);

const isAlive = (process_: number): boolean => {
  try {
    return process.kill(process_, 0);
  } catch {
    return false;
  }
};

/** Undefined when there is no lock any more. */
function makerOf(lock: string): number | undefined {
  try {
    return Number(readFileSync(lock, "utf8"));
  } catch {
    return undefined;
  }
}

/** Whether this process is the one to make it. Who died over it is not waited for, however long it takes who lives. */
function isOurs(lock: string): boolean {
  try {
    // Linked, not written: whoever finds it finds the process's number in it.
    const mine = `${lock}.${process.pid}`;
    writeFileSync(mine, String(process.pid));
    try {
      linkSync(mine, lock);
    } finally {
      rmSync(mine);
    }
    return true;
  } catch {
    const maker = makerOf(lock);
    if (maker !== undefined && !isAlive(maker)) rmSync(lock, { force: true });
    return false;
  }
}

/** Deletes results of earlier sources. */
function dropOthers(name: string, folder: string): void {
  for (const other of readdirSync(cache)) {
    const path = join(cache, other);
    if (other.startsWith(`${name}-`) && !path.startsWith(folder)) rmSync(path, { recursive: true, force: true });
  }
}

/**
 * Makes a folder once for all test processes, and again when a source of the project has changed since.
 *
 * @param make fills the folder
 */
export function madeOnce(name: string, make: (folder: string) => void): string {
  mkdirSync(cache, { recursive: true });
  const folder = join(cache, `${name}-${sourcesKey()}`);
  const lock = `${folder}.lock`;
  while (!existsSync(folder)) {
    if (!isOurs(lock)) {
      pause();
      continue;
    }
    try {
      dropOthers(name, folder);
      const making = mkdtempSync(`${folder}.`);
      make(making);
      renameSync(making, folder);
    } finally {
      rmSync(lock, { force: true });
    }
  }
  return folder;
}
