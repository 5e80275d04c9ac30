import { BlockList } from "node:net";
import { isObject, type JsonObject } from "../../lib/json";

/**
 * Patterns of EventBridge's events, and filter policies of SNS's messages, which are written alike. (EventBridge user guide,
 * "Comparison operators for use in event patterns"; SNS developer guide, "Amazon SNS message filtering": of several
 * properties all have to be met, of several values one; `$or` of several groups of properties one.)
 */

export type Leaf = string | number | boolean | null;

const isLeaf = (value: unknown): value is Leaf =>
  value === null || ["string", "number", "boolean"].includes(typeof value);

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value]);

const comparisons: Readonly<Record<string, (value: number, bound: number) => boolean>> = {
  "=": (value, bound) => value === bound,
  "<": (value, bound) => value < bound,
  "<=": (value, bound) => value <= bound,
  ">": (value, bound) => value > bound,
  ">=": (value, bound) => value >= bound,
};

function fitsNumeric(value: Leaf, conditions: readonly unknown[]): boolean {
  if (typeof value !== "number") return false;
  for (let at = 0; at < conditions.length; at += 2) {
    const [operator, bound] = [String(conditions[at]), Number(conditions[at + 1])];
    const compare = Object.hasOwn(comparisons, operator) ? comparisons[operator] : undefined;
    if (!compare?.(value, bound)) return false;
  }
  return true;
}

/** A backslash makes an asterisk, or another backslash, stand for itself. */
const wildcard = (pattern: string): RegExp => {
  const parts = [...pattern.matchAll(/\\[*\\]|[\s\S]/g)].map(([part]) =>
    part === "*" ? ".*" : (part.length === 2 ? part.slice(1) : part).replace(/[.*+?^${}()|[\]\\]/g, "\\$&"),
  );
  return new RegExp(`^${parts.join("")}$`, "s");
};

function inRange(address: string, range: string): boolean {
  const [network = "", bits = ""] = range.split("/");
  const list = new BlockList();
  const family = (ip: string): "ipv4" | "ipv6" => (ip.includes(":") ? "ipv6" : "ipv4");
  try {
    list.addSubnet(network, Number(bits), family(network));
    return list.check(address, family(address));
  } catch {
    // What is no address is in no range.
    return false;
  }
}

/** Whether a value is what a text matcher asks for. */
function fitsText(value: Leaf, matcher: JsonObject): boolean {
  if (typeof value !== "string") return false;
  return Object.entries(matcher).every(([name, wanted]) => {
    const isEither = isObject(wanted) && typeof wanted["equals-ignore-case"] === "string";
    const text = String(isEither ? wanted["equals-ignore-case"] : wanted);
    const cased = (whole: string): string => (isEither ? whole.toLowerCase() : whole);
    if (name === "prefix") return cased(value).startsWith(cased(text));
    if (name === "suffix") return cased(value).endsWith(cased(text));
    if (name === "wildcard") return wildcard(text).test(value);
    if (name === "equals-ignore-case") return value.toLowerCase() === text.toLowerCase();
    return name === "cidr" && inRange(value, text);
  });
}

function fitsAnythingBut(value: Leaf, unwanted: unknown): boolean {
  if (isObject(unwanted))
    return Object.entries(unwanted).every(([name, texts]) =>
      listOf(texts).every((text) => !fitsText(value, { [name]: text })),
    );
  return !listOf(unwanted).includes(value);
}

/** Whether one value is what one condition asks for. */
function fits(value: Leaf, condition: unknown): boolean {
  if (!isObject(condition)) return value === condition;
  if ("anything-but" in condition) return fitsAnythingBut(value, condition["anything-but"]);
  if ("numeric" in condition) return fitsNumeric(value, listOf(condition["numeric"]));
  return fitsText(value, condition);
}

/** Whether the values of a property, none if it is not there, are what one of its conditions asks for. */
function meets(values: readonly Leaf[], conditions: readonly unknown[]): boolean {
  return conditions.some((condition) => {
    if (isObject(condition) && "exists" in condition) return condition["exists"] === values.length > 0;
    return values.some((value) => fits(value, condition));
  });
}

/** The values at a path of properties; of lists, each element's. */
export function valuesAt(content: unknown, path: readonly string[]): readonly Leaf[] {
  if (Array.isArray(content)) return content.flatMap((element) => valuesAt(element, path));
  const [name, ...rest] = path;
  if (name === undefined) return isLeaf(content) ? [content] : [];
  return isObject(content) && Object.hasOwn(content, name) ? valuesAt(content[name], rest) : [];
}

/** A property that is not what a pattern asks for. */
export interface Unmet {
  readonly path: readonly string[];
  /** Its conditions, or the groups of `$or`. */
  readonly wanted: unknown;
  /** The values that are there. */
  readonly values: readonly Leaf[];
}

type ValuesOf = (path: readonly string[]) => readonly Leaf[];

/** The first property that is not what a pattern asks for; undefined where all are. */
export function unmetIn(policy: JsonObject, valuesOf: ValuesOf, path: readonly string[] = []): Unmet | undefined {
  for (const [name, wanted] of Object.entries(policy)) {
    const at = [...path, name];
    if (name === "$or" && Array.isArray(wanted)) {
      const isMet = wanted.some((group) => isObject(group) && allMet(group, valuesOf, path));
      if (!isMet) return { path: at, wanted, values: [] };
    } else if (isObject(wanted)) {
      const unmet = unmetIn(wanted, valuesOf, at);
      if (unmet) return unmet;
    } else {
      const values = valuesOf(at);
      if (!meets(values, listOf(wanted))) return { path: at, wanted, values };
    }
  }
  return undefined;
}

const LONGEST_WORDS = 300;

const shortJson = (value: unknown): string => {
  const text = JSON.stringify(value);
  return text.length > LONGEST_WORDS ? `${text.slice(0, LONGEST_WORDS)}…` : text;
};

/** `detail.amount is 5, and [{"numeric":[">",1000]}] is asked for` */
export function unmetWords({ path, wanted, values }: Unmet): string {
  if (path.at(-1) === "$or") return `none of the groups of ${path.join(".")} fits, of ${shortJson(wanted)}`;
  const [first, ...others] = values;
  const found = first === undefined ? "is not there" : `is ${shortJson(others.length > 0 ? values : first)}`;
  return `${path.join(".")} ${found}, and ${shortJson(wanted)} is asked for`;
}

export const allMet = (policy: JsonObject, valuesOf: ValuesOf, path: readonly string[] = []): boolean =>
  unmetIn(policy, valuesOf, path) === undefined;

/** What a text says; undefined where it is no JSON. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // What is no JSON has no properties.
    return undefined;
  }
}
