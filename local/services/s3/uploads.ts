import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { randomText } from "../../lib/random";
import { StorageError } from "../../store/storage-error";
import type { Checksum } from "./checksums";
import type { ObjectHead } from "./object-file";
import { type NewObject, ObjectFiles, type Place } from "./objects";

/** A multipart upload: its parts become an object with these headers. */
export interface Upload {
  readonly id: string;
  readonly key: string;
  readonly initiated: string;
  /** Settings of the future object. */
  readonly object: UploadedObject;
}

/** An object as it is before it has bytes. */
export interface UploadedObject extends Pick<ObjectHead, "headers" | "storageClass" | "tags"> {
  /** How its checksum is made; of those of its parts, if they have any. @default by S3's own algorithm, of all bytes */
  readonly checksum?: Pick<Checksum, "algorithm" | "type">;
}

/** A part, by its number. */
export interface Part extends Pick<ObjectHead, "etag" | "size" | "lastModified" | "checksum"> {
  readonly number: number;
}

/** Name of the upload's own file among those of its parts, which have numbers. */
const itself = "upload";

const isId = (id: string): boolean => /^[0-9a-f]{32}$/.test(id);

/** The entity tag of an object that was put in parts (S3 User Guide, "Checking object integrity", ETags of multipart uploads). */
export function etagOf(parts: readonly Pick<Part, "etag">[]): string {
  const digests = parts.map(({ etag }) => Buffer.from(etag.replaceAll('"', ""), "hex"));
  return `"${createHash("md5").update(Buffer.concat(digests)).digest("hex")}-${parts.length}"`;
}

/** The multipart uploads into a bucket that are neither completed nor aborted: each a folder, whose parts are kept as objects are. */
export class Uploads {
  constructor(private readonly place: Place) {}

  /** @returns its id */
  async create(key: string, { checksum, ...object }: UploadedObject): Promise<string> {
    const id = randomText(16, "hex");
    await this.files(id).put(itself, {
      ...object,
      body: Buffer.from(key),
      ...(checksum ? { checksum: { ...checksum, value: "" } } : {}),
    });
    return id;
  }

  /** @returns undefined where there is none of this id for the key */
  async find(id: string, key: string): Promise<Upload | undefined> {
    const upload = isId(id) ? await this.read(id) : undefined;
    return upload?.key === key ? upload : undefined;
  }

  /** By key, and then in the order in which they began. */
  async list(prefix: string): Promise<readonly Upload[]> {
    if (!existsSync(this.place.folder)) return [];
    const ids = (await readdir(this.place.folder)).filter(isId);
    const all = await Promise.all(ids.map((id) => this.read(id)));
    const order = ({ key, initiated, id }: Upload) => [key, initiated, id].join("\0");
    return all
      .filter((upload) => upload !== undefined)
      .filter(({ key }) => key.startsWith(prefix))
      .sort((a, b) => (order(a) < order(b) ? -1 : 1));
  }

  putPart({ id }: Upload, number: number, part: Pick<NewObject, "body" | "checksum">): Promise<ObjectHead> {
    return this.files(id).put(String(number), { ...part, headers: {} });
  }

  /** By number. */
  async parts({ id }: Upload): Promise<readonly Part[]> {
    const heads = await this.files(id).list("");
    return heads
      .filter(({ key }) => key !== itself)
      .map(({ key, ...head }) => ({ ...head, number: Number(key) }))
      .sort((a, b) => a.number - b.number);
  }

  /** The bytes of some parts, one after the other. */
  async bytes({ id }: Upload, parts: readonly Part[]): Promise<Buffer> {
    const bodies: Buffer[] = [];
    for (const { number } of parts) bodies.push((await this.files(id).get(String(number)))?.body ?? Buffer.alloc(0));
    return Buffer.concat(bodies);
  }

  /** Forgets an upload, with its parts. */
  async delete({ id }: Upload): Promise<void> {
    const folder = join(this.place.folder, id);
    await rm(folder, { recursive: true, force: true }).catch((error: unknown) => {
      throw new StorageError(folder, "written", error);
    });
  }

  private async read(id: string): Promise<Upload | undefined> {
    const found = await this.files(id).get(itself);
    if (!found) return undefined;
    const { lastModified, ...object } = found.head;
    return { id, key: found.body.toString("utf8"), initiated: lastModified, object };
  }

  private files(id: string): ObjectFiles {
    return new ObjectFiles({ ...this.place, folder: join(this.place.folder, id) });
  }
}
