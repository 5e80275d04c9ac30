import { isObject, type JsonObject } from "../../../lib/json";

/** An answer of the query protocol, in JSON or in XML. */
export interface QueryAnswer {
  readonly type: string;
  readonly body: Buffer;
}

const marks: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const unescaped: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

function xml(name: string, content: unknown): string {
  if (content === undefined || content === null) return "";
  if (Array.isArray(content)) return content.map((item: unknown) => xml(name, item)).join("");
  const inside = isObject(content)
    ? Object.entries(content).map(([child, value]) => xml(child, value))
    : [String(content).replace(/[&<>"]/g, (mark) => marks[mark] ?? mark)];
  return `<${name}>${inside.join("")}</${name}>`;
}

/** A document with one member, as a query service answers who does not ask for JSON. */
export function xmlAnswer(document: JsonObject): QueryAnswer {
  const [name = "", content] = Object.entries(document)[0] ?? [];
  return { type: "text/xml", body: Buffer.from(`<?xml version="1.0"?>${xml(name, content)}`) };
}

/** The same for who asks for JSON, which API Gateway does where nothing is mapped. */
export const jsonAnswer = (document: JsonObject): QueryAnswer => ({
  type: "application/json",
  body: Buffer.from(JSON.stringify(document)),
});

const tag = /<(\/?)([A-Za-z][\w.-]*)[^>]*?(\/?)>|<[?!][^>]*>|([^<]+)/g;

interface Element {
  readonly name: string;
  readonly children: Map<string, unknown[]>;
  text: string;
}

const newElement = (name: string): Element => ({ name, children: new Map(), text: "" });

const plainText = (text: string): string =>
  text.replace(/&(amp|lt|gt|quot|apos);/g, (_mark, name: string) => unescaped[name] ?? "");

/** The content of an element: text, or its children; `member` stands for the items of a list. */
function contentOf({ children, text }: Element): unknown {
  if (children.size === 0) return plainText(text);
  const items = children.get("member");
  if (items && children.size === 1) return items;
  return Object.fromEntries([...children].map(([name, values]) => [name, values.length === 1 ? values[0] : values]));
}

/** A document of XML as an object with one member: the root. */
export function documentOf(source: string): JsonObject {
  const root = newElement("");
  const open = [root];
  for (const [, closing, name, empty, text] of source.matchAll(tag)) {
    const current = open.at(-1) ?? root;
    if (text !== undefined) current.text += text;
    if (name === undefined) continue;
    const element = closing ? current : newElement(name);
    if (!closing) open.push(element);
    if (!closing && !empty) continue;
    open.pop();
    const parent = open.at(-1) ?? root;
    parent.children.set(element.name, [...(parent.children.get(element.name) ?? []), contentOf(element)]);
  }
  return Object.fromEntries([...root.children].map(([name, values]) => [name, values[0]]));
}
