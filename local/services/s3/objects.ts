import { createHash, randomUUID } from "node:crypto";
import { existsSync, renameSync } from "node:fs";
import { mkdir, open, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

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
}

const suffix = "#object";

/** A name that every file system takes; folders never end with the suffix, since `#` is encoded. */
function segment(text: string): string {
  if (text === "" || text === "." || text === "..") return `%${text}`;
  const name = encodeURIComponent(text).replaceAll("*", "%2A");
  return name.length < 200 ? name : createHash("sha256").update(text).digest("hex");
}

const fileOf = (folder: string, key: string): string => `${join(folder, ...key.split("/").map(segment))}${suffix}`;

function parse(bytes: Buffer): { head: ObjectHead; body: Buffer } {
  const end = bytes.indexOf(10);
  return { head: JSON.parse(bytes.subarray(0, end).toString("utf8")) as ObjectHead, body: bytes.subarray(end + 1) };
}

/** An object that somebody has deleted meanwhile is none. */
function missing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== "ENOENT") throw error;
}

/** Files that are open at once: a process may not have many thousands. */
const AT_ONCE = 100;

/** What is known of the object in a file, without reading its bytes. */
async function headOf(path: string): Promise<ObjectHead | undefined> {
  const file = await open(path).catch(missing);
  if (!file) return undefined;
  try {
    for await (const line of file.readLines({ autoClose: false })) return JSON.parse(line) as ObjectHead;
    return undefined;
  } finally {
    await file.close();
  }
}

/** Node 20.9 knows `path` only, Node 24 `parentPath` only. */
const folderOfEntry = (entry: { readonly parentPath?: string; readonly path?: string }): string =>
  entry.parentPath ?? entry.path ?? "";

/** A bucket as files: each object one file, a line of JSON and then its bytes, put in place at one stroke. */
export class ObjectFiles {
  constructor(private readonly folder: string) {}

  /** @returns nothing where there is an object already and only a new one is wanted */
  async put(key: string, { body, headers, onlyNew }: NewObject): Promise<ObjectHead | undefined> {
    const etag = `"${createHash("md5").update(body).digest("hex")}"`;
    const head = { key, etag, size: body.length, lastModified: new Date().toISOString(), headers };
    const file = fileOf(this.folder, key);
    const next = `${file}.${randomUUID()}`;
    await mkdir(dirname(file), { recursive: true });
    await writeFile(next, Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`), body]));
    // At one stroke with the look whether there is one.
    const isWanted = !(onlyNew && existsSync(file));
    if (isWanted) renameSync(next, file);
    else await rm(next);
    return isWanted ? head : undefined;
  }

  async get(key: string): Promise<{ head: ObjectHead; body: Buffer } | undefined> {
    return await readFile(fileOf(this.folder, key)).then(parse, missing);
  }

  async delete(key: string): Promise<void> {
    await rm(fileOf(this.folder, key), { force: true });
  }

  /** The objects whose key begins with the prefix, by key. */
  async list(prefix: string): Promise<readonly ObjectHead[]> {
    const folder = join(this.folder, ...prefix.split("/").slice(0, -1).map(segment));
    if (!existsSync(folder)) return [];
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile() && entry.name.endsWith(suffix));
    const heads: ObjectHead[] = [];
    for (let at = 0; at < files.length; at += AT_ONCE) {
      const some = files.slice(at, at + AT_ONCE).map((entry) => headOf(join(folderOfEntry(entry), entry.name)));
      for (const head of await Promise.all(some)) if (head?.key.startsWith(prefix)) heads.push(head);
    }
    return heads.sort((a, b) => (a.key < b.key ? -1 : 1));
  }
}
