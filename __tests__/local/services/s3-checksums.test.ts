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
