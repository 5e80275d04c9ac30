import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { filesBelow } from "./files-below";

const root = resolve(__dirname, "../..");
const sources = [
  "aws",
  "stack-json",
  "constructs",
  "contracts",
  "environments",
  "handlers",
  "stacks",
  "compile.js",
  "main.ts",
  "package-lock.json",
  "run.js",
].map((source) => join(root, source));

const digest = (text: string): string => createHash("sha256").update(text).digest("hex").slice(0, 16);

/** Outside of the project, where nothing is installed: what is made has to hold all it needs. */
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

/** Whether this process is the one to make it. Who died over it is not waited for longer than a minute. */
function isOurs(lock: string): boolean {
  try {
    mkdirSync(lock);
    return true;
  } catch {
    const since = statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
    if (Date.now() - since > 60_000) rmSync(lock, { recursive: true, force: true });
    return false;
  }
}

/** What was made of earlier sources. */
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
      rmSync(lock, { recursive: true, force: true });
    }
  }
  return folder;
}
