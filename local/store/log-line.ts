import { crc32 } from "node:zlib";

const TAB = 9;
/** A tab and eight digits. JSON has no tabs, so what ends like this has a checksum. */
const SEAL_BYTES = 9;

const digits = (text: Uint8Array): string => crc32(text).toString(16).padStart(8, "0");

const hasSeal = (line: Buffer): boolean => line[line.length - SEAL_BYTES] === TAB;

/** Value of a hexadecimal digit in lower case; above 15 for any other byte. */
const digitOf = (byte: number): number => {
  if (byte >= 48 && byte <= 57) return byte - 48;
  return byte >= 97 && byte <= 102 ? byte - 87 : 16;
};

/** The checksum at a line's end; -1 when it is none. Digit by digit: a log may have millions of lines. */
function checksumOf(line: Buffer): number {
  let value = 0;
  for (let at = line.length - SEAL_BYTES + 1; at < line.length; at += 1) {
    const digit = digitOf(line[at] ?? 0);
    if (digit > 15) return -1;
    value = value * 16 + digit;
  }
  return value;
}

/** A line of a log: what it says, a checksum of that, and the end. */
export const sealed = (text: Buffer): Buffer => Buffer.concat([text, Buffer.from(`\t${digits(text)}\n`, "latin1")]);

/**
 * A line's text without its end; undefined when its checksum does not fit. CRC-32 detects any change within 32 bits.
 * Lines of versions that wrote none have no checksum.
 */
export function unsealed(line: Buffer): Buffer | undefined {
  if (!hasSeal(line)) return line;
  const text = line.subarray(0, -SEAL_BYTES);
  return checksumOf(line) === crc32(text) ? text : undefined;
}

/** Whether a line has a checksum, and one that fits. */
export const isSealed = (line: Buffer): boolean => hasSeal(line) && unsealed(line) !== undefined;
