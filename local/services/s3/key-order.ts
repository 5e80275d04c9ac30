/** Code units that UTF-16 does not sort as UTF-8 does: surrogates and those beyond. */
const isBeyond = /[\ud800-\uffff]/;

/** The order of keys: that of their bytes in UTF-8 (S3 API reference, ListObjectsV2). */
export function byKey(a: string, b: string): number {
  if (a === b) return 0;
  if (isBeyond.test(a) && isBeyond.test(b)) return Buffer.compare(Buffer.from(a), Buffer.from(b));
  return a < b ? -1 : 1;
}

export const isAfter = (a: string, b: string): boolean => byKey(a, b) > 0;
