import { same } from "./vtl-arithmetic";
import { replaceAll, replaceFirst, splitBy, wholeMatches } from "./vtl-regular-expression";
import { bounded, Entry, isList, isMap, JsonList, json, TemplateError, type Value, written } from "./vtl-values";

/** A method of Java's, as templates may call it. What it has no value for is nothing. */
type Method<Of> = (of: Of, ...given: readonly Value[]) => Value;

type Methods<Of> = ReadonlyMap<string, Method<Of>>;

const methodsOf = <Of>(methods: Readonly<Record<string, Method<Of>>>): Methods<Of> => new Map(Object.entries(methods));

const whole = (value: Value): number => (typeof value === "bigint" ? Number(value) : Number.NaN);

/** A place in a list or a text, as Java checks it. */
function place(value: Value, [least, most]: readonly [number, number]): number {
  const at = whole(value);
  if (at >= least && at <= most) return at;
  throw new TemplateError(`${written(value)} is no place between ${least} and ${most}`);
}

/** More items than a loop goes through, and no more than memory takes. */
const LONGEST_LIST = 100_000;

function longer(list: Value[], ...added: Value[]): Value {
  if (list.length + added.length > LONGEST_LIST) {
    throw new TemplateError(`a list of a template has more than ${LONGEST_LIST} items`);
  }
  for (const item of added) list.push(item);
  return added.length > 0;
}

const anywhere: Methods<unknown> = methodsOf<unknown>({
  toString: (of: unknown) => (of instanceof JsonList ? json(of) : written(of)),
  equals: (of, other) => typeof of === typeof other && same(of, other),
});

const texts = methodsOf<string>({
  charAt: (text, at) => text.charAt(place(at, [0, text.length - 1])),
  compareTo: (text, other) => (text === written(other) ? 0n : text < written(other) ? -1n : 1n),
  concat: (text, other) => bounded(text + written(other)),
  contains: (text, part) => text.includes(written(part)),
  endsWith: (text, end) => text.endsWith(written(end)),
  equalsIgnoreCase: (text, other) => text.toLowerCase() === written(other).toLowerCase(),
  indexOf: (text, part, from = 0n) => BigInt(text.indexOf(written(part), whole(from))),
  isEmpty: (text) => text === "",
  lastIndexOf: (text, part) => BigInt(text.lastIndexOf(written(part))),
  length: (text) => BigInt(text.length),
  matches: (text, pattern) => wholeMatches(text, written(pattern)),
  replace: (text, part, instead) => bounded(text.replaceAll(written(part), () => written(instead))),
  replaceAll: (text, pattern, instead) => bounded(replaceAll(text, written(pattern), written(instead))),
  replaceFirst: (text, pattern, instead) => bounded(replaceFirst(text, written(pattern), written(instead))),
  split: (text, pattern, most = 0n) => splitBy(text, written(pattern), whole(most)),
  startsWith: (text, start) => text.startsWith(written(start)),
  substring: (text, from, to = BigInt(text.length)) => {
    const end = place(to, [0, text.length]);
    return text.slice(place(from, [0, end]), end);
  },
  toLowerCase: (text) => text.toLowerCase(),
  toUpperCase: (text) => text.toUpperCase(),
  trim: (text) => text.trim(),
});

const lists = methodsOf<Value[]>({
  add: (list, first, second) => {
    if (second === undefined) return longer(list, first);
    longer(list, undefined);
    list.copyWithin(whole(first) + 1, whole(first), list.length - 1);
    list[place(first, [0, list.length - 1])] = second;
    return undefined;
  },
  addAll: (list, others) => longer(list, ...(isList(others) ? others : [])),
  clear: (list) => void list.splice(0),
  contains: (list, item) => list.some((one) => same(one, item)),
  get: (list, at) => list[place(at, [0, list.length - 1])],
  indexOf: (list, item) => BigInt(list.findIndex((one) => same(one, item))),
  isEmpty: (list) => list.length === 0,
  remove: (list, item) => {
    if (typeof item === "bigint") return list.splice(place(item, [0, list.length - 1]), 1)[0];
    const at = list.findIndex((one) => same(one, item));
    return at >= 0 && list.splice(at, 1).length > 0;
  },
  set: (list, at, item) => {
    const before = list[place(at, [0, list.length - 1])];
    list[whole(at)] = item;
    return before;
  },
  size: (list) => BigInt(list.length),
  subList: (list, from, to) => {
    const end = place(to, [0, list.length]);
    return list.slice(place(from, [0, end]), end);
  },
});

