import { crc32 as zlibCrc32 } from "node:zlib";

/**
 * The tables of a checksum of 64 bits, or of 32 in its lower half, for each of eight places of a byte: halves, since
 * JavaScript shifts 32 bits.
 */
interface Tables {
  readonly high: Uint32Array;
  readonly low: Uint32Array;
}

const PLACES = 8;

/** @param polynomial in its reflected form */
function tablesOf([high, low]: readonly [number, number]): Tables {
  const tables = { high: new Uint32Array(256 * PLACES), low: new Uint32Array(256 * PLACES) };
  for (let index = 0; index < 256; index += 1) {
    let [upper, lower] = [0, index];
    for (let bit = 0; bit < 8; bit += 1) {
      const isOdd = (lower & 1) === 1;
      lower = (lower >>> 1) | (upper << 31);
      upper >>>= 1;
      if (isOdd) [upper, lower] = [upper ^ high, lower ^ low];
    }
    tables.high[index] = upper;
    tables.low[index] = lower;
  }
  // At each further place it is as if a zero followed.
  for (let index = 256; index < 256 * PLACES; index += 1) {
    const [upper, lower] = [tables.high[index - 256] ?? 0, tables.low[index - 256] ?? 0];
    tables.low[index] = ((lower >>> 8) | (upper << 24)) ^ (tables.low[lower & 0xff] ?? 0);
    tables.high[index] = (upper >>> 8) ^ (tables.high[lower & 0xff] ?? 0);
  }
  return tables;
}

/** One half of a checksum after eight bytes, the first in the lowest bits. */
const eight = (half: Uint32Array, first: number, second: number): number =>
  (half[1792 + (first & 0xff)] ?? 0) ^
  (half[1536 + ((first >>> 8) & 0xff)] ?? 0) ^
  (half[1280 + ((first >>> 16) & 0xff)] ?? 0) ^
  (half[1024 + (first >>> 24)] ?? 0) ^
  (half[768 + (second & 0xff)] ?? 0) ^
  (half[512 + ((second >>> 8) & 0xff)] ?? 0) ^
  (half[256 + ((second >>> 16) & 0xff)] ?? 0) ^
  (half[second >>> 24] ?? 0);

/** @param start the upper half of the value that it starts with; the lower is all ones */
function crc({ high, low }: Tables, bytes: Uint8Array, start: number): readonly [number, number] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let [upper, lower] = [start, ~0];
  let at = 0;
  for (; at + PLACES <= bytes.length; at += PLACES) {
    const [first, second] = [lower ^ view.getUint32(at, true), upper ^ view.getUint32(at + 4, true)];
    upper = eight(high, first, second);
    lower = eight(low, first, second);
  }
  for (; at < bytes.length; at += 1) {
    const index = (lower ^ (bytes[at] ?? 0)) & 0xff;
    lower = ((lower >>> 8) | (upper << 24)) ^ (low[index] ?? 0);
    upper = (upper >>> 8) ^ (high[index] ?? 0);
  }
  return [~upper >>> 0, ~lower >>> 0];
}

/** Words of 32 bits in base64, as S3 has them in headers. */
function inBase64(...words: readonly number[]): string {
  const sum = Buffer.alloc(4 * words.length);
  for (const [at, word] of words.entries()) sum.writeUInt32BE(word, 4 * at);
  return sum.toString("base64");
}

const castagnoli = tablesOf([0, 0x82f63b78]);
const nvme = tablesOf([0x9a6c9329, 0xac4bc9b5]);

export const crc32 = (bytes: Uint8Array): string => inBase64(zlibCrc32(bytes));

/** CRC-32C, of the polynomial of Castagnoli: its upper half has nothing to say. */
export const crc32c = (bytes: Uint8Array): string => inBase64(crc(castagnoli, bytes, 0)[1]);

/** CRC-64/NVME, which AWS's newer clients send by default and S3 computes itself for an upload without a checksum. */
export const crc64nvme = (bytes: Uint8Array): string => inBase64(...crc(nvme, bytes, ~0));
