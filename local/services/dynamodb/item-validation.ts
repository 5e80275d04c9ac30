import { ServiceError } from "../service";
import { type AttributeValue, attribute, type Item, typeOf, type ValueType, valueTypes } from "./attribute-value";
import { invalid, invalidParameter } from "./errors";
import { itemSize, LARGEST_ITEM } from "./item-sizes";
import { canonicalNumber } from "./numbers";

/** Values inside of values, at most. (Developer guide: "Quotas in Amazon DynamoDB", Attributes) */
const DEEPEST = 32;

/** AWS's error for JSON of another type than a member's. */
export const wrongJson = (message: string): ServiceError => new ServiceError("SerializationException", message);

const jsonName = (value: unknown): string => {
  if (value === true) return "TRUE_VALUE";
  if (value === false) return "FALSE_VALUE";
  if (typeof value === "number") return Number.isInteger(value) ? "NUMBER_VALUE" : "DECIMAL_VALUE";
  return "STRING_VALUE";
};

interface Simple {
  readonly string: string;
  readonly boolean: boolean;
  readonly number: number;
}

const tests: { readonly [T in keyof Simple]: (value: unknown) => value is Simple[T] } = {
  string: (value) => typeof value === "string",
  boolean: (value) => typeof value === "boolean",
  number: (value) => typeof value === "number",
};

/** A value of a simple JSON type. @throws ServiceError when it has another */
export function ofType<T extends keyof Simple>(value: unknown, type: T, java: string): Simple[T] {
  if (tests[type](value)) return value;
  if (Array.isArray(value)) throw wrongJson(`Unrecognized collection type class java.lang.${java}`);
  if (typeof value === "object") throw wrongJson("Start of structure or map found where not expected");
  throw wrongJson(`${jsonName(value)} cannot be converted to ${java}`);
}

/** A list. @throws ServiceError when it is none */
export function listOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  if (typeof value === "object") throw wrongJson("Start of structure or map found where not expected");
  throw wrongJson("Unexpected field type");
}

/** A structure or map. @throws ServiceError when it is none */
export function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null) throw wrongJson("Unexpected field type");
  if (Array.isArray(value)) throw wrongJson("Unrecognized collection type java.util.Map");
  return value as Record<string, unknown>;
}

function base64(value: unknown): string {
  if (typeof value !== "string") throw wrongJson("only base-64-encoded strings are convertible to bytes");
  if (value.length % 4 !== 0)
    throw wrongJson(`Base64 encoded length is expected a multiple of 4 bytes but found: ${value.length}`);
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(value)) throw wrongJson("Invalid Base64 character");
  // Bits beyond the last byte say nothing; of two texts for the same bytes one is kept.
  return value.endsWith("=") ? Buffer.from(value, "base64").toString("base64") : value;
}

const texts = (value: unknown): string[] =>
  listOf(value).map((member) => {
    if (member === null || member === undefined) throw invalidParameter("An set may not have a null element");
    return ofType(member, "string", "String");
  });

const distinct = (members: readonly string[]): boolean => new Set(members).size === members.length;

function stringSet(members: readonly string[]): AttributeValue {
  if (members.length === 0) throw invalidParameter("An string set  may not be empty");
  if (!distinct(members)) throw invalidParameter(`Input collection [${members.join(", ")}] contains duplicates.`);
  return { SS: members };
}

function numberSet(members: readonly string[]): AttributeValue {
  if (members.length === 0) throw invalidParameter("An number set  may not be empty");
  const numbers = members.map(canonicalNumber);
  if (!distinct(numbers)) throw invalid("Input collection contains duplicates");
  return { NS: numbers };
}

function binarySet(value: unknown): AttributeValue {
  const members = listOf(value).map(base64);
  if (members.length === 0) throw invalidParameter("Binary sets should not be empty");
  if (!distinct(members))
    throw invalidParameter(`Input collection [${members.join(", ")}]of type BS contains duplicates.`);
  return { BS: members };
}

function typedValue(type: ValueType, value: unknown, depth: number): AttributeValue {
  switch (type) {
    case "S":
      return { S: ofType(value, "string", "String") };
    case "N":
      return { N: canonicalNumber(ofType(value, "string", "String")) };
    case "B":
      return { B: base64(value) };
    case "BOOL":
      return { BOOL: ofType(value, "boolean", "Boolean") };
    case "NULL":
      if (!ofType(value, "boolean", "Boolean"))
        throw invalidParameter("Null attribute value types must have the value of true");
      return { NULL: true };
    case "SS":
      return stringSet(texts(value));
    case "NS":
      return numberSet(texts(value));
    case "BS":
      return binarySet(value);
    case "L":
      return { L: listOf(value).map((element) => checkedValue(element, depth + 1)) };
    case "M":
      return { M: checkedItem(value, depth + 1) };
  }
}

/**
 * A client's value, canonical: equal values are equal JSON, but for the order of sets and maps.
 *
 * @throws ServiceError when DynamoDB does not take it
 */
