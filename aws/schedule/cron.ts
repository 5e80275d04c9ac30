/** Days of a month that a cron expression means: by number, the last, or the weekday that is nearest to one. */
export interface MonthDays {
  readonly days: ReadonlySet<number>;
  readonly last: boolean;
  readonly nearestWeekdays: readonly number[];
}

/** Days of a week that a cron expression means, 1 for Sunday: each, the last of a month, or the nth of it. */
export interface WeekDays {
  readonly days: ReadonlySet<number>;
  readonly last: readonly number[];
  readonly nth: { readonly day: number; readonly nth: number } | undefined;
}

/** A cron expression, read. One of the kinds of days is undefined: `?`. */
export interface Cron {
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly monthDays: MonthDays | undefined;
  readonly months: ReadonlySet<number>;
  readonly weekDays: WeekDays | undefined;
  readonly years: ReadonlySet<number>;
}

interface Field {
  readonly name: string;
  readonly least: number;
  readonly most: number;
  /** The numbers' other names, from `least` on. */
  readonly names?: readonly string[];
}

const monthNames = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const dayNames = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

/** The fields in their order (EventBridge Scheduler user guide, "Schedule types", Cron-based schedules). */
const fields = {
  minutes: { name: "minutes", least: 0, most: 59 },
  hours: { name: "hours", least: 0, most: 23 },
  monthDays: { name: "day-of-month", least: 1, most: 31 },
  months: { name: "month", least: 1, most: 12, names: monthNames },
  weekDays: { name: "day-of-week", least: 1, most: 7, names: dayNames },
  years: { name: "year", least: 1970, most: 2199 },
} as const satisfies Readonly<Record<string, Field>>;

const form = "cron(minutes hours day-of-month month day-of-week year)";

const wrong = (field: Field, part: string, rule: string): Error => new Error(`${field.name} ${rule}, got ${part}`);

const rangeOf = ({ least, most, names }: Field): string =>
  `${least}–${most}${names ? ` or ${names[0]}–${names.at(-1)}` : ""}`;

function numberIn(field: Field, text: string): number {
  const named = field.names?.indexOf(text.toUpperCase()) ?? -1;
  const number = named >= 0 ? named + field.least : /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (number >= field.least && number <= field.most) return number;
  throw wrong(field, text === "" ? "nothing" : text, `must be ${rangeOf(field)}`);
}

/** The numbers of one part of a list: `*`, `5`, `1-5`, `0/15`. */
function numbersOf(field: Field, part: string): readonly number[] {
  const [range = "", step, more] = part.split("/");
  if (more !== undefined || step === "" || (step !== undefined && !/^[1-9]\d*$/.test(step))) {
    throw wrong(field, part, "must have a whole number from 1 after its one /");
  }
  const [from = "", to, third] = range.split("-");
  if (third !== undefined) throw wrong(field, part, "must have one - in a range");
  const first = range === "*" ? field.least : numberIn(field, from);
  const last = range === "*" || (to === undefined && step !== undefined) ? field.most : numberIn(field, to ?? from);
  if (last < first) throw wrong(field, part, "must have the lesser end of a range first");
  const by = Number(step ?? 1);
  return Array.from({ length: Math.floor((last - first) / by) + 1 }, (_, at) => first + at * by);
}

function listOf(field: Field, text: string): readonly number[] {
  const all = new Set(text.split(",").flatMap((part) => numbersOf(field, part)));
  return [...all].sort((one, other) => one - other);
}

function monthDaysOf(text: string): MonthDays {
  const field = fields.monthDays;
  const parts = text.split(",");
  const weekdays = parts.flatMap((part) => /^(\d+)W$/i.exec(part)?.[1] ?? []);
  const others = parts.filter((part) => !/^(L|\d+W)$/i.test(part));
  return {
    days: new Set(others.flatMap((part) => numbersOf(field, part))),
    last: parts.some((part) => part.toUpperCase() === "L"),
    nearestWeekdays: weekdays.map((day) => numberIn(field, day)),
  };
}

function weekDaysOf(text: string): WeekDays {
  const field = fields.weekDays;
  if (text.includes("#")) {
    const [, day, nth] = /^(\w+)#([1-5])$/.exec(text) ?? [];
    if (day === undefined) throw wrong(field, text, "must be one day, # and 1–5, and nothing beside it");
    return { days: new Set(), last: [], nth: { day: numberIn(field, day), nth: Number(nth) } };
  }
  const days = new Set<number>();
  const last: number[] = [];
  for (const part of text.split(",")) {
    const ofMonth = /^(\w+)L$/i.exec(part)?.[1];
    if (part.includes("/")) throw wrong(field, part, "must have no /");
    if (ofMonth !== undefined) last.push(numberIn(field, ofMonth));
    // Alone, the last day of the week: Saturday.
    else if (part.toUpperCase() === "L") days.add(field.most);
    else for (const day of numbersOf(field, part)) days.add(day);
  }
  return { days, last, nth: undefined };
}

/** Reads what stands between the brackets. @throws Error that says which field is wrong, and why */
export function readCron(text: string): Cron {
  const parts = text.trim().split(/\s+/);
  const [minutes = "", hours = "", monthDays = "", months = "", weekDays = "", years = ""] = parts;
  if (parts.length !== 6) throw new Error(`${form} has six fields, got ${text.trim() === "" ? 0 : parts.length}`);
  if ((monthDays === "?") === (weekDays === "?")) {
    throw new Error(`one of day-of-month and day-of-week must be ?, and not both, got ${monthDays} and ${weekDays}`);
  }
  return {
    minutes: listOf(fields.minutes, minutes),
    hours: listOf(fields.hours, hours),
    monthDays: monthDays === "?" ? undefined : monthDaysOf(monthDays),
    months: new Set(listOf(fields.months, months)),
    weekDays: weekDays === "?" ? undefined : weekDaysOf(weekDays),
    years: new Set(listOf(fields.years, years)),
  };
}

/** 1 for Sunday. */
const weekDayOf = (year: number, month: number, day: number): number =>
  new Date(Date.UTC(year, month - 1, day)).getUTCDay() + 1;

const lengthOf = (year: number, month: number): number => new Date(Date.UTC(year, month, 0)).getUTCDate();

/** The day from Monday to Friday that is nearest to one, in the same month. */
function nearestWeekday(year: number, month: number, wanted: number): number {
  const length = lengthOf(year, month);
  const day = Math.min(wanted, length);
  const weekDay = weekDayOf(year, month, day);
  if (weekDay === 7) return day > 1 ? day - 1 : day + 2;
  if (weekDay === 1) return day < length ? day + 1 : day - 2;
  return day;
}

/** Whether a day is one of those that the expression means. */
export function isCronDay(cron: Cron, year: number, month: number, day: number): boolean {
  if (!cron.years.has(year) || !cron.months.has(month)) return false;
  const { monthDays, weekDays } = cron;
  if (monthDays) {
    const { days, last, nearestWeekdays } = monthDays;
    if (days.has(day) || (last && day === lengthOf(year, month))) return true;
    return nearestWeekdays.some((wanted) => nearestWeekday(year, month, wanted) === day);
  }
  if (!weekDays) return false;
  const weekDay = weekDayOf(year, month, day);
  const { days, last, nth } = weekDays;
  if (nth) return weekDay === nth.day && Math.ceil(day / 7) === nth.nth;
  return days.has(weekDay) || (last.includes(weekDay) && day + 7 > lengthOf(year, month));
}
