import { createHash } from "node:crypto";
import { existsSync, renameSync, rmSync } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { UserError } from "../../../lib/user-error";
import { randomText } from "../../lib/random";
import type { BucketDefinition } from "../../read/bucket-definition";
import { StorageError } from "../../store/storage-error";
import { byKey } from "./key-order";
import {
  content,
  missing,
  nullVersion,
  type ObjectHead,
  parse,
  readHead,
  readHeadSync,
  versionIdOf,
} from "./object-file";
import { earlierFileOf, fileOf, folderOf, suffix } from "./object-path";
import { filesBelow, OlderVersions } from "./older-versions";
import type { Tags } from "./tags";
import { newVersionId } from "./version-id";

/** Body and metadata of a new object. */
export interface NewObject extends Pick<ObjectHead, "headers" | "checksum" | "storageClass" | "tags" | "upload"> {
  readonly body: Buffer;
  /** Checks the current object, if there is one, atomically with its replacement. @throws the reason to keep it */
  readonly check?: (current: ObjectHead | undefined) => void;
  /** @default the digest of the body */
  readonly etag?: string;
}

export interface StoredObject {
  readonly head: ObjectHead;
  readonly body: Buffer;
}

/** A version among all that there are. */
export interface ListedVersion extends ObjectHead {
  /** When another one followed it, in milliseconds since 1970. @default none did: it is the latest */
  readonly followedAt?: number;
}

/** Files that are open at once: a process may not have many thousands. */
const AT_ONCE = 100;

/** Folders of objects. */
export interface Place {
  readonly folder: string;
  /** Folder of versions that others followed. */
  readonly older: string;
  /** Folder of objects that are being written. */
  readonly unfinished: string;
  readonly problem: (message: string) => void;
}

/** Whether an error is the disk's. */
const isSystemError = (error: unknown): boolean => error instanceof Error && "syscall" in error;

function onDisk(path: string, work: () => void): void {
  try {
    work();
  } catch (error) {
    throw isSystemError(error) ? new StorageError(path, "written", error) : error;
  }
}

/** A marker stands for no object. */
const isObject = (head: ObjectHead): boolean => head.deleteMarker === undefined;

/**
 * A bucket as files: the newest version of each object is one file, a line of JSON and then its bytes, put in place at
 * one stroke; those that were followed lie beside. A new version takes the place of the one that has the same id, and any
 * other is kept: in a bucket without versions all have the same.
 */
export class ObjectFiles {
  private readonly older: OlderVersions;

  constructor(
    private readonly place: Place,
    private readonly versioning?: BucketDefinition["versioning"],
  ) {
    this.older = new OlderVersions(place.older, place.unfinished);
  }

  /** @throws StorageError when the disk does not take it, and what `check` throws: then all is as it was */
  put(key: string, { body, check, ...given }: NewObject): Promise<ObjectHead> {
    const etag = given.etag ?? `"${createHash("md5").update(body).digest("hex")}"`;
    return this.add({ ...given, key, etag, size: body.length }, body, check);
  }

  /** @param versionId @default the newest, which may be the marker of a deletion */
  async get(key: string, versionId?: string): Promise<StoredObject | undefined> {
    const file = await this.fileOf(key);
    if (versionId === undefined) return this.read(file);
    for (;;) {
      const path = this.pathOf(key, file, versionId);
      const found = path === undefined ? undefined : await this.read(path);
      // Another change may have moved it from one file to another meanwhile.
      if (path === undefined || (found && versionIdOf(found.head) === versionId)) return found;
    }
  }

  /** Deletes an object, or throws what `check` does. @returns the marker that stands for the deletion, where there are versions */
  async delete(key: string, check?: NewObject["check"]): Promise<ObjectHead | undefined> {
    const file = await this.fileOf(key);
    const current = this.headAt(file);
    const hasVersions = this.older.of(key).length > 0 || (current && versionIdOf(current) !== nullVersion);
    if (this.versioning || hasVersions) {
      return this.add({ key, etag: "", size: 0, headers: {}, deleteMarker: true }, Buffer.alloc(0), check);
    }
    check?.(current);
    onDisk(file, () => rmSync(file, { force: true }));
    return undefined;
  }

  /** Deletes a version for good; the one before becomes the newest. @returns what was deleted, if there was one */
  async deleteVersion(key: string, versionId: string, check?: NewObject["check"]): Promise<ObjectHead | undefined> {
    const file = await this.fileOf(key);
    const path = this.pathOf(key, file, versionId);
    const head = path === undefined ? undefined : this.headAt(path);
    check?.(head && isObject(head) ? head : undefined);
    onDisk(file, () => {
      this.older.remove(key, (other) => other.versionId === versionId);
      if (path === file && !this.older.restore(key, file)) rmSync(file);
    });
    return head;
  }

  /** Puts other tags on a version, which is the same otherwise. Does nothing where it is not there, or no longer. */
  async retag(key: string, versionId: string | undefined, tags: Tags): Promise<void> {
    const file = await this.fileOf(key);
    for (;;) {
      const found = await this.get(key, versionId);
      if (!found || !isObject(found.head)) return;
      const { tags: _, ...head } = found.head;
      const next = await this.written(content(tags.length > 0 ? { ...head, tags } : head, found.body), file);
      const path = versionId === undefined ? file : this.pathOf(key, file, versionId);
      // Atomic with the comparison: another change may have come first.
      if (path !== undefined && isDeepStrictEqual(this.headAt(path), found.head)) {
        return onDisk(path, () => renameSync(next, path));
      }
      await rm(next, { force: true });
    }
  }

