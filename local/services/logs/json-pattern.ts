import { isObject, type Json } from "../../../lib/json";

/** Whether an event that is JSON fits. */
export type Condition = (event: Json) => boolean;

/** Why a pattern is none. */
export class PatternError extends Error {}

const tokenForm =
  /\s*(\(|\)|&&|\|\||!=|>=|<=|=|>|<|"(?:[^"\\]|\\.)*"|%[^%]+%|\$(?:\.[\w-]+|\[\d+\])+|[^\s()=!<>&|"{}]+)/y;

function tokensOf(text: string): readonly string[] {
  const tokens: string[] = [];
  const form = new RegExp(tokenForm);
  const end = text.trimEnd().length;
  while (form.lastIndex < end) {
    const at = form.lastIndex;
    const [, token] = form.exec(text) ?? [];
    if (token === undefined) throw new PatternError(`Invalid filter pattern at "${text.slice(at).trim()}"`);
    tokens.push(token);
  }
  return tokens;
}

/** The value that a selector like `$.users[0].id` selects. */
function selected(event: Json, selector: string): Json | undefined {
  let value: Json | undefined = event;
  for (const [, name, index] of selector.matchAll(/\.([\w-]+)|\[(\d+)\]/g)) {
    if (index !== undefined) value = Array.isArray(value) ? value[Number(index)] : undefined;
    else value = isObject(value) && Object.hasOwn(value, name ?? "") ? value[name ?? ""] : undefined;
  }
  return value;
}

const number = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;

const comparisons: ReadonlyMap<string, (one: number, other: number) => boolean> = new Map([
  [">", (one: number, other: number) => one > other],
  ["<", (one: number, other: number) => one < other],
  [">=", (one: number, other: number) => one >= other],
  ["<=", (one: number, other: number) => one <= other],
]);

const unquoted = (word: string): string => (word.startsWith('"') ? word.slice(1, -1).replace(/\\(.)/g, "$1") : word);

/** The test of a comparison's right side: a regular expression, a text with a `*` at its ends, or a number. */
function fits(word: string): (text: string, value: string | number) => boolean {
  if (word.startsWith("%")) {
    const form = expressionOf(word);
    return (text) => form.test(text);
  }
  const wanted = unquoted(word);
  const [before, after] = [wanted.startsWith("*"), wanted.length > 1 && wanted.endsWith("*")];
  const core = wanted.slice(before ? 1 : 0, after ? -1 : undefined);
  const isNumber = number.test(word);
  return (text, value) => {
    if (isNumber && typeof value === "number") return value === Number(word);
    if (before && after) return text.includes(core);
    if (before) return text.endsWith(core);
    return after ? text.startsWith(core) : text === core;
  };
}

/** A regular expression between percent signs, of which CloudWatch Logs takes a part: no groups. */
export function expressionOf(word: string): RegExp {
  const text = word.slice(1, -1);
  if (!/^[\w#=@/;,:\-^$?[\]{}|\\*+. ]*$/.test(text)) throw new PatternError(`Invalid regular expression ${word}`);
  try {
    return new RegExp(text);
  } catch {
    throw new PatternError(`Invalid regular expression ${word}`);
  }
}

/** The words after a selector, one condition of the pattern. */
function comparison(selector: string, operator: string, word: string): Condition {
  const scalar = (event: Json): string | number | undefined => {
    const value = selected(event, selector);
    return typeof value === "string" || typeof value === "number" ? value : undefined;
  };
  const compare = comparisons.get(operator);
  if (compare) {
    if (!number.test(word)) throw new PatternError(`${operator} must be followed by a number, got ${word}`);
    return (event) => {
      const value = scalar(event);
      return value !== undefined && value !== "" && compare(Number(value), Number(word));
    };
  }
  const isLike = fits(word);
  return (event) => {
    // What is not there, or no text and no number, fits neither way.
    const value = scalar(event);
    return value !== undefined && isLike(String(value), value) === (operator === "=");
  };
}

const states: ReadonlyMap<string, Json | undefined> = new Map([
  ["IS NULL", null],
  ["IS TRUE", true],
  ["IS FALSE", false],
  ["NOT EXISTS", undefined],
]);

/** Reads conditions: parentheses bind most, then `&&`, then `||`. */
class Parser {
  private at = 0;

  constructor(private readonly tokens: readonly string[]) {}

  whole(): Condition {
    const condition = this.either();
    if (this.at < this.tokens.length) throw new PatternError(`Unexpected "${this.tokens[this.at]}" in filter pattern`);
    return condition;
  }

  private either(): Condition {
    const parts = [this.both()];
    while (this.takes("||")) parts.push(this.both());
    return (event) => parts.some((part) => part(event));
  }

  private both(): Condition {
    const parts = [this.single()];
    while (this.takes("&&")) parts.push(this.single());
    return (event) => parts.every((part) => part(event));
  }

  private single(): Condition {
    if (this.takes("(")) {
      const condition = this.either();
      if (!this.takes(")")) throw new PatternError('Missing ")" in filter pattern');
      return condition;
    }
    const selector = this.next();
    if (!selector.startsWith("$")) throw new PatternError(`Invalid selector ${selector} in filter pattern`);
    const [operator, word] = [this.next(), this.next()];
    const state = `${operator} ${word}`;
    if (states.has(state)) return (event) => selected(event, selector) === states.get(state);
    if (operator === "=" || operator === "!=" || comparisons.has(operator)) return comparison(selector, operator, word);
    throw new PatternError(`Invalid operator ${operator} in filter pattern`);
  }

  private takes(token: string): boolean {
    if (this.tokens[this.at] !== token) return false;
    this.at += 1;
    return true;
  }

  private next(): string {
    const token = this.tokens[this.at];
    if (token === undefined) throw new PatternError("Unexpected end of filter pattern");
    this.at += 1;
    return token;
  }
}

/** The condition between the braces of a pattern for JSON. @throws PatternError when it is none */
export const jsonCondition = (text: string): Condition => new Parser(tokensOf(text)).whole();
