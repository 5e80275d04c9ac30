import { GetObjectCommand, HeadObjectCommand, PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { NotFound } from "../runtime/errors";
import type { AssetFacts, Item } from "./item";

type Asset = NonNullable<Item["asset"]>;

/** Validity of a URL. It can't outlive the function's own credentials, which Lambda renews well before. */
const URL_SECONDS = 300;

const keyOf = (itemId: string): string => `assets/${itemId}`;

const statusOf = (error: unknown): number | undefined =>
  (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;

/** When a URL is signed, and when it ends. Signatures know whole seconds. */
function lifetime() {
  const signedAt = Math.floor(Date.now() / 1000) * 1000;
  const signing = { signingDate: new Date(signedAt), expiresIn: URL_SECONDS };
  return { signing, expiresAt: new Date(signedAt + URL_SECONDS * 1000).toISOString() };
}

/** The assets bucket: one object for an item that carries an asset, written once, and emptied with the item. */
export class AssetStore {
  constructor(
    private readonly client: S3Client,
    private readonly bucket: string,
  ) {}

  /** The asset, and where to upload it. Type, length, and that nothing is there yet are part of the signature. */
  async toUpload(itemId: string, facts: AssetFacts): Promise<Asset> {
    const { contentType, bytes } = facts;
    const put = new PutObjectCommand({
      Bucket: this.bucket,
      Key: keyOf(itemId),
      ContentType: contentType,
      ContentLength: bytes,
      IfNoneMatch: "*",
    });
    const { signing, expiresAt } = lifetime();
    // The library leaves the type out by default.
    const url = await getSignedUrl(this.client, put, { ...signing, signableHeaders: new Set(["content-type"]) });
    return { ...facts, upload: { url, headers: { "Content-Type": contentType, "If-None-Match": "*" }, expiresAt } };
  }

  /**
   * The asset, and where to download it if it is there, else where to upload it.
   *
   * @throws NotFound when the item has been deleted meanwhile
   */
  async current(itemId: string, facts: AssetFacts): Promise<Asset> {
    const bytes = await this.#bytesOf(itemId);
    if (bytes === undefined) return this.toUpload(itemId, facts);
    if (bytes === 0) throw new NotFound();
    const get = new GetObjectCommand({ Bucket: this.bucket, Key: keyOf(itemId) });
    const { signing, expiresAt } = lifetime();
    return { ...facts, download: { url: await getSignedUrl(this.client, get, signing), expiresAt } };
  }

  /**
   * Empties the asset's place, also where nothing was uploaded yet. What stands there then has no bytes, which no asset
   * has, and keeps out who has a URL for uploading: that is good for a new object only.
   */
  async erase(itemId: string): Promise<void> {
    await this.client.send(new PutObjectCommand({ Bucket: this.bucket, Key: keyOf(itemId), Body: "" }));
  }

  /** Size of the asset in bytes, once it is there. */
  async #bytesOf(itemId: string): Promise<number | undefined> {
    try {
      const head = new HeadObjectCommand({ Bucket: this.bucket, Key: keyOf(itemId) });
      return (await this.client.send(head)).ContentLength;
    } catch (error) {
      // The function may list the bucket, so that 403 means no more than it says.
      if (statusOf(error) === 404) return undefined;
      throw error;
    }
  }
}
