/** A value for each period, the latest last; `null` where there is none. */
export type Series = readonly (number | null)[];

type Operand = number | Series | readonly Series[];

const operations: Record<string, (a: number, b: number) => number> = {
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  "/": (a, b) => a / b,
  ">": (a, b) => Number(a > b),
  "<": (a, b) => Number(a < b),
  ">=": (a, b) => Number(a >= b),
  "<=": (a, b) => Number(a <= b),
  "==": (a, b) => Number(a === b),
  "!=": (a, b) => Number(a !== b),
};

/** Loosest first. */
const precedence = [
  [">", "<", ">=", "<=", "==", "!="],
  ["+", "-"],
  ["*", "/"],
];

const isArray = (operand: Operand): operand is readonly Series[] =>
  typeof operand !== "number" && operand.some((value) => Array.isArray(value));

function at(operand: Operand, period: number): number | null {
  if (typeof operand === "number") return operand;
  if (isArray(operand)) throw new Error("an array is no series");
  return (operand as Series)[period] ?? null;
}

/** Nothing is made up for a metric that was not measured at all: CloudWatch does not promise to. */
const isEmpty = (operand: Operand): boolean =>
  typeof operand !== "number" && !isArray(operand) && operand.every((value) => value === null);

/** Reads an expression from left to right and computes it on the way. */
class Computation {
  readonly #tokens: string[];

  constructor(
    private readonly expression: string,
    private readonly metrics: Readonly<Record<string, Series>>,
    private readonly periods: number,
  ) {
    this.#tokens = expression.match(/\d+(\.\d+)?|\w+|[<>=!]=|\S/g) ?? [];
  }

  result(): Series {
    const value = this.#chain(0);
    if (this.#tokens.length > 0) throw new Error(`${this.expression}: got ${this.#tokens.join(" ")} at the end`);
    return this.#each((period) => at(value, period));
  }

  /** Operands of operators that bind at least so tightly. */
  #chain(level: number): Operand {
    const operators = precedence[level];
    if (!operators) return this.#operand();
    let left = this.#chain(level + 1);
    while (operators.includes(this.#tokens[0] ?? "")) {
      const [a, operate, b] = [left, operations[this.#take()], this.#chain(level + 1)];
      left = this.#each((period) => {
        const [x, y] = [at(a, period), at(b, period)];
        return x === null || y === null || !operate ? null : operate(x, y);
      });
    }
    return left;
  }

  #operand(): Operand {
    const token = this.#take();
    if (/^\d/.test(token)) return Number(token);
    if (token === "(") {
      const inner = this.#chain(0);
      this.#take(")");
      return inner;
    }
    if (token === "[") {
      const series = this.#list("]").map((given) => this.#each((period) => at(given, period)));
      return series;
    }
    if (this.#tokens[0] === "(") return this.#call(token);
    const metric = this.metrics[token];
    if (!metric) throw new Error(`${this.expression}: there is no metric ${token}`);
    return metric;
  }

  /** The operands between commas, up to the end. */
  #list(end: string): Operand[] {
    const given: Operand[] = [];
    do given.push(this.#chain(0));
    while (this.#tokens[0] === "," && this.#take(","));
    this.#take(end);
    return given;
  }

  #call(name: string): Series {
    this.#take("(");
    const given = this.#list(")");
    const [first = 0, second = 0, third] = given;
    if (name === "SUM" && given.length === 1 && isArray(first)) {
      return this.#each((period) => {
        const there = first.map((series) => at(series, period)).filter((value) => value !== null);
        return there.length === 0 ? null : there.reduce((sum, value) => sum + value, 0);
      });
    }
    if (name === "FILL" && isEmpty(first)) return this.#each(() => null);
    if (name === "FILL" && given.length === 2) return this.#each((period) => at(first, period) ?? at(second, period));
    if (name !== "IF" || third === undefined) throw new Error(`${this.expression}: ${name} of ${given.length} values`);
    return this.#each((period) => {
      const condition = at(first, period);
      return condition === null ? null : at(condition ? second : third, period);
    });
  }

  #each(value: (period: number) => number | null): Series {
    const results = Array.from({ length: this.periods }, (_, period) => value(period));
    return results.map((result) => (result !== null && Number.isFinite(result) ? result : null));
  }

  #take(expected?: string): string {
    const token = this.#tokens.shift();
    if (token === undefined || (expected !== undefined && token !== expected))
      throw new Error(`${this.expression}: got ${token ?? "nothing"}, expected ${expected ?? "more"}`);
    return token;
  }
}

/**
 * Evaluates CloudWatch metric math: numbers, metrics by their ids, arithmetic, comparisons, IF, FILL with a number,
 * and SUM of an array, which adds up what is there. As CloudWatch has it, what is computed from a missing value is missing
 * otherwise, and so is a division by zero.
 */
export const evaluate = (expression: string, metrics: Readonly<Record<string, Series>>, periods: number): Series =>
  new Computation(expression, metrics, periods).result();