export function checkedValue(value: unknown, depth = 1): AttributeValue {
  if (depth > DEEPEST)
    throw invalid(
      "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit",
    );
  const members = value === null || value === undefined ? {} : objectOf(value);
  const types = valueTypes.filter((type) => members[type] !== undefined && members[type] !== null);
  const [type] = types;
  if (type === undefined)
    throw invalid("Supplied AttributeValue is empty, must contain exactly one of the supported datatypes");
  if (types.length > 1)
    throw invalid(
      "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes",
    );
  return typedValue(type, members[type], depth);
}

/** Bytes in an attribute's name, at most. (Developer guide: "Quotas in Amazon DynamoDB", Attributes) */
const LONGEST_NAME = 65535;

function checkName(name: string): void {
  if (name === "") throw invalid("Empty attribute name");
  if (name.length * 3 > LONGEST_NAME && Buffer.byteLength(name) > LONGEST_NAME)
    throw invalid("Attribute name is too large, must be less than 65536 bytes");
}

/** A client's item or key, canonical. @throws ServiceError when DynamoDB does not take it */
export function checkedItem(item: unknown, depth = 1): Item {
  const given = objectOf(item);
  const checked: Record<string, AttributeValue> = {};
  for (const name of Object.keys(given)) {
    checkName(name);
    const value = checkedValue(given[name], depth);
    if (name === "__proto__") Object.defineProperty(checked, name, { value, enumerable: true, configurable: true });
    else checked[name] = value;
  }
  return checked;
}

/** The size of an item in bytes. @throws ServiceError with these words when no item is as large */
export function checkSize(item: Item, words: string): number {
  const size = itemSize(item);
  if (size > LARGEST_ITEM) throw invalid(words);
  return size;
}

/** An attribute that keys tables or indexes. */
export interface KeyAttribute {
  readonly name: string;
  readonly type: "S" | "N" | "B";
}

const emptyWords = { S: "string", B: "binary", N: "" };

/** Bytes in a partition key and in a sort key, at most. (Developer guide: "Quotas in Amazon DynamoDB") */
const LARGEST_PARTITION_KEY = 2048;
const LARGEST_SORT_KEY = 1024;

function checkKeyLength(value: AttributeValue, isPartition: boolean): void {
  const bytes = value.S === undefined ? Buffer.byteLength(value.B ?? "", "base64") : Buffer.byteLength(value.S);
  if (isPartition && bytes > LARGEST_PARTITION_KEY)
    throw invalidParameter("Size of hashkey has exceeded the maximum size limit of2048 bytes");
  if (!isPartition && bytes > LARGEST_SORT_KEY)
    throw invalidParameter("Aggregated size of all range keys has exceeded the size limit of 1024 bytes");
}

const isEmpty = (value: AttributeValue): boolean => value.S === "" || value.B === "";

const mismatch = () => invalid("The provided key element does not match the schema");

/** Checks a primary key that a request gives. @throws ServiceError when it is not one of the table's */
export function checkKey(key: Item, schema: readonly KeyAttribute[]): void {
  if (Object.keys(key).length !== schema.length) throw mismatch();
  for (const [at, { name, type }] of schema.entries()) {
    const value = attribute(key, name);
    if (value?.[type] === undefined) throw mismatch();
    if (isEmpty(value))
      throw invalid(
        `One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty ${emptyWords[type]} value. Key: ${name}`,
      );
    checkKeyLength(value, at === 0);
  }
}

/** Checks that an item has the table's primary key. @throws ServiceError when it hasn't */
export function checkItemKey(item: Item, schema: readonly KeyAttribute[]): void {
  for (const [at, { name, type }] of schema.entries()) {
    const value = attribute(item, name);
    if (!value) throw invalidParameter(`Missing the key ${name} in the item`);
    if (value[type] === undefined)
      throw invalidParameter(`Type mismatch for key ${name} expected: ${type} actual: ${typeOf(value)}`);
    if (isEmpty(value))
      throw invalid(
        `One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty ${emptyWords[type]} value. Key: ${name}`,
      );
    checkKeyLength(value, at === 0);
  }
}

/** Checks what an item has of an index's key: it need not have it, but may not have something else. */
export function checkIndexKey(item: Item, indexName: string, schema: readonly KeyAttribute[]): void {
  for (const [at, { name, type }] of schema.entries()) {
    const value = attribute(item, name);
    if (!value) continue;
    if (value[type] === undefined)
      throw invalidParameter(
        `Type mismatch for Index Key ${name} Expected: ${type} Actual: ${typeOf(value)} IndexName: ${indexName}`,
      );
    if (isEmpty(value))
      throw invalid(
        `One or more parameter values are not valid. A value specified for a secondary index key is not supported. The AttributeValue for a key attribute cannot contain an empty ${emptyWords[type]} value. IndexName: ${indexName}, IndexKey: ${name}`,
      );
    checkKeyLength(value, at === 0);
  }
}
