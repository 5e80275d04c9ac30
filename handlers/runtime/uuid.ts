import { randomBytes } from "node:crypto";

/**
 * A UUID of version 7 (RFC 9562, 5.7): 48 bits of time, 74 random ones. The `uuid` package is an ES module, which the
 * CommonJS tests of this project can't load.
 *
 * @param milliseconds since 1970
 *
 * @example
 * const id = uuidV7(Date.now());
 */
export function uuidV7(milliseconds: number): string {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(milliseconds, 0, 6);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x70, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
