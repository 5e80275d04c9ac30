import type { Dir, Dirent, StatsFs } from "node:fs";
import type { Place, Places } from "./places";
import { BLOCK_BYTES, type Space } from "./space";

/** The file system of /tmp, as it says of itself. */
const EXT4 = 0xef53;

/** A text with a place's path on the machine as the function has written it. */
const asGiven = (text: string, { real, given }: Place): string => text.replaceAll(real, given);

/** Names or paths are texts, or bytes where a function wants bytes. */
function mapped(value: unknown, map: (text: string) => string): unknown {
  if (typeof value === "string") return map(value);
  return Buffer.isBuffer(value) ? Buffer.from(map(value.toString())) : value;
}

function entryOf(entry: Dirent, place: Place): Dirent {
  for (const name of ["parentPath", "path"]) {
    const path: unknown = Reflect.get(entry, name);
    if (path !== undefined)
      Reflect.set(
        entry,
        name,
        mapped(path, (text) => asGiven(text, place)),
      );
  }
  return entry;
}

type Callback = (error: Error | null, entry?: Dirent | null) => void;

/** A folder that is read entry by entry, whose entries and path are those that the function knows. */
function dirOf(dir: Dir, place: Place): Dir {
  const [read, readSync] = [dir.read.bind(dir), dir.readSync.bind(dir)];
  const seen = <Entry extends Dirent | null | undefined>(entry: Entry): Entry =>
    entry ? (entryOf(entry, place) as Entry) : entry;
  async function* entries(): AsyncGenerator<Dirent> {
    try {
      for (let entry = await read(); entry; entry = await read()) yield seen(entry);
    } finally {
      await dir.close();
    }
  }
  const members = {
    path: place.given,
    read: (then?: Callback) => (then ? read((error, entry) => then(error, seen(entry))) : read().then(seen)),
    readSync: () => seen(readSync()),
    entries,
    [Symbol.asyncIterator]: entries,
  };
  for (const name of Reflect.ownKeys(members)) {
    Object.defineProperty(dir, name, { value: Reflect.get(members, name), configurable: true, writable: true });
  }
  return dir;
}

/** What is left of the space of `/tmp`, in the numbers of a file system. */
function statfsOf(stats: StatsFs, space: Space): StatsFs {
  const blocks = (bytes: number) => Math.floor(bytes / BLOCK_BYTES);
  const [all, free] = [blocks(space.bytes), blocks(space.free)];
  const numbers = { type: EXT4, bsize: BLOCK_BYTES, frsize: BLOCK_BYTES, blocks: all, bfree: free, bavail: free };
  const isBig = typeof stats.bsize === "bigint";
  for (const [name, value] of Object.entries(numbers)) {
    if (name in stats) Reflect.set(stats, name, isBig ? BigInt(value) : value);
  }
  return stats;
}

/** An operation's result in the terms of the function that called it. */
export function resultOf(
  operation: string,
  value: unknown,
  place: Place,
  around: { places: Places; space: Space },
): unknown {
  if (operation === "statfs" && place.mount === "/tmp") return statfsOf(value as StatsFs, around.space);
  if (place.path === place.real) return value;
  if (operation === "realpath" || operation === "mkdir") return mapped(value, (text) => around.places.pathOf(text));
  if (operation === "mkdtemp") return mapped(value, (text) => asGiven(text, place));
  if (operation === "mkdtempDisposable") return withPath(value as { path: string }, place);
  if (operation === "opendir") return dirOf(value as Dir, place);
  if (operation !== "readdir" || !Array.isArray(value)) return value;
  return value.map((entry: unknown) => (isDirent(entry) ? entryOf(entry, place) : entry));
}

const isDirent = (entry: unknown): entry is Dirent =>
  typeof entry === "object" && entry !== null && !Buffer.isBuffer(entry);

function withPath(value: { path: string }, place: Place): object {
  return Object.defineProperty(value, "path", { value: asGiven(value.path, place) });
}

/** An error of Node.js with the paths that the function has written. */
export function errorOf(thrown: unknown, places: readonly Place[]): unknown {
  if (!(thrown instanceof Error)) return thrown;
  const moved = places.filter(({ path, real }) => path !== real);
  for (const name of ["stack", "message", "path", "dest"]) {
    const text: unknown = Reflect.get(thrown, name);
    if (typeof text === "string") Reflect.set(thrown, name, moved.reduce(asGiven, text));
  }
  return thrown;
}
