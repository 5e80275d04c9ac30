import { invalid } from "./errors";
import { type Token, tokensOf } from "./expression-tokens";

/** `#name` or a plain name, or a list's index. */
export type Path = readonly (string | number)[];

/** A node of an expression: an attribute, a value by its name, or an operator or function over others. */
export type Node =
  | { readonly op: "path"; readonly path: Path }
  | { readonly op: "value"; readonly name: string }
  | { readonly op: "call"; readonly name: string; readonly args: readonly Node[] }
  | { readonly op: Operator; readonly args: readonly Node[] };

/** Operators with their operands in the order in which they are written. */
export type Operator = "and" | "or" | "not" | "between" | "in" | "+" | "-" | Comparator;
export type Comparator = "=" | "<>" | "<" | "<=" | ">" | ">=";

/** One change of an update expression. */
export interface Change {
  readonly clause: Clause;
  readonly path: Path;
  readonly value?: Node;
}
export type Clause = "SET" | "REMOVE" | "ADD" | "DELETE";

const comparators: ReadonlySet<string> = new Set(["=", "<>", "<", "<=", ">", ">="]);
const clauses: ReadonlySet<string> = new Set(["SET", "REMOVE", "ADD", "DELETE"]);

const isComparator = (text: string): text is Comparator => comparators.has(text);
const isClause = (text: string): text is Clause => clauses.has(text);

/**
 * The grammar of DynamoDB's expressions, each rule one method. (Developer guide: "Condition and filter expressions,
 * operators, and functions", "Using update expressions", "Using projection expressions")
 */
class Parser {
  private readonly tokens: readonly Token[];
  private at = 0;

  constructor(private readonly source: string) {
    this.tokens = tokensOf(source);
  }

  /** condition: or, to the end */
  condition(): Node {
    const node = this.or();
    this.end();
    return this.truth(node);
  }

  /** projection: path ("," path)* */
  projection(): readonly Path[] {
    const paths = this.list(() => this.path());
    this.end();
    return paths;
  }

  /** update: (clause change ("," change)*)+, each clause once */
  update(): readonly Change[] {
    const changes: Change[] = [];
    const seen = new Set<Clause>();
    do {
      const clause = this.clause();
      changes.push(...this.list(() => this.change(clause)));
      if (seen.has(clause)) throw invalid(`The "${clause}" section can only be used once in an update expression;`);
      seen.add(clause);
    } while (!this.isEnd());
    return changes;
  }

  private clause(): Clause {
    const clause = this.token.text.toUpperCase();
    if (this.token.kind !== "name" || !isClause(clause)) throw this.unexpected();
    this.at += 1;
    return clause;
  }

  /** change: path "=" sum | path | path value */
  private change(clause: Clause): Change {
    const path = this.path();
    if (clause === "REMOVE") return { clause, path };
    if (clause === "SET") {
      this.expect("=");
      return { clause, path, value: this.sum() };
    }
    if (this.token.kind !== "value") throw this.unexpected();
    return { clause, path, value: { op: "value", name: this.next().text } };
  }

  /** sum: operand (("+" | "-") operand)? */
  private sum(): Node {
    const left = this.operand();
    if (!this.is("+") && !this.is("-")) return left;
    const op = this.next().text === "+" ? "+" : "-";
    return { op, args: [left, this.operand()] };
  }

  /** or: and ("OR" and)* */
  private or(): Node {
    let left = this.and();
    while (this.isWord("OR")) {
      this.at += 1;
      left = { op: "or", args: [this.truth(left), this.truth(this.and())] };
    }
    return left;
  }

  /** and: not ("AND" not)* */
  private and(): Node {
    let left = this.not();
    while (this.isWord("AND")) {
      this.at += 1;
      left = { op: "and", args: [this.truth(left), this.truth(this.not())] };
    }
    return left;
  }

  /** not: "NOT" not | comparison */
  private not(): Node {
    if (!this.isWord("NOT")) return this.comparison();
    this.at += 1;
    return { op: "not", args: [this.truth(this.not())] };
  }

  /** comparison: primary (comparator operand | "BETWEEN" operand "AND" operand | "IN" "(" operand ("," operand)* ")")? */
  private comparison(): Node {
    const left = this.primary();
    if (!isOperand(left)) return left;
    const { text } = this.token;
    if (isComparator(text)) {
      this.at += 1;
      return { op: text, args: [left, this.operand()] };
    }
    if (this.isWord("BETWEEN")) {
      this.at += 1;
      const low = this.operand();
      if (!this.isWord("AND")) throw this.unexpected();
      this.at += 1;
      return { op: "between", args: [left, low, this.operand()] };
    }
    if (!this.isWord("IN")) return left;
    this.at += 1;
    this.expect("(");
    const options = this.list(() => this.operand());
    this.expect(")");
    return { op: "in", args: [left, ...options] };
  }

