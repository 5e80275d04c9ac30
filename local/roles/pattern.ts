const cache = new Map<string, RegExp>();

/** Whether the text fits an IAM pattern: `*` is any run of characters, `?` any one. */
export function fits(pattern: string, text: string): boolean {
  let expression = cache.get(pattern);
  if (!expression) {
    const source = pattern
      .replace(/[.+^${}()|[\]\\]/g, "\\$&")
      .replace(/\*+/g, ".*")
      .replaceAll("?", ".");
    expression = new RegExp(`^${source}$`, "s");
    cache.set(pattern, expression);
  }
  return expression.test(text);
}

/** Whether an ARN fits a pattern part by part: a `*` reaches over no colon but those of the resource, its last part. */
export function arnFits(pattern: string, arn: string): boolean {
  const parts = (text: string): string[] => {
    const split = text.split(":");
    return [...split.slice(0, 5), split.slice(5).join(":")];
  };
  const found = parts(arn);
  return pattern === "*" || parts(pattern).every((part, index) => fits(part, found[index] ?? ""));
}
