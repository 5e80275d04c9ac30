import { Cursor } from "./cursor";
import { same } from "./vtl-arithmetic";
import { isList, isMap, type Value } from "./vtl-values";

/** Whether an item of a list fits. */
export type Filter = (item: Value) => boolean;

type Operand = (item: Value) => Value;

/** The value of a member that is not there. */
const absent = Symbol("absent");

const number = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const quoted = /'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"/y;
const word = /(true|false|null)\b/y;
const step = /\.([A-Za-z_][\w-]*)|\[\s*(?:'([^']*)'|"([^"]*)"|(-?\d+))\s*\]/y;
const sign = /==|!=|<=|>=|<|>|in\b|nin\b/y;

const ordered =
  (compare: (left: number | string, right: number | string) => boolean) =>
  (left: Value, right: Value): boolean => {
    if (typeof left === "string" && typeof right === "string") return compare(left, right);
    const numbers = [left, right].map((value) =>
      typeof value === "bigint" || typeof value === "number" ? Number(value) : Number.NaN,
    );
    return compare(numbers[0] ?? Number.NaN, numbers[1] ?? Number.NaN);
  };

const equal = (left: Value, right: Value): boolean =>
  left !== absent && right !== absent && typeof left === typeof right
    ? same(left, right)
    : numericallyEqual(left, right);

const numericallyEqual = (left: Value, right: Value): boolean =>
  [left, right].every((value) => typeof value === "bigint" || typeof value === "number") && same(left, right);

const comparisons: ReadonlyMap<string, (left: Value, right: Value) => boolean> = new Map([
  ["==", equal],
  ["!=", (left: Value, right: Value) => !equal(left, right)],
  ["<", ordered((left, right) => left < right)],
  ["<=", ordered((left, right) => left <= right)],
  [">", ordered((left, right) => left > right)],
  [">=", ordered((left, right) => left >= right)],
  ["in", (left: Value, right: Value) => isList(right) && right.some((item) => equal(left, item))],
  ["nin", (left: Value, right: Value) => isList(right) && !right.some((item) => equal(left, item))],
]);

/** The end of an expression that is no filter of a JSONPath. */
class NoFilter extends Error {}

/** Reads `(@.price < 10 && @.isbn)`. @returns undefined for what is no filter */
export function readFilter(source: string, start: number): { filter: Filter; end: number } | undefined {
  const reader = new FilterReader(source, start);
  try {
    return { filter: reader.group(), end: reader.position };
  } catch (error) {
    if (error instanceof NoFilter) return undefined;
    throw error;
  }
}

class FilterReader extends Cursor {
  /** In round brackets. */
  group(): Filter {
    if (!this.take("(")) throw new NoFilter();
    const inner = this.either();
    if (!this.take(")")) throw new NoFilter();
    return inner;
  }

  private either(): Filter {
    let left = this.both();
    while (this.take("||")) {
      const [first, second] = [left, this.both()];
      left = (item) => first(item) || second(item);
    }
    return left;
  }

  private both(): Filter {
    let left = this.single();
    while (this.take("&&")) {
      const [first, second] = [left, this.single()];
      left = (item) => first(item) && second(item);
    }
    return left;
  }

  private single(): Filter {
    if (this.take("!")) {
      const inner = this.single();
      return (item) => !inner(item);
    }
    this.space();
    if (this.source[this.position] === "(") return this.group();
    const left = this.operand();
    this.space();
    const compare = comparisons.get(this.match(sign)?.[0] ?? "");
    if (!compare) return (item) => left(item) !== absent;
    const right = this.operand();
    return (item) => compare(left(item), right(item));
  }

  private operand(): Operand {
    this.space();
    if (this.take("@")) return this.member();
    if (this.take("[")) return this.list();
    const value = this.literal();
    return () => value;
  }

  private literal(): Value {
    const text = this.match(quoted);
    if (text) return (text[1] ?? text[2] ?? "").replace(/\\(.)/g, "$1");
    const named = this.match(word)?.[0];
    if (named !== undefined) return named === "null" ? null : named === "true";
    const digits = this.match(number)?.[0];
    if (digits === undefined) throw new NoFilter();
    return /^-?\d+$/.test(digits) ? BigInt(digits) : Number(digits);
  }

  private list(): Operand {
    const items: Value[] = [];
    for (this.space(); !this.take("]"); this.space()) {
      if (items.length > 0 && !this.take(",")) throw new NoFilter();
      this.space();
      items.push(this.literal());
    }
    return () => items;
  }

  private member(): Operand {
    const path: (string | number)[] = [];
    for (let found = this.match(step); found; found = this.match(step)) {
      const [, plain, single, double, place] = found;
      path.push(place === undefined ? (plain ?? single ?? double ?? "") : Number(place));
    }
    return (item) => path.reduce<Value>(memberOf, item);
  }

  private take(text: string): boolean {
    this.space();
    if (!this.source.startsWith(text, this.position)) return false;
    this.position += text.length;
    return true;
  }
}

function memberOf(value: Value, step: string | number): Value {
  if (isMap(value)) return value.has(String(step)) ? value.get(String(step)) : absent;
  if (!isList(value) || typeof step !== "number") return absent;
  const at = step < 0 ? value.length + step : step;
  return at >= 0 && at < value.length ? value[at] : absent;
}
