import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { UserError } from "../../lib/user-error";

/** Files to write and files to delete, by their paths from the root: made as a whole, or not at all. */
export interface Change {
  /** The command that makes it: `npm run new -- shop`. */
  readonly by: string;
  /** Path → content. */
  readonly writes: ReadonlyMap<string, string | Uint8Array>;
  readonly deletions: readonly string[];
  /** Files that are written by whoever ends the change. @default none */
  readonly generated?: readonly string[];
}

/** The files as they were, while a change is being made. */
interface Journal {
  readonly by: string;
  readonly process: number;
  /** Path → content in base64; null where there was no file. */
  readonly before: Readonly<Record<string, string | null>>;
}

const journalFile = ".unfinished-change.json";

/** Writes a file by another name first, so that it is there as a whole. */
function write(file: string, content: string | Uint8Array): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.part`, content);
  renameSync(`${file}.part`, file);
}

/** Deletes a file, and the folders that are empty without it. */
function remove(root: string, path: string): void {
  rmSync(join(root, path), { force: true });
  rmSync(join(root, `${path}.part`), { force: true });
  for (let folder = dirname(path); folder !== "."; folder = dirname(folder)) {
    if (!existsSync(join(root, folder))) continue;
    if (readdirSync(join(root, folder)).length > 0) return;
    rmdirSync(join(root, folder));
  }
}

function undo(root: string, { before }: Journal): void {
  for (const [path, content] of Object.entries(before)) {
    if (content === null) remove(root, path);
    else write(join(root, path), Buffer.from(content, "base64"));
  }
  rmSync(join(root, journalFile), { force: true });
}

const isAlive = (process_: number): boolean => {
  try {
    return process.kill(process_, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
};

/**
 * Undoes a change that was stopped half-way.
 *
 * @returns a line that says so; undefined where there is none
 * @throws UserError while another process is at it
 */
export function undoUnfinished(root: string): string | undefined {
  const file = join(root, journalFile);
  if (!existsSync(file)) return undefined;
  const journal = JSON.parse(readFileSync(file, "utf8")) as Journal;
  if (journal.process !== process.pid && isAlive(journal.process)) {
    throw new UserError(`${journal.by} is running, as process ${journal.process}; wait for its end`);
  }
  undo(root, journal);
  return `${journal.by} had stopped half-way; its files are as they were before it`;
}

/**
 * Makes a change. What stops it half-way is undone: a failure here, the death of the process by the next command.
 *
 * @param end what belongs to it and needs the files in their places
 */
export function apply(
  root: string,
  { by, writes, deletions, generated = [] }: Change,
  end: () => void = () => undefined,
): void {
  const contentOf = (path: string): [string, string | null] => {
    const file = join(root, path);
    return [path, existsSync(file) ? readFileSync(file).toString("base64") : null];
  };
  const before = Object.fromEntries([...writes.keys(), ...deletions, ...generated].map(contentOf));
  const journal: Journal = { by, process: process.pid, before };
  write(join(root, journalFile), JSON.stringify(journal));
  try {
    for (const [path, content] of writes) write(join(root, path), content);
    for (const path of deletions) remove(root, path);
    end();
  } catch (error) {
    undo(root, journal);
    throw error;
  }
  rmSync(join(root, journalFile));
}
