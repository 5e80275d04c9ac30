import type { Event } from "./serve";

/** Compares a part of a value with what a case expects of it. `$` members stand for what is not fixed. */
export function expectPart(actual: unknown, expected: unknown, place: string, event?: Event): void {
  if (typeof expected !== "object" || expected === null) {
    expect({ [place]: actual }).toEqual({ [place]: expected });
    return;
  }
  const { $type, $matches, $keys, $lacks, $event, ...members } = expected as Record<string, unknown>;
  if ($type) expect({ [place]: typeof actual }).toEqual({ [place]: $type });
  if ($matches) expect(actual).toMatch(new RegExp(String($matches)));
  if ($lacks) expect(actual).not.toContain($lacks);
  if ($event) expect(actual).toBe(member(event, String($event)));
  if ($keys) expect(Object.keys(actual as object).sort()).toEqual([...($keys as string[])].sort());
  if (Array.isArray(expected)) expect({ [place]: (actual as unknown[]).length }).toEqual({ [place]: expected.length });
  for (const [name, part] of Object.entries(members)) {
    expectPart((actual as Record<string, unknown> | undefined)?.[name], part, `${place}.${name}`, event);
  }
}

const member = (value: Event, path: string): unknown => path.split(".").reduce((found, name) => found?.[name], value);
