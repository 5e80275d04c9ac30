import { constants } from "node:os";
import { getSystemErrorMap } from "node:util";

/** An error as Node.js makes it of a system call's: `EROFS: read-only file system, open '/var/task/x'`. */
export function systemError(
  code: "EBADF" | "ELOOP" | "ESRCH" | "ENOENT" | "ENOSPC" | "ENOTDIR" | "EROFS" | "EXDEV",
  syscall: string,
  paths: readonly string[] = [],
): NodeJS.ErrnoException {
  const errno = -constants.errno[code];
  const [, words = code] = getSystemErrorMap().get(errno) ?? [];
  const [path, dest] = paths;
  const at = paths.length === 0 ? "" : ` ${paths.map((each) => `'${each}'`).join(" -> ")}`;
  const error = new Error(`${code}: ${words}, ${syscall}${at}`);
  return Object.assign(error, {
    ...{ errno, code, syscall },
    ...(path === undefined ? {} : { path }),
    ...(dest === undefined ? {} : { dest }),
  });
}
