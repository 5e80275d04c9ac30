type Json = string | number | boolean | null | undefined | Json[] | { [key: string]: Json };

/** Where something is: keys, the last part of a resource's name left out, and on into JSON that stands in a string. */
export type Place = readonly (string | number)[];

function within(value: Exclude<Json, string | undefined>, place: Place, change: (value: Json) => Json): Json {
  const [key, ...rest] = place as [string | number, ...Place];
  if (Array.isArray(value)) {
    return value.flatMap((item, index) => (index === Number(key) ? [edited(item, rest, change)] : [item]) as Json[]);
  }
  const object = value as { [key: string]: Json };
  const name = Object.keys(object).find((known) => known === key || known.startsWith(`${key}_`)) ?? String(key);
  const { [name]: old, ...others } = object;
  const next = edited(old, rest, change);
  return next === undefined ? others : { ...others, [name]: next };
}

/** A copy of a value in which something is changed; what becomes undefined is gone. */
export function edited(value: Json, place: Place, change: (value: Json) => Json): Json {
  if (place.length === 0) return change(value);
  if (typeof value === "string") return JSON.stringify(within(JSON.parse(value), place, change));
  return within(value ?? {}, place, change);
}
