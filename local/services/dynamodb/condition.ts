import { type AttributeValue, attribute, equal, type Item, typeOf } from "./attribute-value";
import { begins, compare, includes, sizeOf } from "./comparison";
import type { Path } from "./expression-grammar";
import type { Resolved } from "./resolved-expression";

/** The value at a path of an item. */
export function valueAt(item: Item, path: Path): AttributeValue | undefined {
  const [name, ...rest] = path;
  let value = attribute(item, String(name));
  for (const part of rest) {
    if (value === undefined) return undefined;
    value = typeof part === "number" ? value.L?.[part] : value.M && attribute(value.M, part);
  }
  return value;
}

function operandOf(node: Resolved, item: Item): AttributeValue | undefined {
  if (node.op === "value") return node.value;
  if (node.op === "path") return valueAt(item, node.path);
  const [of] = node.args;
  return node.op === "call" && node.name === "size" && of ? sizeOf(operandOf(of, item)) : undefined;
}

function callHolds(name: string, [first, second]: readonly (AttributeValue | undefined)[]): boolean {
  if (name === "attribute_exists") return first !== undefined;
  if (name === "attribute_not_exists") return first === undefined;
  if (!first || !second) return false;
  if (name === "attribute_type") return typeOf(first) === second.S;
  return name === "begins_with" ? begins(first, second) : includes(first, second);
}

function comparisonHolds(op: string, [left, ...right]: readonly (AttributeValue | undefined)[]): boolean {
  const [other, high] = right;
  if (op === "<>") return !(left && other && equal(left, other));
  if (!left || !other) return false;
  if (op === "=") return equal(left, other);
  const order = compare(left, other);
  if (order === undefined) return false;
  if (op === "<") return order < 0;
  if (op === "<=") return order <= 0;
  if (op === ">") return order > 0;
  if (op === ">=") return order >= 0;
  const below = high && compare(left, high);
  return order >= 0 && below !== undefined && below <= 0;
}

/** Whether a condition or filter is true of an item; of one that is not there it is asked as of an empty one. */
export function isMet(node: Resolved, item: Item): boolean {
  if (node.op === "path" || node.op === "value") return false;
  if (node.op === "and") return node.args.every((arg) => isMet(arg, item));
  if (node.op === "or") return node.args.some((arg) => isMet(arg, item));
  if (node.op === "not") return !node.args.some((arg) => isMet(arg, item));
  const operands = node.args.map((arg) => operandOf(arg, item));
  if (node.op === "call") return callHolds(node.name, operands);
  if (node.op !== "in") return comparisonHolds(node.op, operands);
  const [left, ...options] = operands;
  return left !== undefined && options.some((option) => option !== undefined && equal(left, option));
}
