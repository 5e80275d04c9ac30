import fc from "fast-check";
import { nextOccurrence, readScheduleExpression } from "../../aws/schedule/expression";
import { isTimeZone } from "../../aws/schedule/time-zone";

const next = (text: string, after: string, timeZone = "UTC", rest: { start?: string; end?: string } = {}) => {
  const limits = Object.fromEntries(Object.entries(rest).map(([name, time]) => [name, Date.parse(time)]));
  const timetable = { expression: readScheduleExpression(text), timeZone, ...limits };
  const due = nextOccurrence(timetable, Date.parse(after));
  return due === undefined ? undefined : new Date(due).toISOString().replace(".000", "");
};

/** The next times after an instant. */
const several = (text: string, after: string, count: number, timeZone = "UTC") => {
  const times: string[] = [];
  for (let at: string | undefined = after; at !== undefined && times.length < count; ) {
    at = next(text, at, timeZone);
    if (at !== undefined) times.push(at);
  }
  return times;
};

test.each([
  ["cron(15 10 * * ? *)", "2026-01-01T10:15:00Z", "2026-01-02T10:15:00Z"],
  ["cron(0/15 9-10 ? * MON-FRI *)", "2026-01-02T10:45:00Z", "2026-01-05T09:00:00Z"],
  ["cron(5,35 14 * * ? *)", "2026-01-01T14:05:00Z", "2026-01-01T14:35:00Z"],
  ["cron(0 0 L * ? *)", "2028-02-01T00:00:00Z", "2028-02-29T00:00:00Z"],
  ["cron(0 12 1W * ? *)", "2026-07-31T00:00:00Z", "2026-08-03T12:00:00Z"],
  ["cron(0 12 15W * ? *)", "2026-02-01T00:00:00Z", "2026-02-16T12:00:00Z"],
  ["cron(0 12 31W * ? *)", "2026-01-01T00:00:00Z", "2026-01-30T12:00:00Z"],
  ["cron(0 10 ? * 6L 2022-2023)", "2022-12-01T00:00:00Z", "2022-12-30T10:00:00Z"],
  ["cron(0 10 ? * 6L 2022-2023)", "2023-12-29T10:00:00Z", undefined],
  ["cron(0 10 ? * TUE#2 *)", "2026-01-01T00:00:00Z", "2026-01-13T10:00:00Z"],
  ["cron(0 10 ? * 3#5 *)", "2026-01-01T00:00:00Z", "2026-03-31T10:00:00Z"],
  ["cron(0 10 ? * L *)", "2026-01-01T00:00:00Z", "2026-01-03T10:00:00Z"],
  ["cron(0 0 29 FEB ? *)", "2026-01-01T00:00:00Z", "2028-02-29T00:00:00Z"],
  ["cron(0 0 1 jan ? 2030/5)", "2026-01-01T00:00:00Z", "2030-01-01T00:00:00Z"],
  ["at(2030-01-31T09:00:00)", "2026-01-01T00:00:00Z", "2030-01-31T09:00:00Z"],
  ["at(2030-01-31T09:00:00)", "2030-01-31T09:00:00Z", undefined],
])("%s after %s is due at %s", (text, after, due) => {
  expect(next(text, after)).toBe(due);
});

test.each([
  ["", "it is rate(…), cron(…) or at(…), got nothing"],
  ["every day", "it is rate(…), cron(…) or at(…), got every day"],
  ["rate(0 minutes)", "rate(value unit) has a whole number from 1 and minutes, hours or days, got 0 minutes"],
  ["rate(5 seconds)", "rate(value unit) has a whole number from 1 and minutes, hours or days, got 5 seconds"],
  ["rate(1 hours)", "rate(value unit) has its unit in the singular, got 1 hours"],
  ["rate(2 day)", "rate(value unit) has its unit in the plural, got 2 day"],
  ["at(2030-02-30T09:00:00)", "at(yyyy-mm-ddThh:mm:ss) has a date and a time of day, got 2030-02-30T09:00:00"],
  ["at(2030-02-28T09:00)", "at(yyyy-mm-ddThh:mm:ss) has a date and a time of day, got 2030-02-28T09:00"],
  ["cron(0 3 * * *)", "cron(minutes hours day-of-month month day-of-week year) has six fields, got 5"],
  ["cron(0 3 * * * *)", "one of day-of-month and day-of-week must be ?, and not both, got * and *"],
  ["cron(0 3 ? * ? *)", "one of day-of-month and day-of-week must be ?, and not both, got ? and ?"],
  ["cron(60 3 * * ? *)", "minutes must be 0–59, got 60"],
  ["cron(0 24 * * ? *)", "hours must be 0–23, got 24"],
  ["cron(0 3 0 * ? *)", "day-of-month must be 1–31, got 0"],
  ["cron(0 3 ? * 0 *)", "day-of-week must be 1–7 or SUN–SAT, got 0"],
  ["cron(0 3 * CONSTRUCTOR ? *)", "month must be 1–12 or JAN–DEC, got CONSTRUCTOR"],
  ["cron(0 3 * * ? 1969)", "year must be 1970–2199, got 1969"],
  ["cron(0/0 3 * * ? *)", "minutes must have a whole number from 1 after its one /, got 0/0"],
  ["cron(9-5 3 * * ? *)", "minutes must have the lesser end of a range first, got 9-5"],
  ["cron(1-2-3 3 * * ? *)", "minutes must have one - in a range, got 1-2-3"],
  ["cron(, 3 * * ? *)", "minutes must be 0–59, got nothing"],
  ["cron(0 3 LW * ? *)", "day-of-month must be 1–31, got LW"],
  ["cron(0 3 ? * 3#6 *)", "day-of-week must be one day, # and 1–5, and nothing beside it, got 3#6"],
  ["cron(0 3 ? * 3#1,6#3 *)", "day-of-week must be one day, # and 1–5, and nothing beside it, got 3#1,6#3"],
  ["cron(0 3 ? * 2/2 *)", "day-of-week must have no /, got 2/2"],
  ["cron(0 3 31 2,4 ? *)", "cron(…) must name a day that there is, got 0 3 31 2,4 ? *"],
])("%s is refused", (text, message) => {
  expect(() => readScheduleExpression(text)).toThrow(message);
});

