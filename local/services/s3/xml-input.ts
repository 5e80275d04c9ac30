import { ServiceError } from "../service";

/** An element of a body: its children, and its text without theirs. */
export interface XmlElement {
  readonly name: string;
  readonly children: readonly XmlElement[];
  readonly text: string;
}

interface Open {
  readonly name: string;
  readonly children: XmlElement[];
  text: string;
}

export const malformed = (): ServiceError =>
  new ServiceError(
    "MalformedXML",
    "The XML you provided was not well-formed or did not validate against our published schema",
  );

const entities: ReadonlyMap<string, string> = new Map([
  ["amp", "&"],
  ["apos", "'"],
  ["gt", ">"],
  ["lt", "<"],
  ["quot", '"'],
]);

function character(code: number): string {
  if (Number.isInteger(code) && code > 0 && code <= 0x10ffff) return String.fromCodePoint(code);
  throw malformed();
}

function entity(name: string): string {
  const [, hexadecimal, decimal] = /^#(?:x([0-9a-f]+)|(\d+))$/i.exec(name) ?? [];
  if (hexadecimal !== undefined) return character(Number.parseInt(hexadecimal, 16));
  if (decimal !== undefined) return character(Number(decimal));
  const known = entities.get(name);
  if (known === undefined) throw malformed();
  return known;
}

const decoded = (text: string): string => text.replace(/&([^;]*);?/g, (_, name: string) => entity(name));

const token = /<\?.*?\?>|<!--.*?-->|<(\/?)([A-Za-z_][\w.-]*)(?:\s[^<>]*?)?(\/?)>|([^<]+)/gsy;

/** The element that a body is. @throws ServiceError `MalformedXML` */
export function parseXml(body: Buffer): XmlElement {
  const root: Open = { name: "", children: [], text: "" };
  const open: Open[] = [root];
  const text = body.toString("utf8").trim();
  token.lastIndex = 0;
  for (let at = 0; at < text.length; at = token.lastIndex) {
    const [, closes, name, isEmpty, between] = token.exec(text) ?? [];
    if (token.lastIndex === 0) throw malformed();
    const [last, parent] = [open.at(-1), open.at(-2)];
    if (between !== undefined && last) last.text += decoded(between);
    else if (name === undefined) continue;
    else if (closes) {
      if (last?.name !== name || !parent) throw malformed();
      open.pop();
    } else {
      const element: Open = { name, children: [], text: "" };
      last?.children.push(element);
      if (!isEmpty) open.push(element);
    }
  }
  const [only, ...others] = root.children;
  if (!only || others.length > 0 || open.length > 1 || root.text.trim() !== "") throw malformed();
  return only;
}

/** The texts of an element's children by their names: `{ Key: "a" }`. */
export const textsOf = ({ children }: XmlElement): Readonly<Record<string, string>> =>
  Object.fromEntries(children.map(({ name, text }) => [name, text]));