const maps = methodsOf<Map<string, Value>>({
  clear: (map) => map.clear(),
  containsKey: (map, name) => map.has(written(name)),
  containsValue: (map, item) => [...map.values()].some((one) => same(one, item)),
  entrySet: (map) => [...map].map(([name, value]) => new Entry(name, value)),
  get: (map, name) => map.get(written(name)),
  getOrDefault: (map, name, instead) => (map.has(written(name)) ? map.get(written(name)) : instead),
  isEmpty: (map) => map.size === 0,
  keySet: (map) => [...map.keys()],
  put: (map, name, value) => {
    const before = map.get(written(name));
    map.set(written(name), value);
    return before;
  },
  putAll: (map, others) => {
    if (isMap(others)) for (const [name, value] of others) map.set(name, value);
  },
  remove: (map, name) => {
    const before = map.get(written(name));
    map.delete(written(name));
    return before;
  },
  size: (map) => BigInt(map.size),
  values: (map) => [...map.values()],
});

/** The number that a text says, as Java reads it. */
function parsed(text: string, form: RegExp): string {
  if (form.test(text)) return text;
  throw new TemplateError(`${JSON.stringify(text.slice(0, 40))} is no number`);
}

const numbers = methodsOf<bigint | number>({
  compareTo: (number, other) => {
    const [left, right] = [Number(number), Number(other)];
    return left === right ? 0n : left < right ? -1n : 1n;
  },
  doubleValue: (number) => Number(number),
  intValue: (number) => BigInt(Math.trunc(Number(number))),
  longValue: (number) => BigInt(Math.trunc(Number(number))),
  // Of the number's class, and so of any number: `$one.parseInt("7")`.
  parseDouble: (_number, text) => Number(parsed(written(text).trim(), /^[+-]?\d+(\.\d*)?([eE][+-]?\d+)?$/)),
  parseInt: (_number, text) => BigInt(parsed(written(text), /^-?\d{1,19}$/)),
});

const entries = methodsOf<Entry>({ getKey: ({ key }) => key, getValue: ({ value }) => value });

function ownMethod(of: Value, name: string): ((...given: readonly Value[]) => Value) | undefined {
  const bind = <Of>(methods: Methods<Of>, value: Of) => {
    const method = methods.get(name);
    return method && ((...given: readonly Value[]) => method(value, ...given));
  };
  if (typeof of === "string") return bind(texts, of);
  if (typeof of === "bigint" || typeof of === "number") return bind(numbers, of);
  if (isList(of)) return bind(lists, of);
  if (isMap(of)) return bind(maps, of);
  return of instanceof Entry ? bind(entries, of) : undefined;
}

const names = new Set(
  [anywhere, texts, lists, maps, numbers, entries].flatMap((methods: ReadonlyMap<string, unknown>) => [
    ...methods.keys(),
  ]),
);

/** Whether anything has a method of this name. */
export const isMethod = (name: string): boolean => names.has(name);

/** Calls a method. What has no such method gives nothing, as in Velocity. */
export function callMethod(of: Value, name: string, given: readonly Value[]): Value {
  if (of === undefined || of === null) return undefined;
  const method = ownMethod(of, name);
  if (method) return method(...given);
  return anywhere.get(name)?.(of, ...given);
}

/** A member by its name: of a map, or what Java's beans have (`size`, `empty`, `key`). */
export function memberOf(of: Value, name: string): Value {
  if (isMap(of)) return of.get(name);
  if (isList(of) && /^\d+$/.test(name)) return of[Number(name)];
  if (of instanceof Entry && (name === "key" || name === "value")) return of[name];
  return name === "empty" && (isList(of) || typeof of === "string") ? of.length === 0 : undefined;
}
