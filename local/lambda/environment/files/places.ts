import { lstatSync, readlinkSync } from "node:fs";
import { posix } from "node:path";
import { fileURLToPath } from "node:url";
import { systemError } from "./system-error";

/** Folders of the machine in which an environment's files lie. */
export interface FileSettings {
  /** The unpacked package: `/var/task`. */
  readonly task: string;
  /** The environment's own `/tmp`. */
  readonly tmp: string;
  /** What is elsewhere: `/`. */
  readonly root: string;
  /** Packages that Lambda's runtime brings along, by their real paths. */
  readonly packages: readonly string[];
  /** Size of `/tmp`, in bytes. */
  readonly tmpBytes: number;
}

/** A path that a function names, and the file of the machine that it means. */
export interface Place {
  /** As the function wrote it. */
  readonly given: string;
  /** By its path in Lambda: absolute. */
  readonly path: string;
  /** By its path on the machine. */
  readonly real: string;
  readonly mount: "/tmp" | "/var/task" | "/" | "device" | "packages";
}

/** Devices that are the same everywhere. */
const devices: ReadonlySet<string> = new Set(["/dev/null", "/dev/zero", "/dev/random", "/dev/urandom", "/dev/full"]);

/** As Linux follows links in a path (manual page path_resolution(7)). */
const MOST_LINKS = 40;

const isBelow = (path: string, folder: string): boolean => path === folder || path.startsWith(`${folder}/`);

/** As text; undefined where Node.js refuses it, or finds nothing by it. */
function textOf(path: unknown): string | undefined {
  const text = path instanceof Uint8Array ? Buffer.from(path).toString() : path instanceof URL ? ofUrl(path) : path;
  return typeof text === "string" && text !== "" && !text.includes("\0") ? text : undefined;
}

function ofUrl(url: URL): string | undefined {
  try {
    return fileURLToPath(url);
  } catch {
    // Node.js itself says what is wrong with it.
    return undefined;
  }
}

/** The tree of files that a function sees: an execution environment's, whose parts lie somewhere on the machine. */
export class Places {
  /** Whether there may be symbolic links in `/tmp`, which the machine would follow from its own root. */
  mayHaveLinks = false;
  private readonly lstat = lstatSync;
  private readonly readlink = readlinkSync;

  constructor(private readonly settings: FileSettings) {}

  /**
   * @param follow whether the path's last part may be a link whose target is meant
   * @returns undefined for what is no path
   * @throws Error of a system call that follows links without end
   */
  of(path: unknown, follow: boolean): Place | undefined {
    const given = textOf(path);
    if (given === undefined) return undefined;
    const place = this.at(given, posix.resolve(process.cwd(), given));
    const found = this.mayHaveLinks && place.mount === "/tmp" ? this.followed(place, follow) : place;
    return given.endsWith("/") && found.real !== "/" ? { ...found, real: `${found.real}/` } : found;
  }

  /** A path of the machine by its path in Lambda. */
  pathOf(real: string): string {
    const { task, tmp, root } = this.settings;
    if (isBelow(real, tmp)) return `/tmp${real.slice(tmp.length)}`;
    if (isBelow(real, task)) return `/var/task${real.slice(task.length)}`;
    return isBelow(real, root) ? real.slice(root.length) || "/" : real;
  }

  private at(given: string, path: string): Place {
    const { task, tmp, root, packages } = this.settings;
    const place = (mount: Place["mount"], real: string): Place => ({ given, path, real, mount });
    // Modules are known by their real paths, and look for others beside them.
    if (isBelow(path, tmp)) return place("/tmp", path);
    if (isBelow(path, task)) return place("/var/task", path);
    if (packages.some((folder) => isBelow(path, folder))) return place("packages", path);
    if (isBelow(path, "/tmp")) return place("/tmp", tmp + path.slice("/tmp".length));
    if (isBelow(path, "/var/task")) return place("/var/task", task + path.slice("/var/task".length));
    if (devices.has(path)) return place("device", path);
    return place("/", path === "/" ? root : root + path);
  }

  /** The place behind the links of a path, as if Lambda's root were the machine's. */
  private followed(start: Place, follow: boolean): Place {
    let place = start;
    for (let links = 0; links <= MOST_LINKS; links += 1) {
      const target = this.targetIn(place, follow);
      if (target === undefined) return place;
      place = this.at(start.given, target);
    }
    throw systemError("ELOOP", "open", [start.given]);
  }

  /** The path that the first link on the way leads to; undefined if there is none. */
  private targetIn({ real, mount }: Place, follow: boolean): string | undefined {
    const { tmp } = this.settings;
    if (mount !== "/tmp") return undefined;
    const parts = real.slice(tmp.length).split("/").filter(Boolean);
    for (let count = 1; count <= parts.length - (follow ? 0 : 1); count += 1) {
      const link = `${tmp}/${parts.slice(0, count).join("/")}`;
      if (this.lstat(link, { throwIfNoEntry: false })?.isSymbolicLink()) {
        return posix.resolve(posix.dirname(this.pathOf(link)), this.readlink(link), ...parts.slice(count));
      }
    }
    return undefined;
  }
}
