import { unescape as unescapeBytes } from "node:querystring";

/** Each parameter's values, decoded, in the order they came. */
export type Query = Readonly<Record<string, readonly string[]>>;

/** Reads a query string: `+` is a space, `a` and `a=` are empty values, a semicolon separates like an ampersand. */
export function readQuery(raw: string): Query | null {
  if (raw === "") return null;
  // No prototype: a parameter may be named __proto__.
  const query: Record<string, string[]> = Object.create(null);
  let empty = true;
  for (const pair of raw.split(raw.includes(";") ? /[&;]/ : "&")) {
    if (pair === "") continue;
    const equals = pair.indexOf("=");
    const name = decode(equals < 0 ? pair : pair.slice(0, equals));
    const value = equals < 0 ? "" : decode(pair.slice(equals + 1));
    const values = query[name];
    if (values) values.push(value);
    else query[name] = [value];
    empty = false;
  }
  return empty ? null : query;
}

function decode(text: string): string {
  const spaced = text.includes("+") ? text.replaceAll("+", " ") : text;
  // Malformed escapes stay as they are; bytes that are no UTF-8 become replacement characters.
  return spaced.includes("%") ? unescapeBytes(spaced) : spaced;
}
