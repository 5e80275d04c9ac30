/** A value as DynamoDB's protocol writes it: exactly one member, which names the type. Binary is in base64, numbers are text. */
export interface AttributeValue {
  readonly S?: string;
  readonly N?: string;
  readonly B?: string;
  readonly BOOL?: boolean;
  readonly NULL?: boolean;
  readonly SS?: readonly string[];
  readonly NS?: readonly string[];
  readonly BS?: readonly string[];
  readonly L?: readonly AttributeValue[];
  readonly M?: Item;
}

/** Attribute names → values. Names are a client's text: read them with `attribute`, which reaches no prototype. */
export type Item = Readonly<Record<string, AttributeValue>>;

export type ValueType = keyof AttributeValue;

export const valueTypes: readonly ValueType[] = ["S", "N", "B", "BOOL", "NULL", "SS", "NS", "BS", "L", "M"];

/** The type of a value that has been checked. */
export function typeOf(value: AttributeValue): ValueType {
  for (const type in value) return type as ValueType;
  return "NULL";
}

/** The attribute of a name, whatever the name is. */
export const attribute = (item: Item, name: string): AttributeValue | undefined =>
  Object.hasOwn(item, name) ? item[name] : undefined;

/** The item with another value for one attribute, or without it. The order of the others stays. */
export function withAttribute(item: Item, name: string, value: AttributeValue | undefined): Item {
  const entries = Object.entries(item);
  const at = entries.findIndex(([known]) => known === name);
  if (value === undefined) {
    if (at >= 0) entries.splice(at, 1);
  } else if (at >= 0) entries[at] = [name, value];
  else entries.push([name, value]);
  // Defines each name, `__proto__` as well, where an assignment would not.
  return Object.fromEntries(entries);
}

/** Some of an item's attributes, in the order of the names. */
export function pick(item: Item, names: readonly string[]): Item {
  const found: [string, AttributeValue][] = [];
  for (const name of names) {
    const value = attribute(item, name);
    if (value !== undefined) found.push([name, value]);
  }
  return Object.fromEntries(found);
}

const sameMembers = (one: readonly string[], other: readonly string[]): boolean => {
  if (one.length !== other.length) return false;
  const members = new Set(one);
  return other.every((member) => members.has(member));
};

function sameMaps(one: Item, other: Item): boolean {
  const names = Object.keys(one);
  if (names.length !== Object.keys(other).length) return false;
  return names.every((name) => {
    const [left, right] = [attribute(one, name), attribute(other, name)];
    return left !== undefined && right !== undefined && equal(left, right);
  });
}

/** Whether two values have the same type and content: lists in order, maps and sets in any. Numbers are canonical, so text. */
export function equal(one: AttributeValue, other: AttributeValue): boolean {
  if (one.L && other.L) {
    const right = other.L;
    return one.L.length === right.length && one.L.every((value, at) => equal(value, right[at] as AttributeValue));
  }
  if (one.M && other.M) return sameMaps(one.M, other.M);
  if (one.SS && other.SS) return sameMembers(one.SS, other.SS);
  if (one.NS && other.NS) return sameMembers(one.NS, other.NS);
  if (one.BS && other.BS) return sameMembers(one.BS, other.BS);
  const type = typeOf(one);
  return type === typeOf(other) && one[type] === other[type];
}
