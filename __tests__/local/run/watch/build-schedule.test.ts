import * as fc from "fast-check";
import { BuildSchedule, LONGEST_WAIT_MS, QUIET_MS, SETTLE_MS } from "../../../../local/run/watch/build-schedule";
import { TestClock } from "../../support/test-clock";

interface Built {
  readonly from: number;
  to: number;
  /** How many saves there had been when it began. */
  readonly saves: number;
}

interface Session {
  readonly clock: TestClock;
  readonly builds: Built[];
  readonly idles: number[];
  save(): void;
  /** Turns the clock until nothing is left to do. */
  finish(): Promise<void>;
}

/** A schedule whose builds take these times, one after the other, and then the last of them. */
function session(durations: readonly number[], fails: (build: number) => boolean = () => false): Session {
  const clock = new TestClock();
  const builds: Built[] = [];
  const idles: number[] = [];
  let saves = 0;
  let underWay = 0;
  const schedule = new BuildSchedule({
    clock,
    build: async () => {
      underWay += 1;
      expect(underWay).toBe(1);
      const built = { from: clock.now(), to: Number.NaN, saves };
      const nth = builds.push(built) - 1;
      const milliseconds = durations[Math.min(nth, durations.length - 1)] ?? 0;
      await new Promise<void>((resolve) => clock.after(milliseconds, resolve));
      underWay -= 1;
      built.to = fails(nth) ? Number.NaN : clock.now();
    },
    idle: async () => {
      expect(underWay).toBe(0);
      idles.push(clock.now());
    },
  });
  schedule.begin();
  return {
    clock,
    builds,
    idles,
    save: () => {
      saves += 1;
      schedule.touch();
    },
    finish: () => clock.turnTo(clock.now() + 1_000_000),
  };
}

const gaps = fc.array(
  fc.oneof(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 3000 }), fc.constant(QUIET_MS)),
  {
    minLength: 1,
    maxLength: 80,
  },
);
const durations = fc.array(fc.oneof(fc.integer({ min: 0, max: 200 }), fc.integer({ min: 0, max: 30_000 })), {
  minLength: 1,
  maxLength: 5,
});

test("a save by itself is built at once", async () => {
  const { clock, builds, save } = session([100]);
  await clock.turnTo(500);
  save();
  await clock.turnTo(500 + SETTLE_MS);
  expect(builds).toMatchObject([{ from: 500 + SETTLE_MS, saves: 1 }]);
});

test("60 saves in 3 s are at most 5 builds, and the last of them is in use 1 s later", async () => {
  const { clock, builds, save, finish } = session([130]);
  for (let at = 0; at < 60; at++) {
    await clock.turnTo(at * 50);
    save();
  }
  const last = clock.now();
  await finish();
  expect(builds.length).toBeLessThanOrEqual(5);
  expect(builds.at(-1)).toMatchObject({ saves: 60 });
  expect(builds.at(-1)!.to - last).toBeLessThanOrEqual(1000);
});

test("the last save is always built, after it was made, and never later than a second and the build that is under way", async () => {
  await fc.assert(
    fc.asyncProperty(gaps, durations, async (between, times) => {
      const { clock, builds, save, finish } = session(times);
      let last = 0;
      for (const gap of between) {
        await clock.turnTo(clock.now() + gap);
        save();
        last = clock.now();
      }
      await finish();
      expect(builds.at(-1)?.saves).toBe(between.length);
      expect(builds.at(-1)!.from).toBeGreaterThanOrEqual(last);
      const before = builds.at(-2)?.to ?? 0;
      expect(builds.at(-1)!.from).toBeLessThanOrEqual(Math.max(last + LONGEST_WAIT_MS, before));
      // Nothing is built that nobody saved.
      const seen = builds.map(({ saves }) => saves);
      expect(seen).toEqual([...new Set(seen)]);
    }),
    { numRuns: 60 },
  );
});

test("however many saves there are, builds begin no closer together than a pause in between or a second", async () => {
  await fc.assert(
    fc.asyncProperty(gaps, async (between) => {
      const { clock, builds, save, finish } = session([0]);
      const savedAt: number[] = [];
      for (const gap of between) {
        await clock.turnTo(clock.now() + gap);
        save();
        savedAt.push(clock.now());
      }
      await finish();
      for (const [nth, { from, saves }] of builds.slice(1).entries()) {
        const waited = from - builds[nth]!.from;
        const lastSave = savedAt[saves - 1]!;
        const firstSave = savedAt[builds[nth]!.saves]!;
        const quietBefore = firstSave - (savedAt[builds[nth]!.saves - 1] ?? Number.NEGATIVE_INFINITY) >= QUIET_MS;
        expect(quietBefore || from - lastSave >= QUIET_MS || from - firstSave >= LONGEST_WAIT_MS).toBe(true);
        expect(waited).toBeGreaterThan(0);
      }
    }),
    { numRuns: 60 },
  );
});

test("what builds need is let go once nothing was saved for a while, never during a build, and saves go on afterwards", async () => {
  const { clock, builds, idles, save, finish } = session([25_000, 10]);
  save();
  await clock.turnTo(24_000);
  expect(idles).toEqual([]);
  await finish();
  expect(idles).toEqual([SETTLE_MS + 25_000 + 20_000]);
  save();
  await finish();
  expect(builds).toHaveLength(2);
  expect(idles).toHaveLength(2);
  expect(clock.idle).toBe(true);
});

test("what was touched before it begins is built when it begins", async () => {
  const clock = new TestClock();
  let builds = 0;
  const schedule = new BuildSchedule({ clock, build: async () => void builds++, idle: async () => undefined });
  schedule.touch();
  await clock.turnTo(5000);
  expect(builds).toBe(0);
  schedule.begin();
  await clock.turnTo(5001);
  expect(builds).toBe(1);
});

test("a schedule that is closed builds nothing any more, not even what was under way", async () => {
  const clock = new TestClock();
  let builds = 0;
  const build = () => new Promise<void>((resolve) => clock.after(100 * ++builds, resolve));
  const schedule = new BuildSchedule({ clock, build, idle: async () => undefined });
  schedule.begin();
  schedule.touch();
  await clock.turnTo(50);
  schedule.touch();
  schedule.close();
  await clock.turnTo(100_000);
  expect(builds).toBe(1);
});
