import { type AttributeValue, attribute, type Item, typeOf, withAttribute } from "./attribute-value";
import { valueAt } from "./condition";
import { invalid } from "./errors";
import type { Path } from "./expression-grammar";
import { difference, sum } from "./numbers";
import type { Resolved, ResolvedChange } from "./resolved-expression";

const wrongType = () => invalid("An operand in the update expression has an incorrect data type");
const wrongPath = () => invalid("The document path provided in the update expression is invalid for update");
const absent = () => invalid("The provided expression refers to an attribute that does not exist in the item");

function call(name: string, args: readonly Resolved[], item: Item): AttributeValue {
  const [first, second] = args;
  if (!first || !second) throw absent();
  if (name === "if_not_exists") {
    const known = first.op === "path" ? valueAt(item, first.path) : undefined;
    return known ?? operand(second, item);
  }
  const [left, right] = [operand(first, item), operand(second, item)];
  if (!left.L || !right.L) throw wrongType();
  return { L: [...left.L, ...right.L] };
}

/** The value of an operand of SET, by the item as it was before. */
function operand(node: Resolved, item: Item): AttributeValue {
  if (node.op === "value") return node.value;
  if (node.op === "path") {
    const value = valueAt(item, node.path);
    if (!value) throw absent();
    return value;
  }
  if (node.op === "call") return call(node.name, node.args, item);
  const [left, right] = node.args.map((arg) => operand(arg, item));
  if (left?.N === undefined || right?.N === undefined) throw wrongType();
  return { N: node.op === "+" ? sum(left.N, right.N) : difference(left.N, right.N) };
}

const union = (one: readonly string[], other: readonly string[]): string[] => [...new Set([...one, ...other])];

const without = (one: readonly string[], other: readonly string[]): string[] => {
  const gone = new Set(other);
  return one.filter((member) => !gone.has(member));
};

/** ADD: to a number, or members to a set. */
function added(known: AttributeValue | undefined, value: AttributeValue): AttributeValue {
  if (!known) return value;
  if (known.N !== undefined && value.N !== undefined) return { N: sum(known.N, value.N) };
  if (known.SS && value.SS) return { SS: union(known.SS, value.SS) };
  if (known.NS && value.NS) return { NS: union(known.NS, value.NS) };
  if (known.BS && value.BS) return { BS: union(known.BS, value.BS) };
  // Of expressions that ADD no lists, and the older member that does, only the latter comes this far.
  if (known.L && value.L) return { L: [...known.L, ...value.L] };
  throw wrongType();
}

/** DELETE: members of a set; one without members is none. */
function reduced(known: AttributeValue | undefined, value: AttributeValue): AttributeValue | undefined {
  if (!known) return undefined;
  const type = typeOf(value);
  if (typeOf(known) !== type) throw wrongType();
  const left = without(known.SS ?? known.NS ?? known.BS ?? [], value.SS ?? value.NS ?? value.BS ?? []);
  return left.length === 0 ? undefined : { [type]: left };
}

function withElement(list: readonly AttributeValue[], at: number, value: AttributeValue | undefined) {
  if (value === undefined) return list.filter((_, index) => index !== at);
  return at < list.length ? list.with(at, value) : [...list, value];
}

/** A value with another one below it, or without it. */
function replaced(value: AttributeValue | undefined, path: Path, next: AttributeValue | undefined): AttributeValue {
  const [part, ...rest] = path;
  if (typeof part === "number" && value?.L) {
    const element = rest.length > 0 ? replaced(value.L[part], rest, next) : next;
    return { L: withElement(value.L, part, element) };
  }
  if (typeof part === "string" && value?.M) {
    const element = rest.length > 0 ? replaced(attribute(value.M, part), rest, next) : next;
    return { M: withAttribute(value.M, part, element) };
  }
  throw wrongPath();
}

function assign(item: Item, path: Path, value: AttributeValue | undefined): Item {
  const [name, ...rest] = path;
  const next = rest.length > 0 ? replaced(attribute(item, String(name)), rest, value) : value;
  return withAttribute(item, String(name), next);
}

/** By the first index in which two paths differ. */
function byIndex({ path: one }: { path: Path }, { path: other }: { path: Path }): number {
  const at = one.findIndex((part, index) => part !== other[index]);
  const [left, right] = [one[at], other[at]];
  return typeof left === "number" && typeof right === "number" ? left - right : 0;
}

/**
 * An item after an update. All operands are read before anything is changed; elements that are set beyond the end of a
 * list are appended in the order of their indexes, and those that are removed are so by the indexes that they had.
 *
 * @throws ServiceError when a path or an operand does not fit the item
 */
export function updated(item: Item, changes: readonly ResolvedChange[]): Item {
  const values = changes.map(({ clause, path, value }) => {
    if (clause === "REMOVE" || !value) return { path, value: undefined };
    const next = operand(value, item);
    if (clause === "SET") return { path, value: next };
    const known = valueAt(item, path);
    return { path, value: clause === "ADD" ? added(known, next) : reduced(known, next) };
  });
  const sets = values.filter(({ value }) => value !== undefined).sort(byIndex);
  const removals = values.filter(({ value }) => value === undefined).sort((one, other) => byIndex(other, one));
  return [...sets, ...removals].reduce((next, { path, value }) => assign(next, path, value), item);
}
