import { invalid } from "./errors";

/** A piece of a statement of PartiQL. */
export interface PartiqlToken {
  readonly kind: "name" | "quoted" | "text" | "number" | "symbol" | "end";
  readonly text: string;
}

const pattern =
  /\s+|(?<text>'(?:[^']|'')*')|(?<quoted>"(?:[^"]|"")*")|(?<number>-?\d+(?:\.\d*)?(?:[eE][+-]?\d+)?)|(?<name>[A-Za-z_$][A-Za-z0-9_$]*)|(?<symbol><<|>>|<>|!=|<=|>=|[-+=<>()[\]{},.:?*;])|(?<other>.)/gsu;

/** The pieces of a statement, and its end as the last. @throws ServiceError when there is anything else in it */
export function partiqlTokens(source: string): readonly PartiqlToken[] {
  const tokens: PartiqlToken[] = [];
  for (const { groups = {}, 0: whole } of source.matchAll(pattern)) {
    const { text, quoted, number, name, symbol, other } = groups;
    if (text !== undefined) tokens.push({ kind: "text", text: text.slice(1, -1).replaceAll("''", "'") });
    else if (quoted !== undefined) tokens.push({ kind: "quoted", text: quoted.slice(1, -1).replaceAll('""', '"') });
    else if (number !== undefined) tokens.push({ kind: "number", text: number });
    else if (name !== undefined) tokens.push({ kind: "name", text: name });
    else if (symbol !== undefined) tokens.push({ kind: "symbol", text: symbol });
    else if (other !== undefined) throw unexpected(whole);
  }
  while (tokens.at(-1)?.text === ";") tokens.pop();
  return [...tokens, { kind: "end", text: "<EOF>" }];
}

/** A statement that is not well formed. */
export const unexpected = (text: string) =>
  invalid(`Statement wasn't well formed, can't be processed: Unexpected token: ${text}`);
