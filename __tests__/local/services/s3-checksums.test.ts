import fc from "fast-check";
import { crc32, crc32c, crc64nvme } from "../../../local/services/s3/crc";

const hex = (sum: string): string => Buffer.from(sum, "base64").toString("hex");

// The check values of these algorithms, as catalogues of them give them.
test.each([
  ["crc32", crc32, "cbf43926"],
  ["crc32c", crc32c, "e3069283"],
  ["crc64nvme", crc64nvme, "ae8b14860a799888"],
])("%s of the digits is its check value, and of nothing is zero", (_, sum, check) => {
  expect(hex(sum(Buffer.from("123456789")))).toBe(check);
  expect(hex(sum(Buffer.alloc(0)))).toMatch(/^0+$/);
});

/** Bit by bit, as the algorithms are defined. */
function slowly(bytes: Uint8Array, polynomial: bigint, ones: bigint): bigint {
  let value = ones;
  for (const byte of bytes) {
    value ^= BigInt(byte);
    for (let bit = 0; bit < 8; bit += 1) value = value & 1n ? (value >> 1n) ^ polynomial : value >> 1n;
  }
  return value ^ ones;
}

test("checksums of any bytes, anywhere in a buffer, are what they are bit by bit", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), fc.nat(7), (content, offset) => {
      const bytes = Buffer.concat([Buffer.alloc(offset, 0xaa), content]).subarray(offset);
      const inHex = (value: bigint, digits: number) => value.toString(16).padStart(digits, "0");
      expect(hex(crc32c(bytes))).toBe(inHex(slowly(bytes, 0x82f63b78n, 0xffffffffn), 8));
      expect(hex(crc64nvme(bytes))).toBe(inHex(slowly(bytes, 0x9a6c9329ac4bc9b5n, 0xffffffffffffffffn), 16));
    }),
  );
});
