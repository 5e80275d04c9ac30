import type { AttributeValue } from "./attribute-value";
import { invalid } from "./errors";
import type { Path } from "./expression-grammar";
import { checkedValue } from "./item-validation";
import { type PartiqlToken, partiqlTokens, unexpected } from "./partiql-tokens";

/** Words that end an expression. */
const clauses = ["WHERE", "SET", "REMOVE", "RETURNING", "ORDER", "FROM"];
const operators = ["AND", "OR", "NOT", "BETWEEN", "IN"];

/** The names and values of an expression, as in a request. */
export interface Substituted {
  readonly names: Record<string, string>;
  readonly values: Record<string, AttributeValue>;
}

/** Reads the pieces of a statement: its values, paths, and expressions, which become DynamoDB's own. */
export class PartiqlParts {
  private readonly tokens: readonly PartiqlToken[];
  private at = 0;
  private parameter = 0;
  readonly substituted: Substituted = { names: {}, values: {} };

  constructor(
    source: string,
    private readonly parameters: readonly unknown[],
  ) {
    this.tokens = partiqlTokens(source);
  }

  /** Whether all parameters were used, and all pieces read. @throws ServiceError when not */
  end(): void {
    if (this.token.kind !== "end") throw unexpected(this.token.text);
    if (this.parameter !== this.parameters.length)
      throw invalid("Number of parameters in request and statement don't match.");
  }

  isWord(...words: readonly string[]): boolean {
    return this.token.kind === "name" && words.includes(this.token.text.toUpperCase());
  }

  /** Goes on if these words come next. */
  takes(...words: readonly string[]): boolean {
    const isNext = words.every((word, more) => {
      const token = this.tokens[this.at + more];
      return token?.kind === "name" && token.text.toUpperCase() === word;
    });
    if (isNext) this.at += words.length;
    return isNext;
  }

  expect(...words: readonly string[]): void {
    if (!this.takes(...words)) throw unexpected(this.token.text);
  }

  takesSymbol(symbol: string): boolean {
    const isNext = this.isSymbol(symbol);
    if (isNext) this.at += 1;
    return isNext;
  }

  name(): string {
    if (this.token.kind !== "name" && this.token.kind !== "quoted") throw unexpected(this.token.text);
    return this.next().text;
  }

  /** path: name ("." name | "[" number "]")* */
  path(): Path {
    const path: (string | number)[] = [this.name()];
    for (;;) {
      if (this.takesSymbol(".")) path.push(this.name());
      else if (this.isSymbol("[")) {
        this.at += 1;
        if (this.token.kind !== "number") throw unexpected(this.token.text);
        path.push(Number(this.next().text));
        this.symbol("]");
      } else return path;
    }
  }

  /** A path as an expression has it. */
  pathText(path: Path): string {
    return path
      .map((part, at) => (typeof part === "number" ? `[${part}]` : `${at > 0 ? "." : ""}${this.substitute(part)}`))
      .join("");
  }

  /** value: text | number | TRUE | FALSE | NULL | "?" | list | map | set */
  value(): AttributeValue {
    const { kind, text } = this.token;
    if (this.takesSymbol("?")) return this.nextParameter();
    if (kind === "text" || kind === "number") {
      this.at += 1;
      return checkedValue(kind === "text" ? { S: text } : { N: text });
    }
    if (this.takes("TRUE")) return { BOOL: true };
    if (this.takes("FALSE")) return { BOOL: false };
    if (this.takes("NULL")) return { NULL: true };
    if (this.takesSymbol("[")) return { L: this.elements("]", () => this.value()) };
    if (this.takesSymbol("{")) return { M: Object.fromEntries(this.elements("}", () => this.member())) };
    if (this.takesSymbol("<<")) return this.set(this.elements(">>", () => this.value()));
    throw unexpected(text);
  }

  /** The pieces up to the next clause, split where AND stands between them, each as DynamoDB's own expressions have it. */
  conjuncts(): readonly string[] {
    const parts: string[] = [];
    let [part, depth, isBetween]: [string[], number, boolean] = [[], 0, false];
    while (this.token.kind !== "end" && !(depth === 0 && this.isWord(...clauses))) {
      if (depth === 0 && !isBetween && this.isWord("OR")) return [this.rest([...parts, part.join(" ")].join(" AND "))];
      if (depth === 0 && !isBetween && this.takes("AND")) {
        parts.push(part.join(" "));
        part = [];
        continue;
      }
      if (this.isWord("BETWEEN")) isBetween = true;
      else if (this.isWord("AND")) isBetween = false;
      if (this.isSymbol("(")) depth += 1;
      if (this.isSymbol(")")) depth -= 1;
      part.push(this.piece(part));
    }
    return [...parts, part.join(" ")].filter((text) => text !== "");
  }

