/** Offset of a zone's clocks from UTC at an instant, in milliseconds. */
type OffsetAt = (instant: number) => number;

const offsets = new Map<string, OffsetAt>();

/** Whether it is the name of a time zone of the IANA's database: `Europe/Lisbon`, `UTC`. */
export function isTimeZone(name: string): boolean {
  // An offset is no zone to AWS, and names are spelled as they are.
  if (!/^[A-Z]/.test(name) || /[+-]\d\d:/.test(name)) return false;
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

function offsetOf(timeZone: string): OffsetAt {
  const known = offsets.get(timeZone);
  if (known) return known;
  const all = { year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric" } as const;
  const format = new Intl.DateTimeFormat("en", { ...all, second: "numeric", hourCycle: "h23", era: "short", timeZone });
  const offsetAt: OffsetAt = (instant) => {
    const parts = new Map(format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]));
    const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0;
    const shown = Date.UTC(part("year"), part("month") - 1, part("day"), part("hour"), part("minute"), part("second"));
    return shown - Math.floor(instant / 1000) * 1000;
  };
  offsets.set(timeZone, offsetAt);
  return offsetAt;
}

/** The time that a zone's clocks show at an instant, as milliseconds of a UTC that would show the same. */
export const shownAt = (timeZone: string, instant: number): number => instant + offsetOf(timeZone)(instant);

const DAY_MS = 86_400_000;

/**
 * The instant at which a zone's clocks show a time: the first where they show it twice, undefined where they leave it out.
 *
 * @param shown as milliseconds of a UTC that would show the same
 */
export function instantOf(timeZone: string, shown: number): number | undefined {
  const offsetAt = offsetOf(timeZone);
  const around = [offsetAt(shown - DAY_MS), offsetAt(shown + DAY_MS)];
  const instants = around.map((offset) => shown - offset).filter((instant) => instant + offsetAt(instant) === shown);
  return instants.length === 0 ? undefined : Math.min(...instants);
}
