import { bounded, isList, isMap, type Value, written } from "./vtl-values";

/** An operation on two values. */
export type Operation = (left: Value, right: Value) => Value;

type Numeric = bigint | number;

const isNumeric = (value: Value): value is Numeric => typeof value === "bigint" || typeof value === "number";

/** A calculation with whole numbers, which stays one, and with others. Of anything else than numbers it makes nothing. */
const calculation =
  (whole: (left: bigint, right: bigint) => bigint | undefined, other: (left: number, right: number) => number) =>
  (left: Value, right: Value): Value => {
    if (!isNumeric(left) || !isNumeric(right)) return undefined;
    if (typeof left === "bigint" && typeof right === "bigint") return whole(left, right);
    return other(Number(left), Number(right));
  };

const sum = calculation(
  (left, right) => left + right,
  (left, right) => left + right,
);

/** The sum of numbers; texts are joined. */
function plus(left: Value, right: Value): Value {
  if (typeof left !== "string" && typeof right !== "string") return sum(left, right);
  return bounded(written(left) + written(right));
}

/** Larger than any number that is worked with, and small enough to multiply in no time. */
const LARGEST = 1n << 1024n;

function product(left: bigint, right: bigint): bigint | undefined {
  const found = left * right;
  return found < LARGEST && found > -LARGEST ? found : undefined;
}

/** `* / %`; a division by zero is nothing (Velocity, "Math"). */
export const factors: ReadonlyMap<string, Operation> = new Map([
  ["*", calculation(product, (left, right) => left * right)],
  [
    "/",
    calculation(
      (left, right) => (right === 0n ? undefined : left / right),
      (left, right) => left / right,
    ),
  ],
  [
    "%",
    calculation(
      (left, right) => (right === 0n ? undefined : left % right),
      (left, right) => left % right,
    ),
  ],
]);

export const minus = calculation(
  (left, right) => left - right,
  (left, right) => left - right,
);

/** `+ -` */
export const terms: ReadonlyMap<string, Operation> = new Map([
  ["+", plus],
  ["-", minus],
]);

/** Whether two values are equal: numbers by their value, lists and maps by what is in them, others of different types as texts. */
export function same(left: Value, right: Value): boolean {
  if (isNumeric(left) && isNumeric(right)) return typeof left === typeof right ? left === right : equalAs(left, right);
  if (isList(left) && isList(right)) {
    return left.length === right.length && left.every((item, at) => same(item, right[at]));
  }
  if (isMap(left) && isMap(right)) {
    return (
      left.size === right.size && [...left].every(([name, item]) => right.has(name) && same(item, right.get(name)))
    );
  }
  return typeof left === typeof right && left !== null && right !== null
    ? left === right
    : written(left) === written(right);
}

/** Whether a whole number and another one are of the same value. */
const equalAs = (left: Numeric, right: Numeric): boolean => Number(left) === Number(right);

/** An order, which only numbers have. */
const order =
  (compare: (left: Numeric, right: Numeric) => boolean): Operation =>
  (left, right) =>
    isNumeric(left) && isNumeric(right) && compare(left, right);

const orders = {
  lt: order((left, right) => left < right),
  le: order((left, right) => left <= right),
  gt: order((left, right) => left > right),
  ge: order((left, right) => left >= right),
};

export const equalities: ReadonlyMap<string, Operation> = new Map<string, Operation>([
  ["==", same],
  ["eq", same],
  ["!=", (left, right) => !same(left, right)],
  ["ne", (left, right) => !same(left, right)],
]);

export const relations: ReadonlyMap<string, Operation> = new Map<string, Operation>([
  ["<=", orders.le],
  [">=", orders.ge],
  ["<", orders.lt],
  [">", orders.gt],
  ...Object.entries(orders),
]);
