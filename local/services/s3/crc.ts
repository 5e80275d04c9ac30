import { crc32 as zlibCrc32 } from "node:zlib";

/** The table of a checksum of 64 bits, or of 32 in its lower half: halves, since JavaScript shifts 32 bits. */
interface Table {
  readonly high: Uint32Array;
  readonly low: Uint32Array;
}

/** @param polynomial in its reflected form */
function tableOf([high, low]: readonly [number, number]): Table {
  const table = { high: new Uint32Array(256), low: new Uint32Array(256) };
  for (let index = 0; index < 256; index += 1) {
    let [upper, lower] = [0, index];
    for (let bit = 0; bit < 8; bit += 1) {
      const isOdd = (lower & 1) === 1;
      lower = (lower >>> 1) | (upper << 31);
      upper >>>= 1;
      if (isOdd) [upper, lower] = [upper ^ high, lower ^ low];
    }
    table.high[index] = upper;
    table.low[index] = lower;
  }
  return table;
}

function crc({ high, low }: Table, bytes: Uint8Array): readonly [number, number] {
  let [upper, lower] = [~0, ~0];
  for (const byte of bytes) {
    const index = (lower ^ byte) & 0xff;
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

const castagnoli = tableOf([0, 0x82f63b78]);
const nvme = tableOf([0x9a6c9329, 0xac4bc9b5]);

export const crc32 = (bytes: Uint8Array): string => inBase64(zlibCrc32(bytes));

/** CRC-32C, of the polynomial of Castagnoli: its upper half has nothing to say. */
export function crc32c(bytes: Uint8Array): string {
  let value = ~0;
  for (const byte of bytes) value = (value >>> 8) ^ (castagnoli.low[(value ^ byte) & 0xff] ?? 0);
  return inBase64(~value >>> 0);
}

/** CRC-64/NVME, which AWS's newer clients send by default. */
export const crc64nvme = (bytes: Uint8Array): string => inBase64(...crc(nvme, bytes));
