import { createContext, Script } from "node:vm";
import { TemplateError } from "./vtl-values";

/** Without these a pattern is the text that it stands for. */
const special = /[\\^$.|?*+()[\]{}]/;

/**
 * Time limit of a regular expression's search. Some take ages for certain texts, and nothing else is served meanwhile.
 */
const LONGEST_SEARCH_MS = 3000;

/** Java leaves out what is before a match of nothing at the start. */
const search = new Script(`(() => {
  const expression = new RegExp(pattern, flags);
  if (work === "test") return expression.test(text);
  if (work === "replace") return text.replace(expression, instead);
  const parts = [];
  let from = 0;
  for (const { 0: found, index } of text.matchAll(expression)) {
    if (most > 0 && parts.length === most - 1) break;
    if (index + found.length > 0) parts.push(text.slice(from, index));
    from = index + found.length;
  }
  return [...parts, text.slice(from)];
})()`);
const sandbox: Record<string, unknown> = Object.create(null);
let context: object | undefined;

/** Does something with a regular expression, for as long as it may take. */
function within(work: "split" | "test" | "replace", given: Readonly<Record<string, string | number>>): unknown {
  context ??= createContext(sandbox);
  Object.assign(sandbox, { flags: "", instead: "" }, given, { work });
  try {
    return search.runInContext(context, { timeout: LONGEST_SEARCH_MS });
  } catch (error) {
    const problem = error instanceof Error ? error.message : String((error as { message?: unknown }).message);
    throw new TemplateError(`the regular expression ${given["pattern"]}: ${problem}`);
  }
}

/** A replacement in JavaScript's form: Java escapes by a backslash. */
const replacement = (instead: string): string =>
  instead.replace(/\\(.)|\$/gs, (sign, escaped?: string) =>
    escaped === undefined ? sign : escaped === "$" ? "$$" : escaped,
  );

export function replaceAll(text: string, pattern: string, instead: string): string {
  if (!special.test(pattern) && !/[\\$]/.test(instead)) return text.replaceAll(pattern, () => instead);
  return String(within("replace", { text, pattern, flags: "g", instead: replacement(instead) }));
}

export function replaceFirst(text: string, pattern: string, instead: string): string {
  return String(within("replace", { text, pattern, instead: replacement(instead) }));
}

/** Whether a pattern matches the whole of a text. */
export const wholeMatches = (text: string, pattern: string): boolean =>
  within("test", { text, pattern: `^(?:${pattern})$`, flags: "s" }) === true;

/** The parts of a text; without a limit, empty ones at its end are left out, as by Java. @param most parts, 0 for all */
export function splitBy(text: string, pattern: string, most: number): string[] {
  const found = within("split", { text, pattern, flags: "g", most }) as ArrayLike<unknown>;
  const parts = Array.from(found, String);
  if (most === 0) while (parts.length > 1 && parts.at(-1) === "") parts.pop();
  return parts;
}