  /** Deletes a version that is still as it was listed. */
  async expire(version: ListedVersion): Promise<void> {
    const { key, followedAt } = version;
    const file = await this.fileOf(key);
    const id = versionIdOf(version);
    onDisk(file, () => {
      this.older.remove(key, (other) => other.versionId === id && other.followedAt === followedAt);
      const isLast = this.older.of(key).length === 0 && this.pathOf(key, file, id) === file;
      if (followedAt === undefined && isLast) rmSync(file);
    });
  }

  /** The objects whose key begins with the prefix, by key; one that is damaged is reported and left out. */
  async list(prefix: string): Promise<readonly ObjectHead[]> {
    return (await this.newest(prefix)).filter(isObject);
  }

  /** All versions of them, markers of deletions too, by key and then the newest first. */
  async listVersions(prefix: string): Promise<readonly ListedVersion[]> {
    // In this order: a version that another one follows meanwhile is not left out.
    const newest = await this.newest(prefix);
    const older = await this.older.below(prefix);
    const heads = await this.headsOf(older.map(({ path }) => path));
    const followed = older.flatMap(({ followedAt }, index) => {
      const head = heads[index];
      return head?.key.startsWith(prefix) ? [{ ...head, followedAt }] : [];
    });
    const versions = new Map<string, Map<string, ListedVersion>>();
    for (const version of [...newest, ...followed]) {
      const ofKey = versions.get(version.key) ?? new Map<string, ListedVersion>();
      // What a kill left twice is there once.
      if (!ofKey.has(versionIdOf(version))) ofKey.set(versionIdOf(version), version);
      versions.set(version.key, ofKey);
    }
    return [...versions].sort(([a], [b]) => byKey(a, b)).flatMap(([, ofKey]) => [...ofKey.values()]);
  }

  private async newest(prefix: string): Promise<readonly ObjectHead[]> {
    const files = await filesBelow(folderOf(this.place.folder, prefix));
    const heads = await this.headsOf(files.filter((path) => path.endsWith(suffix)));
    return heads
      .filter((head) => head !== undefined)
      .filter(({ key }) => key.startsWith(prefix))
      .sort((a, b) => byKey(a.key, b.key));
  }

  private async headsOf(paths: readonly string[]): Promise<readonly (ObjectHead | undefined)[]> {
    const heads: (ObjectHead | undefined)[] = [];
    for (let at = 0; at < paths.length; at += AT_ONCE) {
      const some = paths.slice(at, at + AT_ONCE).map((path) => readHead(path).catch(this.report));
      heads.push(...(await Promise.all(some)));
    }
    return heads;
  }

  /** Makes a version the newest of its key. */
  private async add(
    object: Omit<ObjectHead, "lastModified" | "versionId">,
    body: Buffer,
    check?: NewObject["check"],
  ): Promise<ObjectHead> {
    const own = this.versioning === "Enabled" ? { versionId: newVersionId() } : {};
    const head = { ...object, ...own, lastModified: new Date().toISOString() };
    const file = await this.fileOf(object.key);
    const next = await this.written(content(head, body), file);
    try {
      this.replace(file, next, { head, check });
      return head;
    } catch (error) {
      await rm(next, { force: true }).catch(() => undefined); // Whatever refuses this has refused the write.
      throw isSystemError(error) ? new StorageError(file, "written", error) : error;
    }
  }

  /** Writes what is to become a file. @returns where it is until then */
  private async written(bytes: Buffer, file: string): Promise<string> {
    const next = join(this.place.unfinished, randomText(16, "hex"));
    try {
      for (const folder of [dirname(file), this.place.unfinished])
        await mkdir(folder, { recursive: true, mode: 0o700 });
      await writeFile(next, bytes, { mode: 0o600 });
      return next;
    } catch (error) {
      await rm(next, { force: true }).catch(() => undefined); // As below.
      throw isSystemError(error) ? new StorageError(file, "written", error) : error;
    }
  }

  /** Atomic with the check of the current object. */
  private replace(file: string, next: string, { head, check }: { head: ObjectHead; check: NewObject["check"] }): void {
    const current = this.headAt(file);
    check?.(current && isObject(current) ? current : undefined);
    const id = versionIdOf(head);
    if (current && versionIdOf(current) !== id) this.older.keep(current, file);
    renameSync(next, file);
    if (id === nullVersion) this.older.remove(head.key, ({ versionId }) => versionId === id);
  }

  private async read(path: string): Promise<StoredObject | undefined> {
    const bytes = await readFile(path).catch(missing(path));
    return bytes && parse(path, bytes);
  }

  /** The file in which a version of a key is now. */
  private pathOf(key: string, file: string, versionId: string): string | undefined {
    const current = this.headAt(file);
    if (current && versionIdOf(current) === versionId) return file;
    return this.older.of(key).find((version) => version.versionId === versionId)?.path;
  }

  /** The object's metadata; a damaged file is reported, and counts as none. */
  private headAt(path: string): ObjectHead | undefined {
    try {
      return readHeadSync(path);
    } catch (error) {
      return this.report(error);
    }
  }

  private readonly report = (error: unknown): undefined => {
    if (!(error instanceof UserError)) throw error;
    this.place.problem(error.message);
  };

  /** An object of an earlier version of this program moves to its present place. */
  private async fileOf(key: string): Promise<string> {
    const { folder } = this.place;
    const file = fileOf(folder, key);
    const earlier = earlierFileOf(folder, key);
    if (earlier === undefined || existsSync(file) || (await readHead(earlier))?.key !== key) return file;
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    renameSync(earlier, file);
    return file;
  }
}
