import { UserError } from "../lib/user-error";
/** A piece of a Terraform string: text as it is, or what a reference stands for. */
export type Piece = string | Reference;

/** `aws_x.name.attribute`, `var.name` or `local.name`, then what is picked from it. */
export interface Reference {
  readonly path: readonly [string, ...string[]];
  /** As it was written, for messages. */
  readonly source: string;
}

const step = /^(?:\.([A-Za-z0-9_-]+)|\[(\d+)\]|\["([^"\\]*)"\])/;

/** Reads `${…}` expressions, of which references are the only kind that is known. */
function parseReference(source: string): Reference {
  const head = /^[A-Za-z_][A-Za-z0-9_-]*/.exec(source)?.[0];
  if (head === undefined)
    throw new UserError(`expression \${${source}} is not a reference, the only kind that is read`);
  const path: [string, ...string[]] = [head];
  for (let rest = source.slice(head.length); rest !== ""; ) {
    const [matched, ...names] = step.exec(rest) ?? [];
    const name = names.find((candidate) => candidate !== undefined);
    if (matched === undefined || name === undefined) {
      throw new UserError(`expression \${${source}} is not a reference, the only kind that is read`);
    }
    path.push(name);
    rest = rest.slice(matched.length);
  }
  return { path, source };
}

/** End of an expression that begins at `start`: the brace that is in no quotes. */
function endOfExpression(text: string, start: number): number {
  let quoted = false;
  for (let at = start; at < text.length; at += 1) {
    const character = text[at];
    if (character === "\\" && quoted) at += 1;
    else if (character === '"') quoted = !quoted;
    else if (character === "}" && !quoted) return at;
  }
  throw new UserError(`expression ${text.slice(start - 2)} has no end`);
}

/**
 * Splits a string of Terraform's JSON syntax into text and references. `$${` and `%%{` are text.
 *
 * @throws UserError on a directive (`%{`) or an expression that is no reference
 */
export function parseTemplate(text: string): readonly Piece[] {
  const pieces: Piece[] = [];
  let literal = "";
  for (let at = 0; at < text.length; at += 1) {
    const marker = text.slice(at, at + 2);
    const isMarker = marker === "${" || marker === "%{";
    if (text.startsWith("$${", at) || text.startsWith("%%{", at)) {
      literal += text.slice(at + 1, at + 3);
      at += 2;
    } else if (isMarker && marker === "%{") {
      throw new UserError(`directive ${text.slice(at, at + 40)} is not read`);
    } else if (isMarker) {
      const end = endOfExpression(text, at + 2);
      if (literal !== "") pieces.push(literal);
      literal = "";
      pieces.push(parseReference(text.slice(at + 2, end).trim()));
      at = end;
    } else literal += text[at];
  }
  return literal === "" ? pieces : [...pieces, literal];
}
