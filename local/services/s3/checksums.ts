import { createHash } from "node:crypto";
import { notEmulated, ServiceError } from "../service";
import { crc32, crc32c, crc64nvme } from "./crc";

const hash =
  (algorithm: string) =>
  (bytes: Uint8Array): string =>
    createHash(algorithm).update(bytes).digest("base64");

/** Name → what it is of some bytes, in base64. */
const sums: ReadonlyMap<string, (bytes: Uint8Array) => string> = new Map([
  ["crc32", crc32],
  ["crc32c", crc32c],
  ["crc64nvme", crc64nvme],
  ["sha1", hash("sha1")],
  ["sha256", hash("sha256")],
]);

/** @throws ServiceError when a body is not what was said of it, in headers, a signed URL or after it */
export function verify(body: Buffer, said: Readonly<Record<string, string | undefined>>): void {
  const md5 = said["content-md5"];
  if (md5 !== undefined && md5 !== hash("md5")(body)) {
    throw new ServiceError("BadDigest", "The Content-MD5 you specified did not match what we received.");
  }
  for (const [name, value] of Object.entries(said)) {
    const [, algorithm] = /^x-amz-checksum-(crc\w+|sha\w+)$/.exec(name) ?? [];
    if (algorithm === undefined) continue;
    const sum = sums.get(algorithm);
    if (!sum) throw notEmulated("S3", `checksums by ${algorithm}`);
    if (sum(body) === value) continue;
    const message = `The ${algorithm.toUpperCase()} you specified did not match the calculated checksum.`;
    throw new ServiceError("BadDigest", message);
  }
}
