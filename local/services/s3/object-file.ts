import { closeSync, openSync, readSync } from "node:fs";
import { open } from "node:fs/promises";
import { UserError } from "../../../lib/user-error";
import { StorageError } from "../../store/storage-error";
import type { Checksum } from "./checksums";
import type { Tags } from "./tags";

/** Metadata of a version of an object. */
export interface ObjectHead {
  readonly key: string;
  readonly etag: string;
  readonly size: number;
  readonly lastModified: string;
  /** Headers that are stored and sent back: Content-Type, x-amz-meta-… */
  readonly headers: Readonly<Record<string, string>>;
  /** @default `null`, the one version that a bucket without versions has */
  readonly versionId?: string;
  /** It stands for an object that was deleted. */
  readonly deleteMarker?: true;
  /** @default none, of what was put before checksums were kept */
  readonly checksum?: Checksum;
  /** @default STANDARD */
  readonly storageClass?: string;
  /** @default none */
  readonly tags?: Tags;
  /** The upload in parts that it was made of, with the number and size of each. @default it was put whole */
  readonly upload?: { readonly id: string; readonly parts: readonly (readonly [number: number, size: number])[] };
}

/** The id of what is put while a bucket gives no ids. (S3 User Guide, "How S3 Versioning works") */
export const nullVersion = "null";

export const versionIdOf = ({ versionId = nullVersion }: ObjectHead): string => versionId;

function headIn(path: string, line: string): ObjectHead {
  try {
    return JSON.parse(line) as ObjectHead;
  } catch {
    throw new UserError(
      `${path} is damaged: its first line is no JSON; delete the file to lose this object alone, or start with --fresh, which forgets all that is stored`,
    );
  }
}

/** A file's content: a line of JSON, then the bytes. */
export function parse(path: string, bytes: Buffer): { head: ObjectHead; body: Buffer } {
  const end = bytes.indexOf(10);
  return { head: headIn(path, bytes.subarray(0, end).toString("utf8")), body: bytes.subarray(end + 1) };
}

/** The content of a file. */
export const content = (head: ObjectHead, body: Buffer): Buffer =>
  Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`), body]);

/** An object that somebody has deleted meanwhile is none. */
export const missing =
  (path: string) =>
  (error: NodeJS.ErrnoException): undefined => {
    if (error.code !== "ENOENT") throw new StorageError(path, "read", error);
  };

/** Metadata of the object in a file, without reading its bytes. */
export async function readHead(path: string): Promise<ObjectHead | undefined> {
  const file = await open(path).catch(missing(path));
  if (!file) return undefined;
  try {
    for await (const line of file.readLines({ autoClose: false })) return headIn(path, line);
    return headIn(path, "");
  } finally {
    await file.close();
  }
}

const CHUNK_BYTES = 4096;

function firstLine(file: number): string {
  const chunks: Buffer[] = [];
  for (;;) {
    const chunk = Buffer.alloc(CHUNK_BYTES);
    const length = readSync(file, chunk);
    const end = chunk.subarray(0, length).indexOf(10);
    chunks.push(chunk.subarray(0, end < 0 ? length : end));
    if (end >= 0 || length === 0) return Buffer.concat(chunks).toString("utf8");
  }
}

/** The same at one stroke with what is done next. */
export function readHeadSync(path: string): ObjectHead | undefined {
  try {
    const file = openSync(path, "r");
    try {
      return headIn(path, firstLine(file));
    } finally {
      closeSync(file);
    }
  } catch (error) {
    if (error instanceof UserError) throw error;
    return missing(path)(error as NodeJS.ErrnoException);
  }
}
