import { equalities, factors, minus, type Operation, relations, terms } from "./vtl-arithmetic";
import { compileReference } from "./vtl-reference";
import type { Expression, Part } from "./vtl-rendering";
import type { Scanner } from "./vtl-scanner";
import { isList, TemplateError, truthy, written } from "./vtl-values";

/** Compiles the text of a template inside the template. */
export type CompileText = (scanner: Scanner) => Part;

/** Largest number of items in a range. */
const LONGEST_RANGE = 100_000;

/** Velocity's expressions (Velocity, "VTL Reference"), from the operators that bind least to single values. */
export class ExpressionCompiler {
  constructor(
    private readonly scanner: Scanner,
    private readonly compileText: CompileText,
  ) {}

  /** Whatever may stand on the right of a `#set`, in an `#if`, or as an argument. */
  readonly expression = (): Expression => {
    let left = this.conjunction();
    while (this.takes(/\|\||or\b/y)) {
      const [first, second] = [left, this.conjunction()];
      left = (rendering) => truthy(first(rendering)) || truthy(second(rendering));
    }
    return left;
  };

  private conjunction(): Expression {
    let left = this.equality();
    while (this.takes(/&&|and\b/y)) {
      const [first, second] = [left, this.equality()];
      left = (rendering) => truthy(first(rendering)) && truthy(second(rendering));
    }
    return left;
  }

  private equality(): Expression {
    return this.chain(/==|!=|eq\b|ne\b/y, equalities, () => this.relation());
  }

  private relation(): Expression {
    return this.chain(/<=|>=|<|>|(?:le|ge|lt|gt)\b/y, relations, () => this.sum());
  }

  private sum(): Expression {
    return this.chain(/[+-]/y, terms, () => this.product());
  }

  private product(): Expression {
    return this.chain(/[*/%]/y, factors, () => this.unary());
  }

  /** Operators of one rank, from left to right. */
  private chain(signs: RegExp, operations: ReadonlyMap<string, Operation>, operand: () => Expression): Expression {
    const next = () => operations.get(this.takes(signs) ?? "");
    let left = operand();
    for (let operation = next(); operation; operation = next()) {
      const [apply, first, second] = [operation, left, operand()];
      left = (rendering) => apply(first(rendering), second(rendering));
    }
    return left;
  }

  private unary(): Expression {
    if (this.takes(/!|not\b/y) !== undefined) {
      const value = this.unary();
      return (rendering) => !truthy(value(rendering));
    }
    if (this.takes(/-(?=\s*[$(])/y) !== undefined) {
      const value = this.unary();
      return (rendering) => minus(0n, value(rendering));
    }
    return this.single();
  }

  private single(): Expression {
    const { scanner } = this;
    scanner.space();
    if (scanner.take("(")) {
      const inner = this.expression();
      scanner.expect(")");
      return inner;
    }
    if (scanner.at("$")) return compileReference(scanner, this.expression);
    if (scanner.take("[")) return this.list();
    if (scanner.take("{")) return this.map();
    return this.literal();
  }

  private literal(): Expression {
    const { scanner } = this;
    const single = scanner.match(/'((?:[^']|'')*)'/y)?.[1];
    if (single !== undefined) {
      const text = single.replaceAll("''", "'");
      return () => text;
    }
    const double = scanner.match(/"((?:[^"]|"")*)"/y)?.[1];
    // Texts in double quotes are templates themselves.
    if (double !== undefined) {
      const part = this.compileText(scanner.inner(double.replaceAll('""', '"')));
      return (rendering) => rendering.textOf(part);
    }
    const number = scanner.match(/-?\d+(?:\.\d+(?:[eE][+-]?\d+)?)?/y)?.[0];
    if (number !== undefined) {
      const value = /^-?\d+$/.test(number) ? BigInt(number) : Number(number);
      return () => value;
    }
    const word = scanner.match(/(true|false)\b/y)?.[0];
    if (word !== undefined) return () => word === "true";
    throw scanner.unexpected();
  }

  /** `[1, $x]`, or the range `[1..5]`. */
  private list(): Expression {
    const { scanner } = this;
    const items: Expression[] = [];
    for (scanner.space(); !scanner.take("]"); scanner.space()) {
      if (items.length > 0) scanner.expect(",");
      items.push(this.expression());
      scanner.space();
      if (items.length === 1 && scanner.take("..")) return this.range(items[0] as Expression);
    }
    return (rendering) => items.map((item) => item(rendering));
  }

  private range(from: Expression): Expression {
    const to = this.expression();
    this.scanner.expect("]");
    return (rendering) => {
      const [first, last] = [from(rendering), to(rendering)];
      if (typeof first !== "bigint" || typeof last !== "bigint") return undefined;
      const step = first <= last ? 1n : -1n;
      const size = Number((last - first) * step) + 1;
      if (size > LONGEST_RANGE) throw new TemplateError(`the range [${first}..${last}] is too long`);
      return Array.from({ length: size }, (_, at) => first + BigInt(at) * step);
    };
  }

  private map(): Expression {
    const { scanner } = this;
    const members: (readonly [Expression, Expression])[] = [];
    for (scanner.space(); !scanner.take("}"); scanner.space()) {
      if (members.length > 0) scanner.expect(",");
      const name = this.expression();
      scanner.expect(":");
      members.push([name, this.expression()]);
    }
    return (rendering) => new Map(members.map(([name, value]) => [written(name(rendering)), value(rendering)]));
  }

  private takes(signs: RegExp): string | undefined {
    this.scanner.space();
    return this.scanner.match(signs)?.[0];
  }
}

/** The items of a loop: those of a list, or the values of a map. */
export function itemsOf(value: unknown): readonly unknown[] {
  if (isList(value)) return value;
  return value instanceof Map ? [...value.values()] : [];
}
