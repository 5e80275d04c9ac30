import fc from "fast-check";
import { Ring } from "../../../local/page/ring";

test("a ring has the newest, as many as fit, whatever came", () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat(50)),
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 1, max: 99 }),
      (all, items, bytes) => {
        const ring = new Ring<number>({ items, bytes, sizeOf: (size) => size });
        for (const size of all) ring.push(size);
        const kept = [...ring.newestFirst()];
        expect(kept).toEqual(all.toReversed().slice(0, kept.length));
        expect(kept.length).toBeLessThanOrEqual(items);
        const sum = kept.reduce((total, size) => total + size, 0);
        expect(sum <= bytes || kept.length === 1).toBe(true);
        // One more would not have fitted.
        const next = all.at(-1 - kept.length);
        if (next !== undefined && kept.length < items) expect(sum + next).toBeGreaterThan(bytes);
      },
    ),
  );
});

test("what came after a time is what is still there of it, the oldest first", () => {
  fc.assert(
    fc.property(fc.nat(40), fc.nat(40), fc.integer({ min: 1, max: 20 }), (before, then, items) => {
      const ring = new Ring<number>({ items });
      for (let at = 0; at < before; at += 1) ring.push(at);
      const { count } = ring;
      for (let at = before; at < before + then; at += 1) ring.push(at);
      const expected = Array.from({ length: then }, (_, at) => before + at).slice(-items);
      expect(ring.after(count)).toEqual(then === 0 ? [] : expected);
      expect(ring.count).toBe(before + then);
    }),
  );
});
