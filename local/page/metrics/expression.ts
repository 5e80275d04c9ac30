import type { Series } from "./measurements";

type Value = number | Series;
type Operand = Value | readonly Series[];

/** An expression that is not computed here, or is none. */
export class ExpressionError extends Error {}

const binary: Readonly<Record<string, (a: number, b: number) => number>> = {
  "||": (a, b) => Number(a !== 0 || b !== 0),
  OR: (a, b) => Number(a !== 0 || b !== 0),
  "&&": (a, b) => Number(a !== 0 && b !== 0),
  AND: (a, b) => Number(a !== 0 && b !== 0),
  "==": (a, b) => Number(a === b),
  "!=": (a, b) => Number(a !== b),
  "<": (a, b) => Number(a < b),
  "<=": (a, b) => Number(a <= b),
  ">": (a, b) => Number(a > b),
  ">=": (a, b) => Number(a >= b),
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  "/": (a, b) => a / b,
  "^": (a, b) => a ** b,
};

/** Those that bind loosest come first. */
const levels: readonly (readonly string[])[] = [
  ["||", "OR"],
  ["&&", "AND"],
  ["==", "!=", "<", "<=", ">", ">="],
  ["+", "-"],
  ["*", "/"],
  ["^"],
];

const unary: Readonly<Record<string, (value: number) => number>> = {
  ABS: Math.abs,
  CEIL: Math.ceil,
  FLOOR: Math.floor,
  LOG: Math.log,
  LOG10: Math.log10,
};

const over: Readonly<Record<string, (values: readonly number[]) => number>> = {
  SUM: (values) => values.reduce((sum, value) => sum + value, 0),
  AVG: (values) => values.reduce((sum, value) => sum + value, 0) / values.length,
  MAX: (values) => Math.max(...values),
  MIN: (values) => Math.min(...values),
};

const isSeries = (operand: Operand): operand is Series =>
  Array.isArray(operand) && operand.every((value) => value === null || typeof value === "number");

const isList = (operand: Operand): operand is readonly Series[] => Array.isArray(operand) && !isSeries(operand);

/**
 * Evaluates CloudWatch's metric math as far as it is arithmetic, comparisons, `IF`, `FILL`, `METRICS` and functions of
 * single values or of lists ("Using metric math", functions and operators).
 *
 * @param length how many periods there are
 * @throws ExpressionError
 */
export function evaluate(expression: string, metrics: ReadonlyMap<string, Series>, length: number): Series {
  const tokens = expression.match(/\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|[A-Za-z_]\w*|"[^"]*"|&&|\|\||[<>=!]=|\S/g) ?? [];
  let position = 0;
  const peek = (): string | undefined => tokens[position];
  const take = (wanted?: string): string => {
    const token = tokens[position];
    if (token === undefined || (wanted !== undefined && token !== wanted)) {
      throw new ExpressionError(`${expression}: ${token ?? "its end"} stands where ${wanted ?? "more"} should`);
    }
    position += 1;
    return token;
  };
  const each = (value: (period: number) => number | null): Series =>
    Array.from({ length }, (_, period) => {
      const found = value(period);
      return found === null || !Number.isFinite(found) ? null : found;
    });
  const valueIn = (operand: Operand, period: number): number | null => {
    if (typeof operand === "number") return operand;
    if (isList(operand)) throw new ExpressionError(`${expression}: a list stands where one series should`);
    return operand[period] ?? null;
  };
  const asList = (operand: Operand): readonly Series[] =>
    isList(operand) ? operand : [each((period) => valueIn(operand, period))];

  function chain(level: number): Operand {
    const operators = levels[level];
    if (!operators) return operand();
    let left = chain(level + 1);
    for (let token = peek(); token !== undefined && operators.includes(token); token = peek()) {
      const [one, operate] = [left, binary[take()]];
      const other = chain(level + 1);
      if (typeof one === "number" && typeof other === "number") left = operate?.(one, other) ?? 0;
      else {
        left = each((period) => {
          const [a, b] = [valueIn(one, period), valueIn(other, period)];
          return a === null || b === null ? null : (operate?.(a, b) ?? null);
        });
      }
    }
    return left;
  }

  function operand(): Operand {
    const token = take();
    if (/^\d/.test(token)) return Number(token);
    if (token === "-") {
      const value = operand();
      return typeof value === "number" ? -value : each((period) => -(valueIn(value, period) ?? Number.NaN));
    }
    if (token === "(") {
      const inner = chain(0);
      take(")");
      return inner;
    }
    if (token === "[") return list("]").flatMap(asList);
    if (peek() === "(") return call(token);
    const series = metrics.get(token);
    if (!series) throw new ExpressionError(`${expression}: there is no metric ${token}`);
    return series;
  }

  function list(end: string): Operand[] {
    const all: Operand[] = [];
    while (peek() !== end) {
      if (all.length > 0) take(",");
      all.push(chain(0));
    }
    take(end);
    return all;
  }

  function call(name: string): Operand {
    take("(");
    const given = list(")");
    const [first = 0, second = 0, third] = given;
    if (name === "METRICS" && given.length === 0) return [...metrics.values()];
    if (name === "IF" && third !== undefined) {
      return each((period) => {
        const condition = valueIn(first, period);
        return condition === null ? null : valueIn(condition === 0 ? third : second, period);
      });
    }
    if (name === "FILL" && given.length === 2) {
      const filled = asList(first).map((series) =>
        // What was never measured is not filled.
        series.every((value) => value === null) ? series : each((period) => series[period] ?? valueIn(second, period)),
      );
      return isList(first) ? filled : (filled[0] ?? []);
    }
    const [one, many] = [unary[name], over[name]];
    if (one && given.length === 1 && Object.hasOwn(unary, name)) {
      return each((period) => {
        const value = valueIn(first, period);
        return value === null ? null : one(value);
      });
    }
    if (many && given.length === 1 && Object.hasOwn(over, name)) {
      const series = asList(first);
      if (isSeries(first) || typeof first === "number") {
        const there = series.flatMap((values) => values.filter((value) => value !== null));
        return there.length === 0 ? each(() => null) : many(there);
      }
      return each((period) => {
        const there = series.flatMap((values) => values[period] ?? []);
        return there.length === 0 ? null : many(there);
      });
    }
    throw new ExpressionError(`${expression}: ${name} is not computed here`);
  }

  const result = chain(0);
  if (position < tokens.length) throw new ExpressionError(`${expression}: ${peek()} stands where it should end`);
  return each((period) => valueIn(result, period));
}
