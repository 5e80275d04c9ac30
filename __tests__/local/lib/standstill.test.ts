import fc from "fast-check";
import { limitClock, systemClock, systemNow } from "../../../local/lib/clock";
import { goOn, passed, shareStandstill, standStill } from "../../../local/lib/standstill";

beforeEach(() => shareStandstill());

/** A thread is stopped, or goes on, after some more milliseconds. */
const changes = fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 0, max: 100_000 })), { maxLength: 30 });

test("time passes while no thread is stopped, and stands still while any is", () => {
  fc.assert(
    fc.property(changes, (all) => {
      shareStandstill();
      let [now, count, expected] = [1000, 0, 1000];
      for (const [stops, milliseconds] of all) {
        now += milliseconds;
        if (count === 0) expected += milliseconds;
        if (stops) {
          standStill(now);
          count += 1;
        } else {
          goOn(now);
          count = Math.max(0, count - 1);
        }
        expect(passed(now)).toBeCloseTo(expected, 2);
      }
    }),
  );
});

test("a limit waits while time stands still, and comes when it goes on", async () => {
  standStill(systemNow());
  let over = false;
  const limit = new Promise<void>((resolve) =>
    limitClock.after(5, () => {
      over = true;
      resolve();
    }),
  );
  await new Promise<void>((resolve) => systemClock.after(60, resolve));
  expect(over).toBe(false);
  goOn(systemNow());
  await limit;
});

test("a limit that is called off does not come", async () => {
  standStill(systemNow());
  const callOff = limitClock.after(1, () => {
    throw new Error("it came");
  });
  await new Promise<void>((resolve) => systemClock.after(30, resolve));
  callOff();
  goOn(systemNow());
  await new Promise<void>((resolve) => limitClock.after(30, resolve));
});
