import { constants } from "node:fs";

/** What an operation does with a path among its arguments. */
export interface PathUse {
  /** The argument's index. */
  readonly at: number;
  /**
   * `change` is of what is there; `create` may make it, `createOnly` fails where there is something; `createFolders` leaves what
   * is there, and makes the folders above, as `createCopies` does, too.
   */
  readonly does: "read" | "change" | "create" | "createOnly" | "createFolders" | "createCopies";
  /** Whether a link at the end of the path is followed. */
  readonly follow: boolean;
}

/** The paths of an operation of `node:fs`, by its arguments. */
type Uses = (args: readonly unknown[]) => readonly PathUse[];

const use = (does: PathUse["does"], at = 0): PathUse => ({ at, does, follow: true });
const useLink = (does: PathUse["does"], at = 0): PathUse => ({ at, does, follow: false });
const always =
  (...uses: readonly PathUse[]): Uses =>
  () =>
    uses;

const { O_WRONLY, O_RDWR, O_CREAT, O_EXCL, O_TRUNC, O_APPEND, W_OK } = constants;

/** Flags as `fs.open` takes them. */
function byFlags(flags: unknown): PathUse["does"] {
  if (typeof flags === "number") {
    if (flags & O_CREAT) return flags & O_EXCL ? "createOnly" : "create";
    return flags & (O_WRONLY | O_RDWR | O_TRUNC | O_APPEND) ? "change" : "read";
  }
  const letters = String(flags);
  if (letters.startsWith("r") || letters === "sr") return letters.includes("+") ? "change" : "read";
  return letters.includes("x") ? "createOnly" : "create";
}

const memberOf = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;

/** Operations that open a file by the flags in an options object. */
const opening =
  (at: number, standard: string): Uses =>
  (args) => [use(byFlags(memberOf(args[at], "flag") ?? standard))];

const mkdir: Uses = ([, options]) => [useLink(memberOf(options, "recursive") ? "createFolders" : "createOnly")];

/**
 * The operations of `node:fs` that take paths, by their names, which are the same for those that wait, call back, and return
 * promises. Streams and `glob` are made of others.
 */
export const pathUses: Readonly<Record<string, Uses>> = {
  access: ([, mode]) => [use(typeof mode === "number" && mode & W_OK ? "change" : "read")],
  appendFile: opening(2, "a"),
  chmod: always(use("change")),
  chown: always(use("change")),
  copyFile: always(use("read"), use("create", 1)),
  cp: always(useLink("read"), useLink("createCopies", 1)),
  exists: always(use("read")),
  lchmod: always(useLink("change")),
  lchown: always(useLink("change")),
  link: always(useLink("read"), useLink("createOnly", 1)),
  lstat: always(useLink("read")),
  lutimes: always(useLink("change")),
  mkdir,
  mkdtemp: always(useLink("create")),
  mkdtempDisposable: always(useLink("create")),
  open: ([, flags]) => [use(byFlags(typeof flags === "string" || typeof flags === "number" ? flags : "r"))],
  openAsBlob: always(use("read")),
  opendir: always(use("read")),
  readFile: opening(1, "r"),
  readdir: always(use("read")),
  readlink: always(useLink("read")),
  realpath: always(use("read")),
  rename: always(useLink("change"), useLink("create", 1)),
  rm: always(useLink("change")),
  rmdir: always(useLink("change")),
  stat: always(use("read")),
  statfs: always(use("read")),
  // What a link says is text.
  symlink: always(useLink("createOnly", 1)),
  truncate: always(use("change")),
  unlink: always(useLink("change")),
  unwatchFile: always(use("read")),
  utimes: always(use("change")),
  watch: always(use("read")),
  watchFile: always(use("read")),
  writeFile: opening(2, "w"),
};

/** Operations on what is open, by its descriptor. */
export const descriptorUses: ReadonlySet<string> = new Set([
  ...["close", "fchmod", "fchown", "fdatasync", "fstat", "fsync", "ftruncate", "futimes"],
  ...["read", "readv", "write", "writev", "readFile", "writeFile", "appendFile"],
]);

/** What takes neither a path nor a descriptor by itself. */
export const withoutPaths: ReadonlySet<string> = new Set([
  ...["Dir", "Dirent", "Stats", "FileReadStream", "FileWriteStream", "ReadStream", "WriteStream", "Utf8Stream"],
  ...["createReadStream", "createWriteStream", "glob", "_toUnixTimestamp"],
]);

/** The name that an error gives the operation. */
export const syscalls: Readonly<Record<string, string>> = {
  ...{ appendFile: "open", copyFile: "copyfile", readFile: "open", readdir: "scandir", rm: "unlink" },
  ...{ truncate: "open", utimes: "utime", futimes: "futime", lutimes: "lutime", writeFile: "open" },
};
