/** A piece of an expression, with its place in it. */
export interface Token {
  readonly kind: "name" | "substitute" | "value" | "number" | "symbol" | "end";
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

const pattern =
  /(?<name>[A-Za-z_][A-Za-z0-9_]*)|(?<substitute>#[A-Za-z0-9_]+)|(?<value>:[A-Za-z0-9_]+)|(?<number>\d+)|(?<symbol><>|<=|>=|\S)/gu;

const kinds = ["name", "substitute", "value", "number", "symbol"] as const;

/** The pieces of an expression, and its end as the last. */
export function tokensOf(source: string): readonly Token[] {
  const tokens: Token[] = [];
  for (const { groups = {}, index, 0: text } of source.matchAll(pattern)) {
    const kind = kinds.find((name) => groups[name] !== undefined) ?? "symbol";
    tokens.push({ kind, text, start: index, end: index + text.length });
  }
  tokens.push({ kind: "end", text: "", start: source.length, end: source.length });
  return tokens;
}
