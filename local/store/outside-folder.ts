import { randomBytes } from "node:crypto";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  realpathSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { UserError } from "../../lib/user-error";
import { hasEnded, identityOf } from "./process-identity";
import { StorageError } from "./storage-error";

/** Beginning of each folder's name, before the identity of its process and random characters. */
const PREFIX = "terrace-functions-";

/** Where it may lie: where this user's temporary files do, or all users'. */
const places = (): readonly string[] =>
  [tmpdir(), "/tmp", "/var/tmp"].filter((folder) => existsSync(folder)).map((folder) => realpathSync(folder));

/** Whether Node.js would find something of others from a folder: packages, or how its files are to be understood. */
function findsOthers(folder: string): boolean {
  if (["node_modules", "package.json"].some((name) => existsSync(join(folder, name)))) return true;
  return dirname(folder) !== folder && findsOthers(dirname(folder));
}

function place(candidates: readonly string[]): string {
  const found = candidates.find((folder) => !findsOthers(folder));
  if (found !== undefined) return found;
  throw new UserError(
    `functions would find packages that they don't have on AWS: ${[...new Set(candidates)].join(", ")} each have a node_modules or package.json there or above; let TMPDIR name a folder that has not`,
  );
}

const targetOf = (link: string): string | undefined =>
  lstatSync(link, { throwIfNoEntry: false })?.isSymbolicLink() ? readlinkSync(link) : undefined;

/** Whether it is one that `makeOutside` has made: a link may have been changed. */
const isOwn = (folder: string, candidates: readonly string[]): boolean =>
  basename(folder).startsWith(PREFIX) &&
  candidates.includes(dirname(folder)) &&
  lstatSync(folder, { throwIfNoEntry: false })?.isDirectory() === true;

/** Removes what a link leads to, and the link. */
export function removeOutside(link: string, candidates = places()): void {
  try {
    const target = targetOf(link);
    if (target !== undefined && isOwn(target, candidates)) rmSync(target, { recursive: true, force: true });
    rmSync(link, { recursive: true, force: true });
  } catch (error) {
    throw new StorageError(link, "written", error);
  }
}

/** Removes what killed processes have left whose links are gone too, with all the data. */
function removeLeft(candidates: readonly string[]): void {
  for (const place of candidates) {
    for (const name of readdirSync(place)) {
      const identity = /^[\d.]+(?=-[0-9a-f]+$)/.exec(name.slice(PREFIX.length))?.[0];
      if (!name.startsWith(PREFIX) || identity === undefined || !hasEnded(identity)) continue;
      try {
        const folder = join(place, name);
        if (isOwn(folder, candidates)) rmSync(folder, { recursive: true, force: true });
      } catch {
        // Another user's, or another start is removing it: it harms nothing, and the next start tries again.
      }
    }
  }
}

/**
 * A new folder outside of the project, from which no package is found, as there is none above /var/task. The link to it is there
 * before it is, so that the next start finds what a killed one has left.
 *
 * @returns its real path
 * @throws UserError when there is no place for one
 */
export function makeOutside(link: string, candidates = places()): string {
  const folder = join(place(candidates), `${PREFIX}${identityOf(process.pid)}-${randomBytes(8).toString("hex")}`);
  try {
    removeLeft(candidates);
    symlinkSync(folder, link);
    // Fails where there is something already: it would be another's.
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    throw new StorageError(folder, "written", error);
  }
  return folder;
}
