import fc from "fast-check";
import {
  endOf,
  orderedBytes,
  partitionStart,
  prefixRange,
  segmentRange,
  withSortKey,
} from "../../../../local/services/dynamodb/keys";

const texts = fc.string({ unit: "binary", maxLength: 6 });
const bytes = fc.uint8Array({ maxLength: 6 });
const orderOf = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);
const start = partitionStart({ S: "p" });

test("strings are in the order of their bytes in UTF-8", () => {
  fc.assert(
    fc.property(texts, texts, (one, other) => {
      const expected = Math.sign(Buffer.compare(Buffer.from(one), Buffer.from(other)));
      // Text with half a character in it loses that on its way into bytes.
      fc.pre(one.isWellFormed() && other.isWellFormed());
      expect(orderOf(withSortKey(start, { S: one }), withSortKey(start, { S: other }))).toBe(expected);
      expect(orderOf(orderedBytes({ S: one }), orderedBytes({ S: other }))).toBe(expected);
    }),
  );
});

test("binary is in the order of its bytes, zero and 255 among them", () => {
  const value = (data: Uint8Array) => ({ B: Buffer.from(data).toString("base64") });
  fc.assert(
    fc.property(bytes, bytes, (one, other) => {
      const expected = Math.sign(Buffer.compare(one, other));
      expect(orderOf(withSortKey(start, value(one)), withSortKey(start, value(other)))).toBe(expected);
    }),
  );
});

test("the range of a prefix has exactly the keys that begin with it", () => {
  const value = (data: Uint8Array) => ({ B: Buffer.from(data).toString("base64") });
  fc.assert(
    fc.property(bytes, bytes, fc.boolean(), (prefix, rest, extend) => {
      const key = extend ? Uint8Array.from([...prefix, ...rest]) : rest;
      const { from, to } = prefixRange(start, value(prefix));
      const place = withSortKey(start, value(key));
      const begins = prefix.every((byte, at) => key[at] === byte);
      expect(place >= from && place < to).toBe(begins);
    }),
  );
});

test("a partition's keys are together, and no other's among them", () => {
  fc.assert(
    fc.property(texts, texts, texts, (partition, other, sort) => {
      fc.pre(partition !== other && partition.isWellFormed() && other.isWellFormed());
      const [from, place] = [partitionStart({ S: partition }), withSortKey(partitionStart({ S: other }), { S: sort })];
      expect(place >= from && place < endOf(from)).toBe(false);
      const own = withSortKey(from, { S: sort });
      expect(own >= from && own < endOf(from)).toBe(true);
    }),
  );
});

test("of so many segments each key is in one", () => {
  fc.assert(
    fc.property(texts, fc.integer({ min: 1, max: 50 }), (text, total) => {
      const place = partitionStart({ S: text });
      const holding = Array.from({ length: total }, (_, segment) => segmentRange(segment, total)).filter(
        ({ from, to }) => place >= from && place < to,
      );
      expect(holding).toHaveLength(1);
    }),
  );
});
