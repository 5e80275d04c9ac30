import { Cursor } from "./cursor";
import { type Filter, readFilter } from "./json-path-filter";
import { isList, isMap, JsonList, type Value } from "./vtl-values";

/** A JSONPath, compiled: what it finds in a value, undefined if it finds nothing. */
export type JsonPath = (value: Value) => Value;

/** A step of a path: calls `found` with each value that it selects from one. */
type Step = (value: Value, found: (next: Value) => void) => void;

/** A step, and whether it leads to one value at most. */
interface Steps {
  readonly definite: boolean;
  readonly follow: Step;
}

/** More values than any answer needs: `$..*` over and over ends there. */
const MOST_FOUND = 100_000;

const bareName = /[^\s.[\]()'"*?@$,:]+/y;
const quoted = /'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"/y;
const whole = /-?\d+/y;
const slice = /(-?\d+)?\s*:\s*(-?\d+)?/y;

/**
 * Reads a JSONPath as API Gateway takes it (Jayway's): names and places, several of them, slices, wildcards, deep scans,
 * filters and `length()`. What may find several values gives the list of them.
 *
 * @returns undefined for what is no JSONPath
 */
export function readJsonPath(source: string): JsonPath | undefined {
  const reader = new PathReader(source.trim());
  const steps = reader.steps();
  if (!steps || !reader.done) return undefined;
  const definite = steps.every((step) => step.definite);
  return (value) => {
    const found = new JsonList();
    walk(steps, value, 0, (next) => found.push(next));
    return definite ? found[0] : found;
  };
}

function walk(steps: readonly Steps[], value: Value, at: number, found: (next: Value) => void): void {
  const step = steps[at];
  if (!step) found(value);
  else step.follow(value, (next) => walk(steps, next, at + 1, found));
}

const member =
  (name: string): Step =>
  (value, found) => {
    if (isMap(value) && value.has(name)) found(value.get(name));
  };

const item =
  (place: number): Step =>
  (value, found) => {
    if (!isList(value)) return;
    const at = place < 0 ? value.length + place : place;
    if (at >= 0 && at < value.length) found(value[at]);
  };

const between =
  (from: number | undefined, to: number | undefined): Step =>
  (value, found) => {
    if (isList(value)) value.slice(from, to).forEach(found);
  };

const all: Step = (value, found) => {
  if (isList(value)) for (const next of value) found(next);
  if (isMap(value)) for (const next of value.values()) found(next);
};

const each =
  (choices: readonly Step[]): Step =>
  (value, found) => {
    for (const choice of choices) choice(value, found);
  };

const among =
  (fits: Filter): Step =>
  (value, found) => {
    if (isList(value)) for (const next of value) if (fits(next)) found(next);
    if (isMap(value) && fits(value)) found(value);
  };

const length: Step = (value, found) => {
  if (isList(value) || typeof value === "string") found(BigInt(value.length));
  else if (isMap(value)) found(BigInt(value.size));
};

/** A step from a value itself, and from everything that is in it. */
const deep =
  (step: Step): Step =>
  (value, found) => {
    let count = 0;
    const visit = (next: Value): void => {
      if (++count > MOST_FOUND) return;
      step(next, found);
      all(next, visit);
    };
    visit(value);
  };

class PathReader extends Cursor {
  get done(): boolean {
    return this.position >= this.source.length;
  }

  steps(): Steps[] | undefined {
    if (!this.take("$")) return undefined;
    const steps: Steps[] = [];
    while (!this.done) {
      const step = this.step();
      if (!step) return undefined;
      steps.push(step);
    }
    return steps;
  }

  private step(): Steps | undefined {
    if (this.take("..")) {
      const next = this.at("[") ? this.bracket() : this.named();
      return next && { definite: false, follow: deep(next.follow) };
    }
    return this.take(".") ? this.named() : this.bracket();
  }

  private named(): Steps | undefined {
    if (this.take("*")) return { definite: false, follow: all };
    if (this.take("length()")) return { definite: true, follow: length };
    const name = this.match(bareName)?.[0];
    return name === undefined ? undefined : { definite: true, follow: member(name) };
  }

  private bracket(): Steps | undefined {
    if (!this.take("[")) return undefined;
    this.space();
    const step = this.inBrackets();
    this.space();
    return this.take("]") ? step : undefined;
  }

  private inBrackets(): Steps | undefined {
    if (this.take("*")) return { definite: false, follow: all };
    if (this.take("?")) return this.filter();
    const range = this.match(slice);
    if (range) {
      const [from, to] = [range[1], range[2]].map((bound) => (bound === undefined ? undefined : Number(bound)));
      return { definite: false, follow: between(from, to) };
    }
    const choices: Step[] = [];
    do {
      this.space();
      const name = this.match(quoted);
      const place = name ? undefined : this.match(whole)?.[0];
      if (name) choices.push(member((name[1] ?? name[2] ?? "").replace(/\\(.)/g, "$1")));
      else if (place !== undefined) choices.push(item(Number(place)));
      else return undefined;
      this.space();
    } while (this.take(","));
    const [only] = choices;
    if (only && choices.length === 1) return { definite: true, follow: only };
    return { definite: false, follow: each(choices) };
  }

  private filter(): Steps | undefined {
    this.space();
    const read = readFilter(this.source, this.position);
    if (!read) return undefined;
    this.position = read.end;
    return { definite: false, follow: among(read.filter) };
  }

  private at(text: string): boolean {
    return this.source.startsWith(text, this.position);
  }

  private take(text: string): boolean {
    if (!this.at(text)) return false;
    this.position += text.length;
    return true;
  }
}
