import { arnParts } from "../../aws/arn";

/** The expression of a pattern whose wildcards stand for what `any` matches. */
const expression = (pattern: string, any: string): string =>
  pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replace(/\*+/g, `${any}*`)
    .replaceAll("?", any);

/** Whether a text fits a pattern, each of which is compiled once. */
function matcher(source: (pattern: string) => string): (pattern: string, text: string) => boolean {
  const compiled = new Map<string, RegExp>();
  return (pattern, text) => {
    let known = compiled.get(pattern);
    if (!known) {
      known = new RegExp(`^${source(pattern)}$`, "s");
      compiled.set(pattern, known);
    }
    return known.test(text);
  };
}

/** Whether the text fits an IAM pattern: `*` is any run of characters, `?` any one. */
export const fits = matcher((pattern) => expression(pattern, "."));

const fitsByParts = matcher((pattern) => {
  const parts = arnParts(pattern);
  return parts.map((part, index) => expression(part, index < 5 ? "[^:]" : ".")).join(":");
});

/** Whether an ARN fits a pattern part by part: a `*` reaches over no colon but those of the resource, its last part. */
export const arnFits = (pattern: string, arn: string): boolean => pattern === "*" || fitsByParts(pattern, arn);
