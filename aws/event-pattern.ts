import { isObject } from "../lib/json";

const comparisons = new Set(["=", "<", "<=", ">", ">="]);

const isText = (value: unknown): boolean => typeof value === "string";
const isCaseless = (value: unknown): boolean =>
  isObject(value) && Object.keys(value).join() === "equals-ignore-case" && isText(value["equals-ignore-case"]);
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value]);

function isNumeric(value: unknown): boolean {
  if (!Array.isArray(value) || value.length === 0 || value.length % 2 === 1) return false;
  return value.every((part, at) => (at % 2 === 0 ? comparisons.has(String(part)) : typeof part === "number"));
}

const isCidr = (value: unknown): boolean => isText(value) && /^[\da-fA-F.:]+\/\d{1,3}$/.test(String(value));
const isWildcard = (value: unknown): boolean => isText(value) && !String(value).includes("**");

function isAnythingBut(value: unknown): boolean {
  if (!isObject(value))
    return listOf(value).length > 0 && listOf(value).every((one) => ["string", "number"].includes(typeof one));
  const [[name, texts] = ["", undefined], ...others] = Object.entries(value);
  if (others.length > 0 || !["prefix", "suffix", "equals-ignore-case", "wildcard"].includes(name)) return false;
  return listOf(texts).length > 0 && listOf(texts).every(isText);
}

/** The comparison operators, and what each takes (EventBridge user guide, "Comparison operators"). */
const operators: Readonly<Record<string, (value: unknown) => boolean>> = {
  prefix: (value) => isText(value) || isCaseless(value),
  suffix: (value) => isText(value) || isCaseless(value),
  "equals-ignore-case": isText,
  wildcard: isWildcard,
  "anything-but": isAnythingBut,
  numeric: isNumeric,
  exists: (value) => typeof value === "boolean",
  cidr: isCidr,
};

const shown = (value: unknown): string => JSON.stringify(value) ?? "nothing";

function problemOfValue(value: unknown, place: string): string | undefined {
  if (!isObject(value))
    return Array.isArray(value) ? `${place} must have values in its list, got ${shown(value)}` : undefined;
  const [[name, operand] = ["", undefined], ...others] = Object.entries(value);
  const operator = Object.hasOwn(operators, name) ? operators[name] : undefined;
  if (!operator || others.length > 0) {
    return `${place} must have one of ${Object.keys(operators).join(", ")} in a matcher, got ${shown(value)}`;
  }
  return operator(operand) ? undefined : `${place}: ${name} must have what it compares with, got ${shown(operand)}`;
}

/** What is wrong with an event pattern; undefined when nothing is. @param place - the names that lead to it */
export function problemOfPattern(pattern: unknown, place = "pattern"): string | undefined {
  if (!isObject(pattern) || Object.keys(pattern).length === 0)
    return `${place} must have properties, got ${shown(pattern)}`;
  for (const [name, wanted] of Object.entries(pattern)) {
    const at = `${place}.${name}`;
    const problem = isObject(wanted) ? problemOfPattern(wanted, at) : problemOfList(wanted, name, at);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function problemOfList(wanted: unknown, name: string, place: string): string | undefined {
  if (!Array.isArray(wanted) || wanted.length === 0) return `${place} must be a list of values, got ${shown(wanted)}`;
  const problems = wanted.map((one: unknown) =>
    name === "$or" ? problemOfPattern(one, place) : problemOfValue(one, place),
  );
  return problems.find((problem) => problem !== undefined);
}
