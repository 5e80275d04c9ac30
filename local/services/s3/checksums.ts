import { createHash } from "node:crypto";
import { notEmulated, ServiceError } from "../service";
import { crc32, crc32c, crc64nvme } from "./crc";

/** A checksum that is kept with an object, or with a part. */
export interface Checksum {
  /** As headers name it: `crc32`. */
  readonly algorithm: string;
  /** In base64; of several parts, followed by their number. */
  readonly value: string;
  /** Whether it is of all bytes, or of the checksums of parts. */
  readonly type: "FULL_OBJECT" | "COMPOSITE";
}

const hash =
  (algorithm: string) =>
  (bytes: Uint8Array): string =>
    createHash(algorithm).update(bytes).digest("base64");

interface Algorithm {
  readonly sum: (bytes: Uint8Array) => string;
  readonly bytes: number;
}

/** (S3 User Guide, "Checking object integrity", "Using supported checksum algorithms") */
const algorithms: ReadonlyMap<string, Algorithm> = new Map([
  ["crc32", { sum: crc32, bytes: 4 }],
  ["crc32c", { sum: crc32c, bytes: 4 }],
  ["crc64nvme", { sum: crc64nvme, bytes: 8 }],
  ["md5", { sum: hash("md5"), bytes: 16 }],
  ["sha1", { sum: hash("sha1"), bytes: 20 }],
  ["sha256", { sum: hash("sha256"), bytes: 32 }],
  ["sha512", { sum: hash("sha512"), bytes: 64 }],
]);

/** The algorithm of S3's own checksum, for uploads without one. */
export const ownAlgorithm = "crc64nvme";

/** The algorithm of a name in any case. @throws ServiceError for one that there is not */
export function algorithmNamed(name: string): string {
  const algorithm = name.toLowerCase();
  if (algorithms.has(algorithm)) return algorithm;
  throw new ServiceError(
    "InvalidRequest",
    "Checksum algorithm provided is unsupported. Please try again with any of the valid types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]",
  );
}

/** @param algorithm one that there is */
export const sumOf = (algorithm: string, body: Uint8Array): string => algorithms.get(algorithm)?.sum(body) ?? "";

const isBase64Of = (value: string, bytes: number): boolean => {
  const decoded = Buffer.from(value, "base64");
  return decoded.length === bytes && decoded.toString("base64") === value;
};

/** The names of what is said of checksums that are values: `x-amz-checksum-crc32`. */
const named = /^x-amz-checksum-(?!algorithm$|type$|mode$)(\w+)$/;

/** The checksum that a client says its bytes have. @throws ServiceError for several, and for what is none */
export function statedChecksum(said: Readonly<Record<string, string | undefined>>): Omit<Checksum, "type"> | undefined {
  const stated = Object.entries(said).flatMap(([header, value = ""]) => {
    const [, algorithm] = named.exec(header) ?? [];
    return algorithm === undefined ? [] : [{ header, algorithm, value }];
  });
  const [only, ...others] = stated;
  if (others.length > 0) {
    const message = "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.";
    throw new ServiceError("InvalidRequest", message);
  }
  if (!only) return undefined;
  const known = algorithms.get(only.algorithm);
  if (!known) throw notEmulated("S3", `checksums by ${only.algorithm}`);
  // Of several parts, their number follows.
  if (isBase64Of(only.value.replace(/-\d+$/, ""), known.bytes)) return only;
  throw new ServiceError("InvalidRequest", `Value for ${only.header} header is invalid.`);
}

export const badDigest = (algorithm: string): ServiceError =>
  new ServiceError("BadDigest", `The ${algorithm.toUpperCase()} you specified did not match the calculated checksum.`);

function checkMd5(body: Buffer, md5: string | undefined): void {
  if (md5 === undefined) return;
  if (!isBase64Of(md5, 16)) throw new ServiceError("InvalidDigest", "The Content-MD5 you specified was invalid.");
  if (md5 === hash("md5")(body)) return;
  throw new ServiceError("BadDigest", "The Content-MD5 you specified did not match what we received.");
}

/**
 * Compares a body with what is said of it, in headers, a signed URL or after it.
 *
 * @param otherwise the algorithm where nothing is said
 * @returns its checksum
 * @throws ServiceError when it is another
 */
export function verify(
  body: Buffer,
  said: Readonly<Record<string, string | undefined>>,
  otherwise = ownAlgorithm,
): Checksum {
  checkMd5(body, said["content-md5"]);
  const stated = statedChecksum(said);
  if (!stated && said["x-amz-sdk-checksum-algorithm"] !== undefined) {
    const message =
      "x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were found.";
    throw new ServiceError("InvalidRequest", message);
  }
  const algorithm = stated?.algorithm ?? otherwise;
  const value = sumOf(algorithm, body);
  if (stated && stated.value !== value) throw badDigest(algorithm);
  return { algorithm, value, type: "FULL_OBJECT" };
}

/** The checksum of an object of several parts, from theirs. (S3 User Guide, "Checking object integrity", composite checksums) */
export function compositeOf(algorithm: string, sums: readonly string[]): Checksum {
  const bytes = Buffer.concat(sums.map((sum) => Buffer.from(sum, "base64")));
  return { algorithm, value: `${sumOf(algorithm, bytes)}-${sums.length}`, type: "COMPOSITE" };
}

/** `CRC64NVME`, as members name it: `ChecksumCRC64NVME`. */
const memberOf = (algorithm: string): string => `Checksum${algorithm.toUpperCase()}`;

/** A checksum as headers say it. */
export const checksumHeaders = ({ algorithm, value, type }: Checksum): Readonly<Record<string, string>> => ({
  [`x-amz-checksum-${algorithm}`]: value,
  "x-amz-checksum-type": type,
});

/** A checksum as documents say it. */
export const checksumMembers = (checksum: Checksum | undefined): Readonly<Record<string, string>> =>
  checksum ? { [memberOf(checksum.algorithm)]: checksum.value } : {};