it("takes a rate's unit in either number where Scheduler does", () => {
  expect(readScheduleExpression("rate(1 hours)", false)).toEqual({ kind: "rate", milliseconds: 3_600_000 });
});

describe("where the clocks change", () => {
  it("skips in spring a time that they leave out", () => {
    expect(several("cron(30 1 * * ? *)", "2026-03-28T00:00:00Z", 2, "Europe/Lisbon")).toEqual([
      "2026-03-28T01:30:00Z",
      "2026-03-30T00:30:00Z",
    ]);
  });

  it("is due once in autumn at a time that they show twice", () => {
    expect(several("cron(0/30 1 * * ? *)", "2026-10-25T00:00:00Z", 3, "Europe/Lisbon")).toEqual([
      "2026-10-25T00:30:00Z",
      "2026-10-26T01:00:00Z",
      "2026-10-26T01:30:00Z",
    ]);
  });

  it("counts a rate's days as 24 hours each", () => {
    const start = { start: "2026-10-24T12:00:00Z" };
    expect(next("rate(1 day)", "2026-10-25T11:00:00Z", "Europe/Lisbon", start)).toBe("2026-10-25T12:00:00Z");
  });

  it("is never due once at a time that there is not", () => {
    expect(next("at(2026-03-29T01:30:00)", "2026-01-01T00:00:00Z", "Europe/Lisbon")).toBeUndefined();
  });
});

it("is due from its start on and before its end", () => {
  const limits = { start: "2026-01-01T00:00:00Z", end: "2026-01-01T00:10:00Z" };
  expect(next("rate(5 minutes)", "2025-01-01T00:00:00Z", "UTC", limits)).toBe("2026-01-01T00:00:00Z");
  expect(next("rate(5 minutes)", "2026-01-01T00:00:00Z", "UTC", limits)).toBe("2026-01-01T00:05:00Z");
  expect(next("rate(5 minutes)", "2026-01-01T00:05:00Z", "UTC", limits)).toBeUndefined();
  expect(next("cron(0 0 * * ? *)", "2025-01-01T00:00:00Z", "UTC", limits)).toBe("2026-01-01T00:00:00Z");
});

test.each([
  ["Europe/Lisbon", true],
  ["UTC", true],
  ["America/Argentina/Buenos_Aires", true],
  ["+01:00", false],
  ["Europe/Atlantis", false],
  ["constructor", false],
  ["", false],
])("%s is the name of a time zone: %s", (name, isOne) => {
  expect(isTimeZone(name)).toBe(isOne);
});

const minuteMs = 60_000;
const zones = ["UTC", "Europe/Lisbon", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"];

it("is due at the first minute whose hands stand as it says, whatever the zone", () => {
  const cases = fc.record({
    minute: fc.integer({ min: 0, max: 59 }),
    hour: fc.integer({ min: 0, max: 23 }),
    zone: fc.constantFrom(...zones),
    after: fc.integer({ min: Date.UTC(2026, 0) / minuteMs, max: Date.UTC(2027, 0) / minuteMs }),
  });
  fc.assert(
    fc.property(cases, ({ minute, hour, zone, after }) => {
      const format = new Intl.DateTimeFormat("en", {
        ...{ hour: "2-digit", minute: "2-digit", day: "2-digit", hourCycle: "h23", timeZone: zone },
      });
      const shown = (at: number) => format.format(at * minuteMs);
      const isShown = (at: number) => shown(at).endsWith(`${pad(hour)}:${pad(minute)}`);
      // What is shown a second time on a day is not due then.
      const isFirst = (at: number) => ![30, 60].some((before) => shown(at - before) === shown(at));
      let expected = after + 1;
      while (!(isShown(expected) && isFirst(expected))) expected += 1;

      const expression = readScheduleExpression(`cron(${minute} ${hour} * * ? *)`);
      expect(nextOccurrence({ expression, timeZone: zone }, after * minuteMs)).toBe(expected * minuteMs);
    }),
    { numRuns: 40 },
  );
});

const pad = (number: number): string => String(number).padStart(2, "0");
