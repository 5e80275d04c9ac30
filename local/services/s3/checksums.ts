import { createHash } from "node:crypto";
import { notPlayed, ServiceError } from "../service";

const table = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

function crc32(bytes: Uint8Array): string {
  let value = 0xffffffff;
  for (const byte of bytes) value = (value >>> 8) ^ (table[(value ^ byte) & 0xff] ?? 0);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(~value >>> 0);
  return sum.toString("base64");
}

const hash =
  (algorithm: string) =>
  (bytes: Uint8Array): string =>
    createHash(algorithm).update(bytes).digest("base64");

/** Name → what it is of some bytes, in base64. */
const sums: ReadonlyMap<string, (bytes: Uint8Array) => string> = new Map([
  ["crc32", crc32],
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
    if (!sum) throw notPlayed("S3", `checksums by ${algorithm}`);
    if (sum(body) === value) continue;
    const message = `The ${algorithm.toUpperCase()} you specified did not match the calculated checksum.`;
    throw new ServiceError("BadDigest", message);
  }
}
