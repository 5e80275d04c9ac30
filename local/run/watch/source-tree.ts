import { type FSWatcher, lstatSync, readdirSync, type Stats, statSync, watch } from "node:fs";
import { basename, join, relative, sep } from "node:path";
import { messageOf, UserError } from "../../../lib/user-error";

/** Interval of scans of a tree of which a folder can't be watched, in ms. */
const POLL_MS = 1000;

/** Delay of the scan after an event that names no source, in ms: many come together. */
const RESCAN_MS = 10;

/** Whether a file is source of functions and stacks that a person writes. */
const isSource = (name: string): boolean =>
  /\.(ts|mts|cts|tsx|js|mjs|cjs|jsx|json)$/.test(name) && !name.endsWith(".d.ts");

/** Changes whenever the contents do. */
const signature = ({ mtimeMs, ctimeMs, size, ino }: Stats): string => [mtimeMs, ctimeMs, size, ino].join();

/** Another folder of the same path has another identity, even where the file system uses the number again. */
const identity = ({ dev, ino, birthtimeMs }: Stats): string => [dev, ino, birthtimeMs].join();

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code;

/** A file's or folder's state; undefined where nothing is, and where what is there can't be told, as below a file. */
function statsOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

export interface SourceTreeOptions {
  readonly root: string;
  /** Below the root: with all that is in them. */
  readonly folders: readonly string[];
  /** Single files in the root itself. */
  readonly files: readonly string[];
  /** Absolute paths of sources that were written, made or deleted; perhaps with the same contents as before. */
  readonly onTouch: (paths: readonly string[]) => void;
  /** Says what can't be watched. */
  readonly onProblem: (message: string) => void;
  /** @default Node's own */
  readonly watchFolder?: typeof watch;
}

interface Watched {
  readonly identity: string;
  readonly watcher: FSWatcher;
}

/**
 * Watches the sources in folders. An event only says that something happened: what did is found by scanning the
 * tree, so that folders may go and come back in any order. One watcher a folder: the recursive ones of Node 20 miss files
 * on Linux. What can't be read or watched is reported once, and scanned now and then.
 */
export class SourceTree {
  private sources = new Map<string, string>();
  private readonly watched = new Map<string, Watched>();
  private readonly problems = new Map<string, string>();
  private rescan: NodeJS.Timeout | undefined;
  private poll: NodeJS.Timeout | undefined;
  private incomplete = false;

  constructor(private readonly options: SourceTreeOptions) {
    this.sources = this.scan();
  }

  /** The sources that there are. */
  get paths(): readonly string[] {
    return [...this.sources.keys()];
  }

  /** Scans the tree, in case that an event was lost. */
  check(): void {
    clearTimeout(this.rescan);
    this.rescan = undefined;
    const before = this.sources;
    this.sources = this.scan();
    const differs = (path: string) => before.get(path) !== this.sources.get(path);
    const touched = [...new Set([...before.keys(), ...this.sources.keys()])].filter(differs);
    if (touched.length > 0) this.options.onTouch(touched);
  }

  close(): void {
    clearTimeout(this.rescan);
    clearTimeout(this.poll);
    for (const { watcher } of this.watched.values()) watcher.close();
    this.watched.clear();
  }

  private scan(): Map<string, string> {
    const { root, folders, files } = this.options;
    const found = new Map<string, string>();
    this.incomplete = false;
    const seen = { found, folders: new Set<string>(), problems: new Set<string>() };
    this.visit(root, seen, (name) => files.includes(name));
    for (const folder of folders) this.visit(join(root, folder), seen, undefined);
    for (const folder of this.watched.keys()) if (!seen.folders.has(folder)) this.forget(folder);
    for (const path of this.problems.keys()) if (!seen.problems.has(path)) this.problems.delete(path);
    clearTimeout(this.poll);
    if (this.incomplete) this.poll = setTimeout(() => this.check(), POLL_MS).unref();
    return found;
  }

