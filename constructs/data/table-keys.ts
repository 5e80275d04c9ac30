import type {
  DynamodbTableAttribute,
  DynamodbTableGlobalSecondaryIndex,
  DynamodbTableLocalSecondaryIndex,
} from "@cdktf/provider-aws/lib/dynamodb-table";
import { dynamoDbLimits } from "../../aws/limits";
import { between, type Rule } from "../synth/validation";

/** Primary key of a table or of a global secondary index. */
export interface Key {
  /** The attribute whose value decides where an item lies. */
  readonly partitionKey: string;
  /** The attribute that orders the items of a partition. @default none: of an index, any number in no order */
  readonly sortKey?: string | undefined;
}

/**
 * What an index has of an item beside the keys, its own and the table's: everything, nothing, or these attributes
 * (`INCLUDE`). A global index has nothing else to give; for a query of a local one DynamoDB reads each item in the table.
 */
export type Projection = "ALL" | "KEYS_ONLY" | readonly string[];

/** A global secondary index: all items that have its keys, in an order of its own, read a moment later. */
export interface GlobalIndex extends Key {
  /** @default "ALL" */
  readonly projection?: Projection;
}

/** A local secondary index: the items of each partition in another order, read consistently where that is asked for. */
export interface LocalIndex {
  /** The attribute that orders the items of a partition of the table. */
  readonly sortKey: string;
  /** @default "ALL" */
  readonly projection?: Projection;
}

/** The type of a key attribute: a string, a number, or bytes. */
export type KeyType = "S" | "N" | "B";

/** The keys of a table and of its indexes. */
export interface TableKeys extends Key {
  readonly attributeTypes: Readonly<Record<string, KeyType>>;
  readonly globalIndexes: readonly (readonly [name: string, index: GlobalIndex])[];
  readonly localIndexes: readonly (readonly [name: string, index: LocalIndex])[];
}

const inSchema = ({ partitionKey, sortKey }: Key): string[] => (sortKey ? [partitionKey, sortKey] : [partitionKey]);

/** Every primary key that there is, a table's own first. */
const keysOf = (keys: TableKeys): readonly Key[] => [
  keys,
  ...keys.globalIndexes.map(([, index]) => index),
  ...keys.localIndexes.map(([, { sortKey }]) => ({ partitionKey: keys.partitionKey, sortKey })),
];

/** Exactly the attributes that keys use: one more or less is an error at plan. */
export const keyAttributes = (keys: TableKeys): readonly string[] => [...new Set(keysOf(keys).flatMap(inSchema))];

const projectionOf = (projection: Projection = "ALL") =>
  typeof projection === "string"
    ? { projectionType: projection }
    : { projectionType: "INCLUDE", nonKeyAttributes: [...projection] };

/** A table's keys and indexes as Terraform has them. */
export function keyArguments(keys: TableKeys) {
  const { partitionKey, sortKey, attributeTypes: types, globalIndexes, localIndexes } = keys;
  const typeOf = (name: string) => (Object.hasOwn(types, name) ? types[name] : undefined) ?? "S";
  const attribute: DynamodbTableAttribute[] = keyAttributes(keys).map((name) => ({ name, type: typeOf(name) }));
  const global: DynamodbTableGlobalSecondaryIndex[] = globalIndexes.map(([name, index]) => ({
    name,
    hashKey: index.partitionKey,
    ...(index.sortKey ? { rangeKey: index.sortKey } : {}),
    ...projectionOf(index.projection),
  }));
  const local: DynamodbTableLocalSecondaryIndex[] = localIndexes.map(([name, index]) => ({
    name,
    rangeKey: index.sortKey,
    ...projectionOf(index.projection),
  }));
  return {
    hashKey: partitionKey,
    ...(sortKey ? { rangeKey: sortKey } : {}),
    attribute,
    globalSecondaryIndex: global,
    ...(local.length > 0 ? { localSecondaryIndex: local } : {}),
  };
}

/** The rules for what an index has of an item. */
function projectionRules(place: string, projection: Projection | undefined, keys: readonly string[]): Rule[] {
  if (projection === undefined || typeof projection === "string") return [];
  const key = projection.find((name) => keys.includes(name));
  const twice = projection.find((name, at) => projection.indexOf(name) !== at);
  const [least, most] = dynamoDbLimits.projectedAttributes;
  return [
    [
      projection.length >= least && projection.length <= most,
      `${place}.projection must name ${least}–${most} attributes, got ${projection.length}; say "KEYS_ONLY" for none, or "ALL"`,
    ],
    [key === undefined, `${place}.projection must not name keys, which an index has, got ${key}; leave it out`],
    [twice === undefined, `${place}.projection must name each attribute once, got ${twice} twice; leave one out`],
  ];
}

/** The rules of DynamoDB for keys and indexes (developer guide, "Quotas in Amazon DynamoDB", "Local Secondary Indexes"). */
export function keyRules(keys: TableKeys): Rule[] {
  const { partitionKey, sortKey, attributeTypes, globalIndexes, localIndexes } = keys;
  const globals = globalIndexes.map(([name, index]) => ({ place: `indexes.${name}`, name, ...index }));
  const locals = localIndexes.map(([name, index]) => ({ place: `localIndexes.${name}`, name, partitionKey, ...index }));
  const indexes = [...globals, ...locals];
  const attributes = keyAttributes(keys);
  const unused = Object.keys(attributeTypes).filter((name) => !attributes.includes(name));
  const both = locals.filter(({ name }) => globals.some((index) => index.name === name)).map(({ name }) => name);
  const projected = indexes.flatMap(({ projection = [] }) => (typeof projection === "string" ? [] : projection));
  return [
    [
      unused.length === 0,
      `attributeTypes must name attributes that are keys, got ${unused.join(", ")}; other attributes have whatever type is written`,
    ],
    [
      sortKey !== undefined || localIndexes.length === 0,
      `localIndexes must be of a table with a sortKey, got ${locals.map(({ name }) => name).join(", ")} without one; set sortKey, or make them indexes`,
    ],
    between("the number of indexes", globals.length, [0, dynamoDbLimits.globalIndexes]),
    between("the number of localIndexes", locals.length, [0, dynamoDbLimits.localIndexes]),
    [both.length === 0, `localIndexes must have other names than indexes, got ${both.join(", ")} twice; rename one`],
    [
      projected.length <= dynamoDbLimits.projectedAttributesOfTable,
      `the projections of all indexes must name ${dynamoDbLimits.projectedAttributesOfTable} attributes at most, got ${projected.length}; say "ALL" of one`,
    ],
    ...[
      { place: "sortKey", name: "", ...keys },
      ...indexes.map((index) => ({ ...index, place: `${index.place}.sortKey` })),
    ].map(
      (key): Rule => [
        key.sortKey !== key.partitionKey,
        `${key.place} must be another attribute than the partition key, got ${key.sortKey}; leave it out or name another`,
      ],
    ),
    ...indexes.map(
      ({ place, name }): Rule => [
        /^[\w.-]{3,255}$/.test(name),
        `${place} must have a name of 3–255 letters, digits, -, _ and ., got ${name}; choose another`,
      ],
    ),
    ...indexes.flatMap(({ place, projection, ...key }) =>
      projectionRules(place, projection, [...inSchema(keys), ...inSchema(key)]),
    ),
  ];
}
