/** A piece of an expression, with its place in it. */
export interface Token {
  readonly kind: "name" | "substitute" | "value" | "number" | "symbol" | "end";
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** Names, substitutes, values, numbers and symbols, in this order. */
const pattern = /([A-Za-z_][A-Za-z0-9_]*)|(#[A-Za-z0-9_]+)|(:[A-Za-z0-9_]+)|(\d+)|<>|<=|>=|\S/gu;

/** The pieces of an expression, and its end as the last. */
export function tokensOf(source: string): readonly Token[] {
  const tokens: Token[] = [];
  for (const { index, 0: text, 1: name, 2: substitute, 3: value, 4: number } of source.matchAll(pattern)) {
    const kind = name ? "name" : substitute ? "substitute" : value ? "value" : number ? "number" : "symbol";
    tokens.push({ kind, text, start: index, end: index + text.length });
  }
  tokens.push({ kind: "end", text: "", start: source.length, end: source.length });
  return tokens;
}
