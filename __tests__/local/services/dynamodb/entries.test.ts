import fc from "fast-check";
import { Entries } from "../../../../local/services/dynamodb/entries";
import { OrderedMap } from "../../../../local/services/dynamodb/ordered-map";

/** Keys of which many begin alike, or are the same, or shorter than what is compared first. */
const key = fc.string({ maxLength: 6, unit: fc.constantFrom("\x00", "\x01", "a", "\xff") });
const entries = fc.array(fc.tuple(key, fc.nat()), { maxLength: 500, size: "max" });

function sorted(list: readonly (readonly [string, number])[]): [string, number][] {
  return [...new Map(list)].sort(([one], [other]) => (one < other ? -1 : 1));
}

function added(list: readonly (readonly [string, number])[]): Entries<number> {
  const made = new Entries<number>();
  for (const [name, value] of list) made.add(name, value);
  return made;
}

test("entries that are sorted are a map's, by its keys; what is dropped is returned", () => {
  fc.assert(
    fc.property(entries, (list) => {
      const made = added(list);
      const dropped = made.sort((value) => value % 3 > 0);
      const kept = sorted(list).filter(([, value]) => value % 3 > 0);
      expect(made.keys.map((name, at) => [name, made.values[at]])).toEqual(kept);
      expect(dropped).toHaveLength(list.length - kept.length);
    }),
    { numRuns: 100 },
  );
});

test("sorted entries that go on being added to are sorted again", () => {
  fc.assert(
    fc.property(entries, entries, (first, second) => {
      const made = added(first);
      made.sort();
      for (const [name, value] of second) made.add(name, value);
      made.sort();
      expect(made.keys.map((name, at) => [name, made.values[at]])).toEqual(sorted([...first, ...second]));
    }),
    { numRuns: 50 },
  );
});

test("a map that is made of sorted entries is what putting each into one makes", () => {
  for (const count of [0, 1, 47, 48, 49, 96, 97, 2304, 2305, 20_000]) {
    const list = Array.from({ length: count }, (_, at) => [String((at * 7919) % 20_011).padStart(5, "0"), at] as const);
    const made = added(list);
    made.sort();
    const map = new OrderedMap(made);
    expect(map.size).toBe(count);
    expect([...map.ascending("", "x")]).toEqual(sorted(list));
    expect([...map.descending("", "x")]).toEqual(sorted(list).toReversed());
    for (const [name] of list) map.set(`${name}+`, 1);
    for (const [name, value] of list) expect(map.get(name)).toBe(value);
    for (const [name] of list) map.delete(name);
    expect([...map.ascending("", "x")]).toEqual(sorted(list.map(([name]) => [`${name}+`, 1] as const)));
  }
});
