import { randomFillSync } from "node:crypto";

const pool = Buffer.allocUnsafe(4096);
let used = pool.length;

/** Fresh random bytes; drawn in larger portions, since asking the system for each id costs more than a request. */
function random(length: number): Buffer {
  if (used + length > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += length;
  return pool.subarray(used - length, used);
}

/** Random hexadecimal digits. */
const randomHex = (digits: number): string => random(digits / 2).toString("hex");

/** An id as in the header x-amz-apigw-id. */
export const extendedId = (): string => random(11).toString("base64");

/** An X-Ray trace's root, which begins with the time. @param now - in milliseconds */
function traceRoot(now: number): string {
  const seconds = Math.floor(now / 1000)
    .toString(16)
    .padStart(8, "0");
  return `1-${seconds}-${randomHex(24)}`;
}

/** A well-formed tracing header's root. */
const root = /(?:^|;)\s*Root=1-[0-9a-f]{8}-[0-9a-f]{24}(?:;|$)/;

/** The tracing header to go on with: the caller's if it names a root, else a new one. */
export const traceHeader = (incoming: string | undefined, now: number): string =>
  incoming !== undefined && root.test(incoming) ? incoming : `Root=${traceRoot(now)}`;