  /** An expression's one side, up to a comma or the next clause. */
  operand(): string {
    const part: string[] = [];
    let depth = 0;
    while (this.token.kind !== "end" && !(depth === 0 && (this.isSymbol(",") || this.isWord(...clauses)))) {
      if (this.isSymbol("(")) depth += 1;
      if (this.isSymbol(")")) depth -= 1;
      part.push(this.piece(part));
    }
    return part.join(" ");
  }

  /** The rest of a condition that is no conjunction. */
  private rest(before: string): string {
    const part = [before];
    while (this.token.kind !== "end" && !this.isWord(...clauses)) part.push(this.piece(part));
    return part.join(" ");
  }

  private piece(before: string[]): string {
    const { kind, text } = this.token;
    if (this.takes("IS")) return this.existence(before.pop() ?? "");
    if (this.isWord("IN")) return this.options();
    if (this.isWord(...operators)) return this.next().text.toUpperCase();
    const isValue = kind === "text" || kind === "number" || this.isWord("TRUE", "FALSE", "NULL");
    if (isValue || ["?", "[", "{", "<<"].includes(text)) return this.substituteValue(this.value());
    if (kind === "name" && this.tokens[this.at + 1]?.text === "(") return this.next().text.toLowerCase();
    if (kind === "name" || kind === "quoted") return this.pathText(this.path());
    this.at += 1;
    return text === "!=" ? "<>" : text;
  }

  /** IN takes a list in brackets as well as one in parentheses. */
  private options(): string {
    this.expect("IN");
    const close = this.isSymbol("[") ? "]" : ")";
    this.at += 1;
    return `IN (${this.elements(close, () => this.substituteValue(this.value())).join(", ")})`;
  }

  private existence(path: string): string {
    const not = this.takes("NOT") ? "NOT " : "";
    if (this.takes("MISSING")) return `${not}attribute_not_exists(${path})`;
    this.expect("NULL");
    return `${not}attribute_type(${path}, ${this.substituteValue({ S: "NULL" })})`;
  }

  private set(members: readonly AttributeValue[]): AttributeValue {
    const texts = members.flatMap(({ S }) => (S === undefined ? [] : [S]));
    return checkedValue(texts.length === members.length ? { SS: texts } : { NS: members.map(({ N }) => N) });
  }

  private member(): readonly [string, AttributeValue] {
    if (this.token.kind !== "text" && this.token.kind !== "quoted") throw unexpected(this.token.text);
    const name = this.next().text;
    this.symbol(":");
    return [name, this.value()];
  }

  private elements<T>(close: string, element: () => T): T[] {
    const found: T[] = [];
    if (this.takesSymbol(close)) return found;
    do found.push(element());
    while (this.takesSymbol(","));
    this.symbol(close);
    return found;
  }

  private nextParameter(): AttributeValue {
    const given = this.parameters[this.parameter];
    if (given === undefined) throw invalid("Number of parameters in request and statement don't match.");
    this.parameter += 1;
    return checkedValue(given);
  }

  private substitute(name: string): string {
    const substitute = `#n${Object.keys(this.substituted.names).length}`;
    this.substituted.names[substitute] = name;
    return substitute;
  }

  private substituteValue(value: AttributeValue): string {
    const substitute = `:v${Object.keys(this.substituted.values).length}`;
    this.substituted.values[substitute] = value;
    return substitute;
  }

  private symbol(symbol: string): void {
    if (!this.takesSymbol(symbol)) throw unexpected(this.token.text);
  }

  private isSymbol(symbol: string): boolean {
    return this.token.kind === "symbol" && this.token.text === symbol;
  }

  private get token(): PartiqlToken {
    return this.tokens[this.at] ?? { kind: "end", text: "<EOF>" };
  }

  private next(): PartiqlToken {
    const { token } = this;
    this.at += 1;
    return token;
  }
}
