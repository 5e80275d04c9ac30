import { mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Buckets } from "../../local/services/s3/buckets";
import { s3Service } from "../../local/services/s3/service";
import type { AwsServer } from "./aws-server";
import { startService } from "./service";

/** A bucket, and what clients have put into it. */
export interface Bucket {
  readonly server: AwsServer;
  readonly bucket: string;
  /** Key → what was put there. */
  readonly objects: ReadonlyMap<string, string>;
  /** Has an object be there. */
  put(key: string, text: string): Promise<void>;
}

/** Starts S3 with one bucket. */
export async function startBucket(bucket: string): Promise<Bucket> {
  const folder = mkdtempSync(join(tmpdir(), "terrace-bucket-"));
  const buckets = new Buckets(folder, (message) => {
    throw new Error(message);
  });
  const files = buckets.objects({ name: bucket });
  const objects = new Map<string, string>();
  const service = s3Service(() => [{ name: bucket, cors: [] }], buckets);
  const server = await startService(service, ({ method, path, body }) => {
    if (method === "PUT") objects.set(decodeURIComponent(path).slice(bucket.length + 2), body.toString());
  });
  const { stop } = server;
  server.stop = async () => {
    await stop();
    await rm(folder, { recursive: true, force: true });
  };
  return {
    server,
    bucket,
    objects,
    put: async (key, text) => void (await files.put(key, { body: Buffer.from(text), headers: {} })),
  };
}
