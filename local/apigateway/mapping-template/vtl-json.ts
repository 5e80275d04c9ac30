import { Cursor } from "./cursor";
import { JsonList } from "./vtl-values";

const whitespace = /[\t\n\r ]*/y;
const text = /"(?:[^"\\]|\\.)*"/y;
const number = /-?\d+(\.\d+)?([eE][+-]?\d+)?/y;
const word = /true|false|null/y;
const words: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ["true", true],
  ["false", false],
  ["null", null],
]);

/** Reads JSON for templates: no digit of a number is lost, and no member is anything but a member. */
class Reader extends Cursor {
  value(): unknown {
    this.take(whitespace);
    const sign = this.source[this.position];
    if (sign === "{") return this.map();
    if (sign === "[") return this.list();
    if (sign === '"') return JSON.parse(this.take(text)) as string;
    const named = this.take(word);
    if (named !== "") return words.get(named);
    const digits = this.take(number);
    // More digits than a Double can be written with are no number that anything reads.
    return /^-?\d{1,400}$/.test(digits) ? BigInt(digits) : Number(digits);
  }

  private map(): Map<string, unknown> {
    const members = new Map<string, unknown>();
    this.position++;
    while (!this.ends("}")) {
      const name = JSON.parse(this.take(text)) as string;
      this.ends(":");
      members.set(name, this.value());
    }
    return members;
  }

  private list(): JsonList {
    const items = new JsonList();
    this.position++;
    while (!this.ends("]")) items.push(this.value());
    return items;
  }

  /** Takes a sign, or else the comma that may be there before the next item. */
  private ends(sign: string): boolean {
    this.take(whitespace);
    const ended = this.source[this.position] === sign;
    if (ended || this.source[this.position] === ",") this.position++;
    this.take(whitespace);
    return ended;
  }

  private take(expression: RegExp): string {
    return this.match(expression)?.[0] ?? "";
  }
}

/** A JSON text as a template's value. @returns undefined for what is no JSON */
export function readJson(source: string): unknown {
  try {
    JSON.parse(source);
    return new Reader(source).value();
  } catch (error) {
    // The second is of a document that is nested more deeply than the stack is.
    if (error instanceof SyntaxError || error instanceof RangeError) return undefined;
    throw error;
  }
}
