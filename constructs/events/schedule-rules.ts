import { nextOccurrence, readScheduleExpression, type ScheduleExpression } from "../../aws/schedule/expression";
import { isTimeZone } from "../../aws/schedule/time-zone";
import { messageOf } from "../../lib/user-error";
import type { Rule } from "../synth/validation";

/** When a schedule is due, as it was written. */
interface Written {
  readonly expression: string;
  readonly timeZone: string;
  readonly start: string | undefined;
  readonly end: string | undefined;
}

function read(expression: string): ScheduleExpression | string {
  try {
    return readScheduleExpression(expression);
  } catch (error) {
    return messageOf(error);
  }
}

function dateRule(setting: string, text: string | undefined): Rule[] {
  if (text === undefined) return [];
  const isDate = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(text) && !Number.isNaN(Date.parse(text));
  return [[isDate, `${setting} must be a time in UTC, as 2030-01-31T09:00:00Z, got ${text}; write it so`]];
}

/** Rules of a schedule's times: each readable, and one at which it is due. */
export function expressionRules({ expression, timeZone, start, end }: Written): Rule[] {
  const known = read(expression);
  const dates = [...dateRule("start", start), ...dateRule("end", end)];
  const zone: Rule = [
    isTimeZone(timeZone),
    `timeZone must be the name of a time zone, as Europe/Lisbon or UTC, got ${timeZone}; look it up in IANA's list`,
  ];
  if (typeof known === "string") return [[false, `expression ${expression}: ${known}; correct it`], zone, ...dates];
  if (![zone, ...dates].every(([isMet]) => isMet)) return [zone, ...dates];
  const times = {
    ...(start === undefined ? {} : { start: Date.parse(start) }),
    ...(end === undefined ? {} : { end: Date.parse(end) }),
  };
  const isDue = nextOccurrence({ expression: known, timeZone, ...times }, 0) !== undefined;
  const limits =
    [start && `start ${start}`, end && `end ${end}`].filter(Boolean).join(" and ") || "the clocks of its zone";
  return [
    [isDue, `expression must be due at some time, got ${expression}, which ${limits} leave out; correct one of them`],
  ];
}
