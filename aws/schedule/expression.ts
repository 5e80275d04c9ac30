import { type Cron, isCronDay, readCron } from "./cron";
import { instantOf, shownAt } from "./time-zone";

/** A schedule expression, read (EventBridge Scheduler user guide, "Schedule types"). */
export type ScheduleExpression =
  | { readonly kind: "rate"; readonly milliseconds: number }
  | { readonly kind: "cron"; readonly cron: Cron }
  /** Once. As milliseconds of a UTC that would show the same as the zone's clocks. */
  | { readonly kind: "at"; readonly shown: number };

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const unitMs = { minute: MINUTE_MS, hour: 60 * MINUTE_MS, day: DAY_MS } as const;

/** A rate's unit is in the plural, except of 1; Scheduler itself takes either, the rules of a bus do not. */
const isGrammatical = (count: string, ending: string): boolean => (count === "1") === (ending === "");

function readRate(text: string, isStrict: boolean): ScheduleExpression {
  const [, count = "", unit, ending = ""] = /^([1-9]\d*) (minute|hour|day)(s?)$/.exec(text) ?? [];
  if (unit === undefined || !(unit in unitMs)) {
    throw new Error(`rate(value unit) has a whole number from 1 and minutes, hours or days, got ${text || "nothing"}`);
  }
  if (isStrict && !isGrammatical(count, ending)) {
    throw new Error(`rate(value unit) has its unit in the ${count === "1" ? "singular" : "plural"}, got ${text}`);
  }
  return { kind: "rate", milliseconds: Number(count) * unitMs[unit as keyof typeof unitMs] };
}

function readAt(text: string): ScheduleExpression {
  const shown = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(text) ? Date.parse(`${text}Z`) : Number.NaN;
  // 30 February is no date, and Date.parse takes it for one in March.
  if (!Number.isNaN(shown) && new Date(shown).toISOString().startsWith(text)) return { kind: "at", shown };
  throw new Error(`at(yyyy-mm-ddThh:mm:ss) has a date and a time of day, got ${text || "nothing"}`);
}

/**
 * Reads a schedule expression.
 *
 * @param isStrict whether a rate's unit has to be in the plural where there are several, and only there
 * @throws Error that says what of it is wrong
 */
export function readScheduleExpression(text: string, isStrict = true): ScheduleExpression {
  const [, kind, inner = ""] = /^(rate|cron|at)\((.*)\)$/.exec(text) ?? [];
  if (kind === "rate") return readRate(inner, isStrict);
  if (kind === "at") return readAt(inner);
  if (kind !== "cron") throw new Error(`it is rate(…), cron(…) or at(…), got ${text || "nothing"}`);
  const cron = readCron(inner);
  const expression: ScheduleExpression = { kind, cron };
  if (nextOccurrence({ expression, timeZone: "UTC" }, Date.UTC(1970, 0, 1) - 1) === undefined) {
    throw new Error(`cron(…) must name a day that there is, got ${inner}`);
  }
  return expression;
}

/** When a schedule is due. */
export interface Timetable {
  readonly expression: ScheduleExpression;
  readonly timeZone: string;
  /** Nothing is due before, in milliseconds since 1970; a rate is counted from it. */
  readonly start?: number;
  /** Nothing is due from then on. */
  readonly end?: number;
}

function nextOfCron(cron: Cron, timeZone: string, after: number): number | undefined {
  const first = shownAt(timeZone, after);
  const lastYear = Math.max(...cron.years);
  // The day before, too: clocks that were set back may show yesterday again.
  for (let day = Math.floor(first / DAY_MS) * DAY_MS - DAY_MS; ; ) {
    const date = new Date(day);
    const [year, month] = [date.getUTCFullYear(), date.getUTCMonth() + 1];
    if (year > lastYear) return undefined;
    if (!cron.years.has(year)) day = Date.UTC(year + 1, 0, 1);
    else if (!cron.months.has(month)) day = Date.UTC(year, month, 1);
    else {
      const found = isCronDay(cron, year, month, date.getUTCDate())
        ? firstOnDay(cron, timeZone, day, after)
        : undefined;
      if (found !== undefined) return found;
      day += DAY_MS;
    }
  }
}

/**
 * A time that the clocks leave out in spring is skipped, and one that they show twice in autumn is due once (EventBridge
 * Scheduler user guide, "Schedule types", Daylight savings time).
 */
function firstOnDay({ hours, minutes }: Cron, timeZone: string, day: number, after: number): number | undefined {
  for (const hour of hours) {
    for (const minute of minutes) {
      const instant = instantOf(timeZone, day + (hour * 60 + minute) * MINUTE_MS);
      if (instant !== undefined && instant > after) return instant;
    }
  }
  return undefined;
}

/** The first multiple of a rate after an instant; days have 24 hours, whatever the clocks do. */
const nextOfRate = (milliseconds: number, start: number, after: number): number =>
  after < start ? start : start + (Math.floor((after - start) / milliseconds) + 1) * milliseconds;

/** The next time at which it is due after an instant, in milliseconds since 1970; undefined when there is none. */
export function nextOccurrence(timetable: Timetable, after: number): number | undefined {
  const { expression, timeZone, start = Number.NEGATIVE_INFINITY, end = Number.POSITIVE_INFINITY } = timetable;
  const from = Math.max(after, start - 1);
  const next = () => {
    if (expression.kind === "cron") return nextOfCron(expression.cron, timeZone, from);
    if (expression.kind === "rate") return nextOfRate(expression.milliseconds, Math.max(start, 0), from);
    const instant = instantOf(timeZone, expression.shown);
    return instant !== undefined && instant > from ? instant : undefined;
  };
  const due = next();
  return due !== undefined && due < end ? due : undefined;
}
