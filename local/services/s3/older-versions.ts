import { copyFileSync, linkSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { randomText } from "../../lib/random";
import { missing, type ObjectHead, versionIdOf } from "./object-file";
import { fileOf, folderOf } from "./object-path";
import { laterNow } from "./version-id";

/** The file of a version that another one followed. */
export interface OlderVersion {
  readonly path: string;
  readonly versionId: string;
  /** When another one followed it, in milliseconds since 1970. */
  readonly followedAt: number;
}

/** `1767225600000-<version id>`: when another one followed it, and its id. */
function versionAt(path: string): readonly OlderVersion[] {
  const [, at, versionId] = /^(\d+)-(.+)$/.exec(basename(path)) ?? [];
  return versionId === undefined ? [] : [{ path, versionId, followedAt: Number(at) }];
}

/** Node 20.9 knows `path` only, Node 24 `parentPath` only. */
const folderOfEntry = (entry: { readonly parentPath?: string; readonly path?: string }): string =>
  entry.parentPath ?? entry.path ?? "";

/** All files below a folder; none where there is no folder. */
export async function filesBelow(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(missing(folder));
  return (entries ?? []).filter((entry) => entry.isFile()).map((entry) => join(folderOfEntry(entry), entry.name));
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    return missing(folder)(error as NodeJS.ErrnoException) ?? [];
  }
}

/** The versions of a bucket's objects that others followed: those of a key are the files of one folder. */
export class OlderVersions {
  constructor(
    private readonly folder: string,
    private readonly unfinished: string,
  ) {}

  /** Those of a key, the newest first. */
  of(key: string): readonly OlderVersion[] {
    const folder = fileOf(this.folder, key);
    const versions = namesIn(folder).flatMap((name) => versionAt(join(folder, name)));
    return versions.sort((a, b) => b.followedAt - a.followedAt);
  }

  /** Those of all keys that may begin with the prefix, the newest first. */
  async below(prefix: string): Promise<readonly OlderVersion[]> {
    const versions = (await filesBelow(folderOf(this.folder, prefix))).flatMap(versionAt);
    return versions.sort((a, b) => b.followedAt - a.followedAt);
  }

  /** Keeps the version in a file, besides the file's next content. A kill in between leaves it in both places. */
  keep(head: ObjectHead, file: string): void {
    const path = join(fileOf(this.folder, head.key), `${laterNow()}-${versionIdOf(head)}`);
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    try {
      linkSync(file, path);
    } catch {
      // Some file systems have no links. A copy does as well, and fails where anything would.
      const copy = join(this.unfinished, randomText(16, "hex"));
      copyFileSync(file, copy);
      renameSync(copy, path);
    }
  }

  /** Deletes versions of a key: one, or several of the same id after a kill. */
  remove(key: string, isMeant: (version: OlderVersion) => boolean): void {
    const meant = this.of(key).filter(isMeant);
    for (const { path } of meant) rmSync(path, { force: true });
    if (meant.length > 0 && this.of(key).length === 0)
      rmSync(fileOf(this.folder, key), { recursive: true, force: true });
  }

  /** Puts the newest version of a key into a file. @returns whether there was one */
  restore(key: string, file: string): boolean {
    const [newest] = this.of(key);
    if (newest) renameSync(newest.path, file);
    return newest !== undefined;
  }
}
