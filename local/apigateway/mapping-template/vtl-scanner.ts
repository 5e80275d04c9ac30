import { notEmulated } from "../definition/definition-error";
import type { Template } from "./vtl-scope";

/** Reads a template from front to back. */
export class Scanner {
  private position = 0;

  constructor(
    private readonly source: string,
    readonly place: string,
    /** Compiles the templates inside the template: texts in double quotes. */
    readonly interpolate: (source: string) => Template,
  ) {}

  get done(): boolean {
    return this.position >= this.source.length;
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
    return this.match(/(?:\\[$#]|[^$#]|\$(?![A-Za-z_{!])|#(?![A-Za-z{#*]))+/y)?.[0].replace(/\\([$#])/g, "$1") ?? "";
  }

  skipComment(): boolean {
    return this.match(/##[^\n]*\n?|#\*[\s\S]*?\*#/y) !== undefined;
  }

  /** The name of the directive that comes next, which is not taken. */
  directive(): string {
    const start = this.position;
    const name = this.takeDirective();
    this.position = start;
    return name;
  }

  takeDirective(): string {
    const [, plain, braced] = this.match(/#(?:([A-Za-z]+)|\{([A-Za-z]+)\})/y) ?? [];
    const name = plain ?? braced;
    if (!name) throw this.unexpected();
    return name;
  }

  /** A directive takes the rest of its line with it. */
  skipLineEnd(): void {
    this.match(/[ \t]*\r?\n/y);
  }

  /** A member's name: `.name` or `["name"]`. */
  member(): string | undefined {
    const found = this.match(/\.([A-Za-z_][\w-]*)|\[\s*(?:"([^"$]*)"|'([^']*)'|(\d+))\s*\]/y);
    return found?.[1] ?? found?.[2] ?? found?.[3] ?? found?.[4];
  }
}
