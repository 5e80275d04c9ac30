import { createHash, randomUUID } from "node:crypto";
import { existsSync, renameSync } from "node:fs";
import { mkdir, open, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { UserError } from "../../../lib/user-error";
import { StorageError } from "../../store/storage-error";
import { earlierFileOf, fileOf, folderOf, suffix } from "./object-path";

/** What is known of an object besides its bytes. */
export interface ObjectHead {
  readonly key: string;
  readonly etag: string;
  readonly size: number;
  readonly lastModified: string;
  /** Headers that are stored and sent back: Content-Type, x-amz-meta-… */
  readonly headers: Readonly<Record<string, string>>;
}

/** What is put. */
export interface NewObject extends Pick<ObjectHead, "headers"> {
  readonly body: Buffer;
  /** Whether one that is there already is left alone. */
  readonly onlyNew: boolean;
  /** @default the digest of the body */
  readonly etag?: string;
}

function headIn(path: string, line: string): ObjectHead {
  try {
    return JSON.parse(line) as ObjectHead;
  } catch {
    throw new UserError(
      `${path} is damaged: its first line is no JSON; delete the file to lose this object alone, or start with --fresh, which forgets all that is stored`,
    );
  }
}

function parse(path: string, bytes: Buffer): { head: ObjectHead; body: Buffer } {
  const end = bytes.indexOf(10);
  return { head: headIn(path, bytes.subarray(0, end).toString("utf8")), body: bytes.subarray(end + 1) };
}

/** An object that somebody has deleted meanwhile is none. */
const missing =
  (path: string) =>
  (error: NodeJS.ErrnoException): undefined => {
    if (error.code !== "ENOENT") throw new StorageError(path, "read", error);
  };

/** Files that are open at once: a process may not have many thousands. */
const AT_ONCE = 100;

/** What is known of the object in a file, without reading its bytes. */
async function headOf(path: string): Promise<ObjectHead | undefined> {
  const file = await open(path).catch(missing(path));
  if (!file) return undefined;
  try {
    for await (const line of file.readLines({ autoClose: false })) return headIn(path, line);
    return headIn(path, "");
  } finally {
    await file.close();
  }
}

/** Node 20.9 knows `path` only, Node 24 `parentPath` only. */
const folderOfEntry = (entry: { readonly parentPath?: string; readonly path?: string }): string =>
  entry.parentPath ?? entry.path ?? "";

/** Where objects are kept. */
export interface Place {
  readonly folder: string;
  /** Where objects lie while they are written. */
  readonly unfinished: string;
  readonly problem: (message: string) => void;
}

/** A bucket as files: each object one file, a line of JSON and then its bytes, put in place at one stroke. */
export class ObjectFiles {
  constructor(private readonly place: Place) {}

  /**
   * @returns nothing where there is an object already and only a new one is wanted
   * @throws StorageError when the disk does not take it: then all is as it was
   */
  async put(key: string, { body, headers, onlyNew, ...given }: NewObject): Promise<ObjectHead | undefined> {
    const etag = given.etag ?? `"${createHash("md5").update(body).digest("hex")}"`;
    const head = { key, etag, size: body.length, lastModified: new Date().toISOString(), headers };
    const file = await this.fileOf(key);
    const next = join(this.place.unfinished, randomUUID());
    try {
      for (const folder of [dirname(file), this.place.unfinished])
        await mkdir(folder, { recursive: true, mode: 0o700 });
      await writeFile(next, Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`), body]), { mode: 0o600 });
      // At one stroke with the look whether there is one.
      const isWanted = !(onlyNew && existsSync(file));
      if (isWanted) renameSync(next, file);
      return isWanted ? head : undefined;
    } catch (error) {
      throw new StorageError(file, "written", error);
    } finally {
      // It is there still when it was not wanted, or could not be written.
      await rm(next, { force: true }).catch(() => undefined); // Whatever refuses this has refused the write.
    }
  }

  async get(key: string): Promise<{ head: ObjectHead; body: Buffer } | undefined> {
    const file = await this.fileOf(key);
    const bytes = await readFile(file).catch(missing(file));
    return bytes && parse(file, bytes);
  }

  async delete(key: string): Promise<void> {
    const file = await this.fileOf(key);
    await rm(file, { force: true }).catch((error: unknown) => {
      throw new StorageError(file, "written", error);
    });
  }

  /** The objects whose key begins with the prefix, by key; one that is damaged is reported and left out. */
  async list(prefix: string): Promise<readonly ObjectHead[]> {
    const folder = folderOf(this.place.folder, prefix);
    if (!existsSync(folder)) return [];
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile() && entry.name.endsWith(suffix));
    const heads: ObjectHead[] = [];
    for (let at = 0; at < files.length; at += AT_ONCE) {
      const some = files.slice(at, at + AT_ONCE).map((entry) => this.headOf(join(folderOfEntry(entry), entry.name)));
      for (const head of await Promise.all(some)) if (head?.key.startsWith(prefix)) heads.push(head);
    }
    return heads.sort((a, b) => (a.key < b.key ? -1 : 1));
  }

  private async headOf(path: string): Promise<ObjectHead | undefined> {
    try {
      return await headOf(path);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      this.place.problem(error.message);
      return undefined;
    }
  }

  /** An object of an earlier version moves to where it is looked for. */
  private async fileOf(key: string): Promise<string> {
    const { folder } = this.place;
    const file = fileOf(folder, key);
    const earlier = earlierFileOf(folder, key);
    if (earlier === undefined || existsSync(file) || (await headOf(earlier))?.key !== key) return file;
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    renameSync(earlier, file);
    return file;
  }
}