  /** @param only which files of the folder itself, instead of all that is in it */
  private visit(
    folder: string,
    seen: { readonly found: Map<string, string>; readonly folders: Set<string>; readonly problems: Set<string> },
    only: ((name: string) => boolean) | undefined,
  ): void {
    this.guard(folder, seen.problems, () => {
      // Watched before it is read: what happens in between is an event.
      this.watchFolder(folder, lstatSync(folder), seen.problems);
      seen.folders.add(folder);
      for (const entry of readdirSync(folder, { withFileTypes: true })) {
        const path = join(folder, entry.name);
        if (only ? !only(entry.name) : entry.isDirectory()) {
          if (!only) this.visit(path, seen, undefined);
        } else if (isSource(entry.name) || entry.isSymbolicLink()) {
          this.guard(path, seen.problems, () => {
            const stats = statSync(path);
            if (stats.isDirectory()) throw new UserError("a link to a folder is not followed");
            if (stats.isFile() && isSource(entry.name)) seen.found.set(path, signature(stats));
          });
        }
      }
    });
  }

  /** Ignores a file that vanished meanwhile; reports any other error once, and goes on. */
  private guard(path: string, problems: Set<string>, step: () => void): void {
    try {
      step();
    } catch (error) {
      if (["ENOENT", "ENOTDIR"].includes(codeOf(error) ?? "")) return;
      this.emit(path, messageOf(error), problems);
    }
  }

  private emit(path: string, reason: string, problems: Set<string>): void {
    problems.add(path);
    if (this.problems.get(path) === reason) return;
    this.problems.set(path, reason);
    const { root, onProblem } = this.options;
    onProblem(`${relative(root, path) || "."} can't be watched: ${reason.replace(/, .*/, "")}`);
  }

  private watchFolder(folder: string, stats: Stats, problems: Set<string>): void {
    const known = this.watched.get(folder);
    if (known?.identity === identity(stats)) return;
    this.forget(folder);
    try {
      const watcher = (this.options.watchFolder ?? watch)(folder, (_event, name) => this.happened(folder, name));
      watcher.on("error", () => {
        this.forget(folder);
        this.checkSoon();
      });
      this.watched.set(folder, { identity: identity(stats), watcher });
    } catch (error) {
      if (["ENOENT", "ENOTDIR", "EACCES"].includes(codeOf(error) ?? "")) throw error;
      const limit = ["ENOSPC", "EMFILE"].includes(codeOf(error) ?? "");
      const reason = limit ? "the system's limit of watches is reached" : messageOf(error);
      this.incomplete = true;
      // One line for all of them: the limit is the system's.
      this.emit(limit ? this.options.root : folder, `${reason}; it is scanned every second instead`, problems);
    }
  }

  private forget(folder: string): void {
    this.watched.get(folder)?.watcher.close();
    this.watched.delete(folder);
  }

  private happened(folder: string, name: string | null): void {
    const { root, files, onTouch } = this.options;
    // The folder itself was deleted or moved: another one may have its path by now.
    if (name === basename(folder)) this.forget(folder);
    const path = name === null ? undefined : join(folder, name);
    const isOurs = name !== null && isSource(name) && (folder !== root || files.includes(name));
    if (path !== undefined && isOurs && this.update(path)) onTouch([path]);
    else if (path === undefined || isOurs || this.watched.has(path) || !statsOf(path)?.isFile()) {
      this.checkSoon();
    }
  }

  /** Takes note of what a file is now. @returns whether it is one, or none */
  private update(path: string): boolean {
    const stats = statsOf(path);
    if (stats && !stats.isFile()) return false;
    if (stats) this.sources.set(path, signature(stats));
    else this.sources.delete(path);
    return true;
  }

  private checkSoon(): void {
    this.rescan ??= setTimeout(() => this.check(), RESCAN_MS);
  }
}

/** Whether a path is in one of these folders. */
export const isBelow = (folder: string, path: string): boolean => path.startsWith(folder + sep);
