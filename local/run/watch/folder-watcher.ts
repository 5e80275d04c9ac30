import { createHash } from "node:crypto";
import { existsSync, type FSWatcher, readdirSync, readFileSync, statSync, watch } from "node:fs";
import { join } from "node:path";

/** Editors write a file in several steps; what comes in so short a time is one change. */
const SETTLE_MS = 20;

const isSource = (path: string): boolean => path.endsWith(".ts") && !path.endsWith(".d.ts");

const fingerprint = (path: string): string | undefined => {
  try {
    return createHash("sha256").update(readFileSync(path)).digest("base64");
  } catch {
    return undefined;
  }
};

/**
 * Watches the TypeScript files of folders, one watcher for each folder in them: the recursive ones of Node 20 miss
 * files on Linux. Tells only of files whose contents have changed.
 */
export class FolderWatcher {
  private readonly watchers = new Map<string, FSWatcher>();
  private readonly known = new Map<string, string | undefined>();
  private readonly touched = new Set<string>();
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly onChange: (files: readonly string[]) => void) {}

  /** Watches a folder and all in it; with `files`, only those files of the folder itself. */
  add(folder: string, files?: readonly string[]): void {
    if (this.watchers.has(folder) || !existsSync(folder)) return;
    const watcher = watch(folder, (_event, name) => {
      if (name !== null && (files === undefined || files.includes(name))) this.touch(join(folder, name));
    });
    watcher.on("error", () => this.remove(folder));
    this.watchers.set(folder, watcher);
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) {
        if (files === undefined) this.add(path);
      } else if (isSource(path) && (files === undefined || files.includes(entry.name))) {
        this.known.set(path, fingerprint(path));
      }
    }
  }

  close(): void {
    for (const watcher of this.watchers.values()) watcher.close();
    clearTimeout(this.timer);
  }

  private remove(folder: string): void {
    this.watchers.get(folder)?.close();
    this.watchers.delete(folder);
  }

  private touch(path: string): void {
    this.touched.add(path);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.settle(), SETTLE_MS);
  }

  private settle(): void {
    const changed = [...this.touched].flatMap((path) => this.changedIn(path));
    this.touched.clear();
    if (changed.length > 0) this.onChange(changed);
  }

  private changedIn(path: string): readonly string[] {
    if (existsSync(path) && statSync(path).isDirectory()) {
      if (this.watchers.has(path)) return [];
      this.add(path);
      return [...this.known.keys()].filter((file) => file.startsWith(`${path}/`));
    }
    if (!isSource(path)) return [];
    const now = fingerprint(path);
    if (now === this.known.get(path)) return [];
    this.known.set(path, now);
    return [path];
  }
}
