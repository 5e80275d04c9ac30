import { type AttributeValue, attribute, type Item } from "./attribute-value";
import type { Path } from "./expression-grammar";

/** The rest of paths by their first part. */
function byFirst(paths: readonly Path[]): Map<string | number, Path[]> {
  const groups = new Map<string | number, Path[]>();
  for (const [first, ...rest] of paths) {
    if (first === undefined) continue;
    const known = groups.get(first);
    if (known) known.push(rest);
    else groups.set(first, [rest]);
  }
  return groups;
}

function below(value: AttributeValue, paths: readonly Path[]): AttributeValue | undefined {
  if (paths.some((path) => path.length === 0)) return value;
  if (value.M) {
    const map = projected(value.M, paths);
    return Object.keys(map).length > 0 ? { M: map } : undefined;
  }
  if (!value.L) return undefined;
  const elements: AttributeValue[] = [];
  const groups = [...byFirst(paths)].sort(([one], [other]) => Number(one) - Number(other));
  for (const [index, rest] of groups) {
    const element = typeof index === "number" ? value.L[index] : undefined;
    const part = element && below(element, rest);
    if (part) elements.push(part);
  }
  return elements.length > 0 ? { L: elements } : undefined;
}

/** The values at paths of an item, in their maps and lists. Lists have the selected elements only. */
export function projected(item: Item, paths: readonly Path[]): Item {
  const found: [string, AttributeValue][] = [];
  for (const [name, rest] of byFirst(paths)) {
    const value = typeof name === "string" ? attribute(item, name) : undefined;
    const part = value && below(value, rest);
    if (part) found.push([String(name), part]);
  }
  return Object.fromEntries(found);
}
