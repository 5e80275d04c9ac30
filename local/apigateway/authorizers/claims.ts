import type { JsonObject } from "../../../lib/json";

const days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const two = (value: number): string => String(value).padStart(2, "0");

/** `Mon Jun 15 05:56:21 UTC 2026`, as events have the times of a token. */
function dateText(seconds: number): string {
  const at = new Date(seconds * 1000);
  const time = `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())}`;
  return `${days[at.getUTCDay()]} ${months[at.getUTCMonth()]} ${two(at.getUTCDate())} ${time} UTC ${at.getUTCFullYear()}`;
}

const dates = new Set(["exp", "iat", "nbf"]);

/** The longest time that a date can have, in seconds. */
const LATEST = 8_640_000_000_000;

function claimText(name: string, value: unknown): string {
  if (dates.has(name) && typeof value === "number" && Math.abs(value) <= LATEST) return dateText(value);
  if (Array.isArray(value) && value.every((item) => typeof item !== "object")) return value.join(",");
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/**
 * A token's claims as functions get them, each as text: lists with commas, the times of its life as dates (as observed; the
 * developer guide says only that there is `$context.authorizer.claims`).
 */
export function claimTexts(claims: JsonObject): Readonly<Record<string, string>> {
  const texts: Record<string, string> = Object.create(null);
  for (const [name, value] of Object.entries(claims)) {
    if (value !== null && value !== undefined) texts[name] = claimText(name, value);
  }
  return texts;
}
