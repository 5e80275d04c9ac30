/** A prop or a verb: how it is written, and what is said of it. */
interface Member {
  readonly signature: string;
  readonly text: string;
  /** The value of a prop that is left out. */
  readonly defaultValue?: string;
}

/** A construct as its source describes it. */
export interface ConstructReference {
  readonly name: string;
  /** Path of its file: `constructs/data/table.ts`. */
  readonly file: string;
  readonly text: string;
  readonly example: string;
  readonly props: readonly Member[];
  readonly verbs: readonly Member[];
}

const doc = String.raw`/\*\*((?:(?!\*/)[\s\S])*)\*/\s*`;

/** A comment's text without its stars. */
const plain = (comment: string): string =>
  comment
    .split("\n")
    .map((line) => line.replace(/^\s*\* ?/, ""))
    .join("\n")
    .trim();

const oneLine = (text: string): string => text.replace(/\s+/g, " ").trim();

/** The body in braces that follows a declaration: up to the brace at the start of a line. */
function bodyOf(source: string, declaration: RegExp): string {
  const [, body = ""] = new RegExp(`${declaration.source}[^{]*\\{\\n([\\s\\S]*?)^\\}`, "m").exec(source) ?? [];
  return body;
}

function member(comment: string, signature: string): Member {
  const [text = "", ...tags] = plain(comment).split(/@(?=default|returns)/);
  const [defaultValue] = tags.flatMap((tag) => (tag.startsWith("default") ? [oneLine(tag.slice(7))] : []));
  return { signature: oneLine(signature), text: oneLine(text), ...(defaultValue ? { defaultValue } : {}) };
}

const propPattern = new RegExp(String.raw`(?:${doc})?\breadonly (\w+\??: [^;]+);`, "gm");
const verbPattern = new RegExp(
  String.raw`${doc}(?!private|readonly|override|constructor|get )(\w+\([\s\S]*?\): [^{]+) \{$`,
  "gm",
);

/**
 * Reads a construct's source; undefined where it has no class of this name.
 *
 * @param settings the source of the interfaces that environments fill, which some constructs take as they are
 */
export function readConstruct(
  name: string,
  file: string,
  source: string,
  settings: string,
): ConstructReference | undefined {
  const found = new RegExp(`${doc}export class ${name}\\b`).exec(source);
  if (!found) return undefined;
  const [text = "", example = ""] = plain(found[1] ?? "").split("@example\n");
  const [, base] = new RegExp(`^export interface ${name}Props[^{\\n]* extends (\\w+) \\{`, "m").exec(source) ?? [];
  const inherited = base ? bodyOf(source, new RegExp(`^export interface ${base}\\b`)) : "";
  const props = inherited + bodyOf(source, new RegExp(`^export (?:interface|type) ${name}Props`));
  const body = bodyOf(source, new RegExp(`^export class ${name}\\b`));
  const [, taken] = /constructor\([^)]*?(\w+Settings)\b/.exec(body) ?? [];
  const members = taken ? bodyOf(settings, new RegExp(`^export interface ${taken}\\b`)) : props;
  return {
    ...{ name, file, text: oneLine(text), example: example.trim() },
    props: [...members.matchAll(propPattern)].map(([, comment = "", signature = ""]) => member(comment, signature)),
    verbs: [...body.matchAll(verbPattern)].map(([, comment = "", signature = ""]) => member(comment, signature)),
  };
}