  /** primary: "(" or ")" | operand */
  private primary(): Node {
    if (!this.is("(")) return this.operand();
    return this.parenthesized(() => this.or());
  }

  /** operand: value | name "(" operand ("," operand)* ")" | path | "(" operand ")" */
  private operand(): Node {
    if (this.is("(")) return this.parenthesized(() => this.operand());
    if (this.token.kind === "value") return { op: "value", name: this.next().text };
    if (this.token.kind === "name" && this.tokens[this.at + 1]?.text === "(") {
      const name = this.next().text;
      this.at += 1;
      const args = this.list(() => this.operand());
      this.expect(")");
      return { op: "call", name, args };
    }
    return { op: "path", path: this.path() };
  }

  private parenthesized(inside: () => Node): Node {
    this.expect("(");
    const twice = this.is("(");
    const before = this.at;
    const node = inside();
    // A pair with nothing but another pair in it has no effect.
    if (twice && this.closes(before) === this.at - 1) this.redundant = true;
    this.expect(")");
    return node;
  }

  /** Whether the source has redundant parentheses. */
  redundant = false;

  private closes(open: number): number {
    let depth = 0;
    for (let at = open; at < this.tokens.length; at += 1) {
      const text = this.tokens[at]?.text;
      if (text === "(") depth += 1;
      if (text === ")") depth -= 1;
      if (depth === 0) return at;
    }
    return -1;
  }

  /** path: name ("." name | "[" number "]")* */
  private path(): Path {
    const path: (string | number)[] = [this.name()];
    for (;;) {
      if (this.is(".")) {
        this.at += 1;
        path.push(this.name());
      } else if (this.is("[")) {
        this.at += 1;
        if (this.token.kind !== "number") throw this.unexpected();
        path.push(Number(this.next().text));
        this.expect("]");
      } else return path;
    }
  }

  private name(): string {
    if (this.token.kind !== "name" && this.token.kind !== "substitute") throw this.unexpected();
    return this.next().text;
  }

  private list<T>(element: () => T): T[] {
    const elements = [element()];
    while (this.is(",")) {
      this.at += 1;
      elements.push(element());
    }
    return elements;
  }

  /** An operand alone is neither true nor false: something has to follow. A function may turn out to be none that is. */
  private truth(node: Node): Node {
    if (isTruth(node)) return node;
    throw this.unexpected();
  }

  private get token(): Token {
    return this.tokens[this.at] as Token;
  }

  private next(): Token {
    const { token } = this;
    this.at += 1;
    return token;
  }

  private is(symbol: string): boolean {
    return this.token.kind === "symbol" && this.token.text === symbol;
  }

  private isWord(word: string): boolean {
    return this.token.kind === "name" && this.token.text.toUpperCase() === word;
  }

  private expect(symbol: string): void {
    if (!this.is(symbol)) throw this.unexpected();
    this.at += 1;
  }

  private end(): void {
    if (!this.isEnd()) throw this.unexpected();
  }

  private isEnd(): boolean {
    return this.token.kind === "end";
  }

  private unexpected() {
    const { kind, text } = this.token;
    const before = this.tokens[this.at - 1] ?? this.token;
    const after = this.tokens[this.at + 1];
    const last = kind === "end" ? before : after && after.kind !== "end" ? after : this.token;
    const near = this.source.slice(before.start, last.end);
    return invalid(`Syntax error; token: "${kind === "end" ? "<EOF>" : text}", near: "${near}"`);
  }
}

const isTruth = ({ op }: Node): boolean => !["path", "value", "+", "-"].includes(op);
/** A function may be compared, or be true itself. */
const isOperand = (node: Node): boolean => node.op === "call" || !isTruth(node);

function parsed<T>(source: string, parse: (parser: Parser) => T): T {
  if (source === "") throw invalid("The expression can not be empty;");
  const size = Buffer.byteLength(source);
  if (size > LONGEST) throw invalid(`Expression size has exceeded the maximum allowed size; expression size: ${size}`);
  const parser = new Parser(source);
  const result = parse(parser);
  if (parser.redundant) throw invalid("The expression has redundant parentheses;");
  return result;
}

/** Bytes of an expression, at most. (Developer guide: "Quotas in Amazon DynamoDB", Expression parameters) */
const LONGEST = 4096;

/** A condition, key condition or filter. @throws ServiceError with the message that follows the expression's name */
export const parseCondition = (source: string): Node => parsed(source, (parser) => parser.condition());

/** An update's changes, in the order in which they are written. @throws ServiceError likewise */
export const parseUpdate = (source: string): readonly Change[] => parsed(source, (parser) => parser.update());

/** A projection's paths. @throws ServiceError likewise */
export const parseProjection = (source: string): readonly Path[] => parsed(source, (parser) => parser.projection());
