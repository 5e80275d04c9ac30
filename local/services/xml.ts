const marks: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "\r": "&#13;",
};

export type Element = string | number | boolean | undefined | readonly Element[] | { readonly [name: string]: Element };

/** An element and what is in it: a list repeats the element, what is undefined is left out. */
export function xml(name: string, content: Element): string {
  if (content === undefined) return "";
  if (Array.isArray(content)) return content.map((item: Element) => xml(name, item)).join("");
  const inside =
    typeof content === "object"
      ? Object.entries(content)
          .map(([child, value]) => xml(child, value))
          .join("")
      : String(content).replace(/[&<>"\r]/g, (mark) => marks[mark] ?? mark);
  return `<${name}>${inside}</${name}>`;
}
