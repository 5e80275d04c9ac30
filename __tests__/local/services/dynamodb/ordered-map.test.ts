import fc from "fast-check";
import { OrderedMap } from "../../../../local/services/dynamodb/ordered-map";

const keys = fc.string({ minLength: 1, maxLength: 2, unit: fc.constantFrom(..."abcdefghijklmnop") });
const steps = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.record({ set: keys, value: fc.nat() }) },
    { weight: 2, arbitrary: fc.record({ delete: keys }) },
  ),
  { maxLength: 1000, size: "max" },
);

function build(list: readonly ({ set: string; value: number } | { delete: string })[]) {
  const [map, model] = [new OrderedMap<number>(), new Map<string, number>()];
  for (const step of list) {
    if ("set" in step) {
      map.set(step.set, step.value);
      model.set(step.set, step.value);
    } else {
      map.delete(step.delete);
      model.delete(step.delete);
    }
  }
  return { map, sorted: [...model].sort(([one], [other]) => (one < other ? -1 : 1)) };
}

test("an ordered map is a map whose entries come by their keys, from any key to any other and back", () => {
  fc.assert(
    fc.property(steps, keys, keys, (list, from, to) => {
      const { map, sorted } = build(list);
      expect(map.size).toBe(sorted.length);
      expect([...map.values()]).toEqual(sorted.map(([, value]) => value));
      for (const [key, value] of sorted) expect(map.get(key)).toBe(value);
      const within = sorted.filter(([key]) => key >= from && key < to);
      expect([...map.ascending(from, to)]).toEqual(within);
      expect([...map.descending(from, to)]).toEqual(within.toReversed());
    }),
    { numRuns: 200 },
  );
});

test("thousands of keys, in order or not, are found and deleted again", () => {
  const names = Array.from({ length: 20_000 }, (_, at) => String((at * 7919) % 20_000).padStart(5, "0"));
  for (const order of [names, names.toSorted(), names.toSorted().toReversed()]) {
    const map = new OrderedMap<string>();
    for (const name of order) map.set(name, name);
    expect(map.size).toBe(20_000);
    expect(order.every((name) => map.get(name) === name)).toBe(true);
    expect([...map.values()]).toEqual(names.toSorted());
    for (const name of order.slice(0, 19_990)) map.delete(name);
    expect([...map.values()]).toEqual(order.slice(19_990).toSorted());
    for (const name of order) map.delete(name);
    expect([map.size, [...map.ascending("", "x")]]).toEqual([0, []]);
  }
});
