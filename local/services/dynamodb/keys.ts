import { type AttributeValue, attribute, type Item } from "./attribute-value";
import type { KeyAttribute } from "./item-validation";
import { orderedNumber } from "./numbers";

/**
 * Keys as texts of characters up to 255, each of which is a byte, so that texts compare as DynamoDB orders keys:
 * partitions by a hash of their key, in a partition strings by their bytes in UTF-8, numbers by value, binary by its
 * bytes as unsigned numbers.
 */

// Ends a part of a key; zero bytes in it are followed by a byte that is greater, so no part begins as another ends.
const END = "\x00\x01";
const AFTER_END = "\x00\x02";

/** Greater than each key. */
export const HIGHEST = "\uffff";

const isAscii = (text: string): boolean => {
  for (let at = 0; at < text.length; at += 1) if (text.charCodeAt(at) > 127) return false;
  return true;
};

/** The bytes of a string, number or binary value whose order is the value's. */
export function orderedBytes({ S, N, B }: AttributeValue): string {
  if (S !== undefined) return isAscii(S) ? S : Buffer.from(S, "utf8").toString("latin1");
  if (N !== undefined) return orderedNumber(N);
  return Buffer.from(B ?? "", "base64").toString("latin1");
}

const escaped = (bytes: string): string => (bytes.includes("\x00") ? bytes.replaceAll("\x00", "\x00\xff") : bytes);

/** A hash of 32 bits (FNV-1a, mixed once more). */
function hash(bytes: string): number {
  let value = 0x811c9dc5;
  for (let at = 0; at < bytes.length; at += 1) value = Math.imul(value ^ bytes.charCodeAt(at), 0x01000193);
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}

const fourBytes = (value: number): string =>
  String.fromCharCode(value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255);

/** Prefix of the keys of a partition. */
export function partitionStart(value: AttributeValue): string {
  const bytes = orderedBytes(value);
  return `${fourBytes(hash(bytes))}${escaped(bytes)}${END}`;
}

/** End of the keys that begin with a whole part: `partitionStart` or one of its sort keys. */
export const endOf = (start: string): string => start.slice(0, -END.length) + AFTER_END;

/** A sort key after its partition's prefix. */
export const withSortKey = (start: string, value: AttributeValue): string =>
  `${start}${escaped(orderedBytes(value))}${END}`;

/** The range of the sort keys that begin with a value. */
export function prefixRange(start: string, value: AttributeValue): { from: string; to: string } {
  const from = start + escaped(orderedBytes(value));
  let last = from.length;
  while (last > start.length && from.charCodeAt(last - 1) === 255) last -= 1;
  if (last === start.length) return { from, to: endOf(start) };
  return { from, to: from.slice(0, last - 1) + String.fromCharCode(from.charCodeAt(last - 1) + 1) };
}

/** A value that may key a table or index. */
const keyValue = (item: Item, { name, type }: KeyAttribute): AttributeValue | undefined => {
  const value = attribute(item, name);
  return value?.[type] ? value : undefined;
};

/** The key of an item in a table or index, in its order. @returns `undefined` when the item has none there */
export function keyOf(item: Item, [partition, sort]: readonly KeyAttribute[]): string | undefined {
  const partitionValue = partition && keyValue(item, partition);
  if (!partitionValue) return undefined;
  const start = partitionStart(partitionValue);
  if (!sort) return start;
  const sortValue = keyValue(item, sort);
  return sortValue && withSortKey(start, sortValue);
}

/** The keys of one of so many equal parts of a table, for parallel scans. */
export function segmentRange(segment: number, total: number): { from: string; to: string } {
  const bound = (part: number): string => fourBytes(Math.floor((part * 2 ** 32) / total));
  return { from: segment === 0 ? "" : bound(segment), to: segment + 1 === total ? HIGHEST : bound(segment + 1) };
}
