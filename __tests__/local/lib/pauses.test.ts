import { everything, LONGEST_PAUSE_MS, Pauses } from "../../../local/lib/pauses";
import { TestClock } from "../support/test-clock";

const setup = () => {
  const clock = new TestClock();
  const limits: string[] = [];
  return { clock, limits, pauses: new Pauses({ clock, onLimit: (name) => limits.push(name) }) };
};

/** Results of the waits that have ended so far. */
function endings(waits: Record<string, Promise<unknown> | undefined>): string[] {
  const ended: string[] = [];
  for (const [name, wait] of Object.entries(waits)) void wait?.then(() => ended.push(name));
  return ended;
}

test("a call waits for what it is of, and for everything, and for nothing else", async () => {
  const { clock, pauses } = setup();
  pauses.pause("a");
  expect(pauses.of("b")).toBeUndefined();
  const ended = endings({ a: pauses.of("a") });
  pauses.pause(everything);
  const later = endings({ a: pauses.of("a"), b: pauses.of("b"), everything: pauses.of(everything) });
  pauses.resume("a");
  await clock.turnTo(1);
  expect([ended, later]).toEqual([["a"], []]);
  pauses.resume(everything);
  await clock.turnTo(2);
  expect(later.sort()).toEqual(["a", "b", "everything"]);
  expect(pauses.of("a")).toBeUndefined();
  expect(clock.idle).toBe(true);
});

test("no pause lasts longer than the limit, however often it is asked for, and it is said", async () => {
  const { clock, limits, pauses } = setup();
  pauses.pause("a");
  const ended = endings({ a: pauses.of("a") });
  await clock.turnTo(LONGEST_PAUSE_MS - 1);
  pauses.pause("a");
  expect([ended, limits]).toEqual([[], []]);
  await clock.turnTo(LONGEST_PAUSE_MS);
  expect([ended, limits]).toEqual([["a"], ["a"]]);
  expect(pauses.of("a")).toBeUndefined();
});

test.each(["constructor", "__proto__", "toString"])("a name like %s is a name", (name) => {
  const { pauses } = setup();
  expect(pauses.of(name)).toBeUndefined();
  pauses.resume(name);
  pauses.pause(name);
  expect([pauses.names, pauses.of(name)]).toEqual([[name], expect.any(Promise)]);
});
