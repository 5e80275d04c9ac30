import { UserError } from "../../lib/user-error";

const remedies: Readonly<Record<string, string>> = {
  EACCES: "give yourself the right to it, or give --data another folder",
  EDQUOT: "make room; what is written after that works again",
  EEXIST: "a file is in the place of a folder; move it away",
  EFBIG: "raise the limit of a file's size; what is written after that works again",
  EISDIR: "a folder is in the place of the file; move it away",
  ELOOP: "a link there leads to itself; delete it",
  EMFILE: "raise the number of files that a process may open (ulimit -n)",
  ENOSPC: "make room; what is written after that works again",
  ENOTDIR: "a file is in the place of a folder; move it away",
  EPERM: "give yourself the right to it, or give --data another folder",
  EROFS: "the file system can only be read; give --data a folder on another",
};

/** A failed access to a file: which, why, and how to go on. */
export class StorageError extends UserError {
  /** @param action what could not be done to the file: `written` */
  constructor(path: string, action: "read" | "written", cause: unknown) {
    const { code = "", message = String(cause) } = (cause ?? {}) as Partial<NodeJS.ErrnoException>;
    const remedy = remedies[code];
    super(`${path} can't be ${action}: ${message}${remedy === undefined ? "" : `; ${remedy}`}`);
    this.cause = cause;
  }
}
