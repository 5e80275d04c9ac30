import { isDeepStrictEqual } from "node:util";

/** A leaf that differs. */
export interface Difference {
  /** `settings.throttling_rate_limit` */
  readonly path: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** An object, also one that is written as JSON. */
function asObject(value: unknown): Record<string, unknown> | undefined {
  if (typeof value === "string" && /^[[{]/.test(value)) {
    try {
      return asObject(JSON.parse(value));
    } catch {
      return undefined;
    }
  }
  return value !== null && typeof value === "object" ? (value as Record<string, unknown>) : undefined;
}

/** Differences of two values, leaf by leaf. */
export function differences(before: unknown, after: unknown, path = ""): Difference[] {
  if (isDeepStrictEqual(before, after)) return [];
  const [left, right] = [asObject(before), asObject(after)];
  if (!left || !right) return [{ path, before, after }];
  const keys = [...new Set([...Object.keys(left), ...Object.keys(right)])];
  return keys.flatMap((key) => differences(left[key], right[key], path === "" ? key : `${path}.${key}`));
}

function valueInWords(value: unknown): string {
  if (value === undefined) return "none";
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

/** `timeout 10 → 30, memory_size 256 → 512`; the first few. */
export function inFewWords(found: readonly Difference[], most = 6): string {
  const shown = found
    .slice(0, most)
    .map(({ path, before, after }) => `${path} ${valueInWords(before)} → ${valueInWords(after)}`);
  return [...shown, ...(found.length > most ? [`and ${found.length - most} more`] : [])].join(", ");
}
