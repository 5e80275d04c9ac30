import { Table, type TableProps } from "../../constructs/data/table";
import { emptyStack, problemsOf, synth } from "../support/stack";

const made = (props: TableProps<string>) => {
  const stack = emptyStack();
  new Table(stack, "readings", props);
  return stack;
};
const resource = (props: TableProps<string>) => synth(made(props)).at("aws_dynamodb_table", "readings");
const problems = (props: TableProps<string>) => problemsOf(made(props)).map((text) => text.replace(/^[^:]*: /, ""));

const keys = { partitionKey: "sensor", sortKey: "at" };
const names = (count: number, prefix = "a") => Array.from({ length: count }, (_, at) => `${prefix}${at}`);

it("declares numbers and bytes as what they are, whichever key or index uses them", () => {
  const indexes = { byDay: { partitionKey: "day", sortKey: "at" } };
  const types = { sensor: "B", at: "N", value: "N" } as const;

  expect(
    resource({ ...keys, indexes, localIndexes: { byValue: { sortKey: "value" } }, attributeTypes: types }),
  ).toMatchObject({
    attribute: [
      { name: "sensor", type: "B" },
      { name: "at", type: "N" },
      { name: "day", type: "S" },
      { name: "value", type: "N" },
    ],
  });
});

it("declares local indexes by their sort keys, since the partition key is the table's", () => {
  expect(resource({ ...keys, localIndexes: { byValue: { sortKey: "value" } } })["local_secondary_index"]).toEqual([
    { name: "byValue", range_key: "value", projection_type: "ALL" },
  ]);
});

it("projects all attributes, none, or those that are named, in indexes of both kinds", () => {
  const indexes = {
    all: { partitionKey: "day" },
    none: { partitionKey: "day", projection: "KEYS_ONLY" },
    some: { partitionKey: "day", projection: ["unit", "value"] },
  } as const;
  const { global_secondary_index: global, local_secondary_index: local } = resource({
    ...{ ...keys, indexes },
    localIndexes: {
      some2: { sortKey: "day", projection: ["unit"] },
      none2: { sortKey: "day", projection: "KEYS_ONLY" },
    },
  });

  expect(global).toEqual([
    { name: "all", hash_key: "day", projection_type: "ALL" },
    { name: "none", hash_key: "day", projection_type: "KEYS_ONLY" },
    { name: "some", hash_key: "day", projection_type: "INCLUDE", non_key_attributes: ["unit", "value"] },
  ]);
  expect(local).toEqual([
    { name: "some2", range_key: "day", projection_type: "INCLUDE", non_key_attributes: ["unit"] },
    { name: "none2", range_key: "day", projection_type: "KEYS_ONLY" },
  ]);
});

it("gives grants on local indexes, which have no metrics of their own", () => {
  const stack = emptyStack();
  const table = new Table(stack, "readings", { ...keys, localIndexes: { byValue: { sortKey: "value" } } });

  expect(table.consumedMetrics("Read").map(({ dimensions }) => dimensions)).toEqual([
    { TableName: "test-dev-readings" },
  ]);
});

it("takes provisioned capacity with local indexes, which use the table's", () => {
  const capacity = { minimum: 1, maximum: 2, targetPercent: 50 };

  expect(problems({ ...keys, capacity, localIndexes: { byValue: { sortKey: "value" } } })).toEqual([]);
});

const index = { partitionKey: "day" };
const local = { sortKey: "value" };
const indexed = <T>(count: number, value: T, prefix = "index") =>
  Object.fromEntries(names(count, prefix).map((name) => [name, value]));

it("takes as much as DynamoDB takes", () => {
  const indexes = indexed(20, index);
  const localIndexes = indexed(5, { ...local, projection: names(20) }, "local");

  expect(problems({ ...keys, indexes, localIndexes })).toEqual([]);
});

it.each<[string, TableProps<string>, string]>([
  [
    "a type of an attribute that is no key",
    { ...keys, attributeTypes: { value: "N", other: "B" } },
    "attributeTypes must name attributes that are keys, got value, other; other attributes have whatever type is written",
  ],
  [
    "a local index of a table without a sort key",
    { partitionKey: "sensor", localIndexes: { byValue: local } },
    "localIndexes must be of a table with a sortKey, got byValue without one; set sortKey, or make them indexes",
  ],
  [
    "more than 20 indexes",
    { ...keys, indexes: indexed(21, index) },
    "the number of indexes must be a whole number 0–20, got 21; choose one in this range",
  ],
  [
    "more than 5 local indexes",
    { ...keys, localIndexes: indexed(6, local) },
    "the number of localIndexes must be a whole number 0–5, got 6; choose one in this range",
  ],
  [
    "one name for two indexes",
    { ...keys, indexes: { byDay: index }, localIndexes: { byDay: local } },
    "localIndexes must have other names than indexes, got byDay twice; rename one",
  ],
  [
    "a name that DynamoDB has not",
    { ...keys, indexes: { "by day": index } },
    "indexes.by day must have a name of 3–255 letters, digits, -, _ and ., got by day; choose another",
  ],
  [
    "a projection of nothing",
    { ...keys, indexes: { byDay: { ...index, projection: [] } } },
    'indexes.byDay.projection must name 1–20 attributes, got 0; say "KEYS_ONLY" for none, or "ALL"',
  ],
  [
    "a projection of more than 20 attributes",
    { ...keys, localIndexes: { byValue: { ...local, projection: names(21) } } },
    'localIndexes.byValue.projection must name 1–20 attributes, got 21; say "KEYS_ONLY" for none, or "ALL"',
  ],
  [
    "projections of more than 100 attributes together, of indexes of both kinds",
    {
      ...{ ...keys, indexes: { byDay: { ...index, projection: ["unit"] } } },
      localIndexes: indexed(5, { ...local, projection: names(20) }),
    },
    'the projections of all indexes must name 100 attributes at most, got 101; say "ALL" of one',
  ],
  [
    "a projection of a key of the table",
    { ...keys, indexes: { byDay: { ...index, projection: ["unit", "at"] } } },
    "indexes.byDay.projection must not name keys, which an index has, got at; leave it out",
  ],
  [
    "a projection of a key of the index",
    { ...keys, localIndexes: { byValue: { ...local, projection: ["value"] } } },
    "localIndexes.byValue.projection must not name keys, which an index has, got value; leave it out",
  ],
  [
    "a projection of an attribute twice",
    { ...keys, indexes: { byDay: { ...index, projection: ["unit", "unit"] } } },
    "indexes.byDay.projection must name each attribute once, got unit twice; leave one out",
  ],
  [
    "one attribute for both keys of an index",
    { ...keys, indexes: { byDay: { partitionKey: "day", sortKey: "day" } } },
    "indexes.byDay.sortKey must be another attribute than the partition key, got day; leave it out or name another",
  ],
  [
    "the partition key as the sort key of a local index",
    { ...keys, localIndexes: { bySensor: { sortKey: "sensor" } } },
    "localIndexes.bySensor.sortKey must be another attribute than the partition key, got sensor; leave it out or name another",
  ],
  [
    "one attribute for both keys of the table",
    { partitionKey: "sensor", sortKey: "sensor" },
    "sortKey must be another attribute than the partition key, got sensor; leave it out or name another",
  ],
  [
    "a time to live in the sort key of a local index",
    { ...keys, localIndexes: { byEnd: { sortKey: "endsAt" } }, timeToLiveAttribute: "endsAt" },
    "timeToLiveAttribute must not be a key, got endsAt; name another attribute",
  ],
])("refuses %s", (_, props, message) => {
  expect(problems(props)).toEqual([message]);
});
