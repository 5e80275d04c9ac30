import { notEmulated } from "../definition/definition-error";

/** Beginning of a reference. */
const reference = /\$!?\{?[A-Za-z_]/y;
/** Velocity's directives; any other word after a # is text. */
const directive = /#(?:\{([a-z]+)\}|([a-z]+)(?![A-Za-z0-9_]))/y;
const known = new Set([
  ...["set", "if", "elseif", "else", "end", "foreach", "break", "stop"],
  ...["macro", "parse", "include", "define", "evaluate"],
]);

/** Reads a template from front to back. */
export class Scanner {
  private position = 0;

  constructor(
    private readonly source: string,
    private readonly template: string,
  ) {}

  get done(): boolean {
    return this.position >= this.source.length;
  }

  /** The template, and the line in it. */
  get place(): string {
    const line = this.source.slice(0, this.position).split("\n").length;
    return `${this.template}, line ${line}`;
  }

  /** A scanner of a template inside this one: a text in double quotes. */
  inner(source: string): Scanner {
    return new Scanner(source, this.place);
  }

  /** Whether the text goes on like this. */
  at(text: string): boolean {
    return this.source.startsWith(text, this.position);
  }

  /** Takes the text if it goes on like this. */
  take(text: string): boolean {
    if (!this.at(text)) return false;
    this.position += text.length;
    return true;
  }

  /** Takes what a sticky expression matches. */
  match(expression: RegExp): RegExpExecArray | undefined {
    expression.lastIndex = this.position;
    const found = expression.exec(this.source);
    if (!found) return undefined;
    this.position = expression.lastIndex;
    return found;
  }

  /** Takes the text, after any space, or refuses the template. */
  expect(text: string): void {
    this.space();
    if (!this.take(text)) throw this.unexpected(`${text} was expected`);
  }

  space(): void {
    this.match(/\s*/y);
  }

  unexpected(problem = ""): Error {
    const rest = this.source.slice(this.position, this.position + 20);
    return notEmulated(this.place, `the template at ${JSON.stringify(rest)}`, problem);
  }

  /** Takes plain text, up to a reference, a directive or a comment. */
  text(): string {
    let text = "";
    for (let more = this.plain(); more !== ""; more = this.plain()) text += more;
    return text;
  }

  private plain(): string {
    const found = this.match(/[^$#\\]+/y)?.[0];
    if (found !== undefined) return found;
    const slashes = this.match(/\\+/y)?.[0];
    if (slashes !== undefined) return this.escaped(slashes.length);
    const literal = this.match(/#\[\[([\s\S]*?)\]\]#/y)?.[1];
    if (literal !== undefined) return literal;
    if (this.done || this.atCode()) return "";
    return this.match(/[$#]/y)?.[0] ?? "";
  }

  /** Backslashes: those before a reference or a directive escape each other, and then what follows. */
  private escaped(count: number): string {
    if (!this.atCode()) return "\\".repeat(count);
    const sign = count % 2 === 1 ? (this.match(/[$#]/y)?.[0] ?? "") : "";
    return "\\".repeat(Math.floor(count / 2)) + sign;
  }

  /** Whether a reference, a directive or a comment follows. */
  private atCode(): boolean {
    return this.matches(reference) || this.at("##") || this.at("#*") || this.directive() !== undefined;
  }

  private matches(expression: RegExp): boolean {
    expression.lastIndex = this.position;
    return expression.test(this.source);
  }

  skipComment(): boolean {
    return this.match(/##[^\n]*\n?|#\*[\s\S]*?\*#/y) !== undefined;
  }

  /** The name of the directive that comes next, which is not taken. */
  directive(): string | undefined {
    const start = this.position;
    const name = this.takeDirective();
    this.position = start;
    return name;
  }

  /** An unknown word is a directive only if it has arguments: a macro, which nobody has defined. */
  takeDirective(): string | undefined {
    const found = this.match(directive);
    const name = found?.[1] ?? found?.[2];
    return name !== undefined && (known.has(name) || this.at("(")) ? name : undefined;
  }

  /** A directive takes the rest of its line with it. */
  skipLineEnd(): void {
    this.match(/[ \t]*\r?\n/y);
  }
}
