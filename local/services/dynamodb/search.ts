import { answer, type JsonText, jsonList } from "./answer";
import { attribute, equal, type Item, pick } from "./attribute-value";
import { type CapacityMode, Consumption, readUnits } from "./capacity";
import type { Database } from "./database";
import { invalid, invalidParameter } from "./errors";
import type { Path } from "./expression-grammar";
import { checkMembers, readExpressions } from "./expressions";
import { attributePaths, checkProjection, type ReadInput } from "./item-operations";
import { checkedItem, checkKey, type KeyAttribute } from "./item-validation";
import { checkKeyConditions, inRange, type KeyConditions, keyConditionsOf, rangeOf, valueFor } from "./key-condition";
import { HIGHEST, partitionStart, segmentRange } from "./keys";
import { filterCondition, type LegacyConditions, legacyKeyConditions } from "./legacy";
import { readPage, type Search } from "./page";
import type { Resolved } from "./resolved-expression";
import { pathsIn } from "./resolved-expression";
import { itemOf, type Row } from "./row";
import type { SecondaryIndex } from "./secondary-index";
import type { Table } from "./table";
import { checkKeyPath } from "./writes";

interface SearchInput extends ReadInput {
  readonly TableName: string;
  readonly IndexName?: string;
  readonly Select?: string;
  readonly Limit?: number;
  readonly ExclusiveStartKey?: Item;
  readonly ConditionalOperator?: string;
  readonly ReturnConsumedCapacity?: CapacityMode;
}

interface QueryInput extends SearchInput {
  readonly KeyConditions?: LegacyConditions;
  readonly QueryFilter?: LegacyConditions;
  readonly ScanIndexForward?: boolean;
}

interface ScanInput extends SearchInput {
  readonly ScanFilter?: LegacyConditions;
  readonly Segment?: number;
  readonly TotalSegments?: number;
}

function startKeyOf({ table, index }: Pick<Search, "table" | "index">, row: Row): Item {
  const names = [...table.key, ...(index?.key ?? [])].map(({ name }) => name);
  return pick(itemOf(row), [...new Set(names)]);
}

function result(search: Search, input: SearchInput): JsonText {
  const page = readPage(search, input);
  const consumption = new Consumption(search.table);
  const units = readUnits(page.bytes, input.ConsistentRead === true);
  if (search.index) consumption.addIndex(search.index.name, units);
  else consumption.addTable(units);
  consumption.addTable(page.fetchedUnits);
  return answer({
    Items: input.Select === "COUNT" ? undefined : jsonList(page.items),
    Count: page.count,
    ScannedCount: page.scanned,
    LastEvaluatedKey: page.last && startKeyOf(search, page.last),
    ConsumedCapacity: consumption.answer(input.ReturnConsumedCapacity),
  });
}

/** The place that is searched. @throws ServiceError when there is none, or it can't be read consistently */
function placeOf(database: Database, input: SearchInput) {
  const table = database.table(input.TableName);
  const index = input.IndexName === undefined ? undefined : table.index(input.IndexName);
  if (index?.isGlobal && input.ConsistentRead)
    throw invalid("Consistent reads are not supported on global secondary indexes");
  return { table, index, key: index?.key ?? table.key };
}

function checkSelect(input: SearchInput, index: SecondaryIndex | undefined, paths: readonly Path[] | undefined): void {
  const { Select: select } = input;
  if (select === "SPECIFIC_ATTRIBUTES" && !paths)
    throw invalidParameter(
      "Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES",
    );
  if (select !== undefined && select !== "SPECIFIC_ATTRIBUTES" && paths)
    throw invalidParameter(
      `Cannot specify the ${input.ProjectionExpression === undefined ? "AttributesToGet" : "ProjectionExpression"} when choosing to get ${select === "COUNT" ? "only the Count" : select}`,
    );
  if (select === "ALL_PROJECTED_ATTRIBUTES" && !index)
    throw invalidParameter("ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName");
  if (select === "ALL_ATTRIBUTES" && index?.isGlobal && index.attributes)
    throw invalidParameter(
      `Select type ALL_ATTRIBUTES is not supported for global secondary index ${index.name} because its projection type is not ALL`,
    );
}

/** A start key, its values checked. */
function givenStart(input: SearchInput): Item | undefined {
  return input.ExclusiveStartKey ? checkedItem(input.ExclusiveStartKey) : undefined;
}

const invalidStart = (words = "") => invalid(`The provided starting key is invalid${words}`);

function checkStart(start: Item, table: Table, index: SecondaryIndex | undefined): void {
  const names = new Set([...table.key, ...(index?.key ?? [])].map(({ name }) => name));
  const fits = (key: readonly KeyAttribute[]): boolean =>
    key.every(({ name, type }) => attribute(start, name)?.[type] !== undefined);
  if (Object.keys(start).length !== names.size || !fits(table.key) || !fits(index?.key ?? []))
    throw invalidStart(index ? "" : ": The provided key element does not match the schema");
  checkKey(table.primaryKey(start), table.key);
}

const placeOfStart = (start: Item, table: Table, index: SecondaryIndex | undefined): string => {
  const key = table.keyOf(start);
  return index ? (index.keyOf(start, key) ?? key) : key;
};

/** The part of a range after a start key. */
function after(range: { from: string; to: string }, place: string | undefined, isForward: boolean) {
  if (place === undefined) return range;
  return isForward ? { ...range, from: `${place}\x00` } : { ...range, to: place };
}

function checkQueryStart(start: Item, conditions: KeyConditions, [partition, sort]: readonly KeyAttribute[]): void {
  if (!partition) return;
  const [given, wanted] = [attribute(start, partition.name), valueFor(conditions, partition.name)];
  const samePartition = given !== undefined && wanted !== undefined && equal(given, wanted);
  const condition = sort && conditions.get(sort.name);
  if (condition && !inRange(attribute(start, sort.name), partitionStart(given ?? { S: "" }), condition))
    throw invalid("The provided starting key does not match the range key predicate");
  if (!samePartition)
    throw invalid("The provided starting key is outside query boundaries based on provided conditions");
}

function checkFilter(words: string, filter: Resolved | undefined, key: readonly KeyAttribute[], table: Table): void {
  if (!filter) return;
  const paths = pathsIn(filter);
  const keyed = key.find(({ name }) => paths.some(([first]) => first === name));
  if (keyed)
    throw invalid(`${words} can only contain non-primary key attributes: Primary key attribute: ${keyed.name}`);
  for (const path of paths) checkKeyPath(table, path);
}

/** The first parts of paths that an index does not have. */
const unprojected = (index: SecondaryIndex, paths: readonly Path[]): readonly string[] => [
  ...new Set(
    paths.map(([name]) => String(name)).filter((name) => index.attributes && !index.attributes.includes(name)),
  ),
];

/** A global index gives what it has, and nothing of the table. (API reference: Query, Select) */
function checkProjected(index: SecondaryIndex | undefined, paths: readonly Path[] = []): void {
  const missing = index?.isGlobal ? unprojected(index, paths) : [];
  if (missing.length > 0)
    throw invalidParameter(`Global secondary index ${index?.name} does not project [${missing.join(", ")}]`);
}

function checkFiltered(index: SecondaryIndex | undefined, filter: Resolved | undefined): void {
  const missing = index && filter ? unprojected(index, pathsIn(filter)) : [];
  if (missing.length > 0)
    throw invalidParameter(
      `Secondary index ${index?.name} does not project one or more filter attributes: [${missing.join(", ")}]`,
    );
}

/** Query */
export function query(database: Database, input: QueryInput): JsonText {
  checkMembers(
    input,
    ["ProjectionExpression", "FilterExpression", "KeyConditionExpression"],
    [
      "AttributesToGet",
      "QueryFilter",
      "ConditionalOperator",
      ...(input.KeyConditionExpression ? ["KeyConditions"] : []),
    ],
  );
  const { QueryFilter: olderFilter, KeyConditions: older, ScanIndexForward: isForward = true } = input;
  const legacyFilter = olderFilter && filterCondition(olderFilter, input.ConditionalOperator);
  const legacyPaths = attributePaths(input.AttributesToGet);
  const start = givenStart(input);
  if (!older && input.KeyConditionExpression === undefined)
    throw invalid("Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.");
  const { keyCondition, filter = legacyFilter, projection: paths = legacyPaths } = readExpressions(input);
  const conditions = keyCondition ? keyConditionsOf(keyCondition) : legacyKeyConditions(older ?? {});
  const { table, index, key } = placeOf(database, input);
  if (start) checkStart(start, table, index);
  checkKeyConditions(conditions, key, input.IndexName);
  if (start) checkQueryStart(start, conditions, key);
  checkProjection(table, paths);
  checkFilter(olderFilter ? "QueryFilter" : "Filter Expression", filter, key, table);
  checkSelect(input, index, paths);
  checkProjected(index, paths);
  checkFiltered(index, filter);
  const place = start && placeOfStart(start, table, index);
  const range = after(rangeOf(conditions, key), place, isForward);
  return result({ table, index, ...range, isForward, filter, paths }, input);
}

function segmentOf({ Segment: segment, TotalSegments: total }: ScanInput) {
  if (segment !== undefined && total === undefined)
    throw invalid(
      "The TotalSegments parameter is required but was not present in the request when Segment parameter is present",
    );
  if (segment === undefined && total !== undefined)
    throw invalid(
      "The Segment parameter is required but was not present in the request when parameter TotalSegments is present",
    );
  if (segment === undefined || total === undefined) return { from: "", to: HIGHEST };
  if (segment >= total)
    throw invalid(
      `The Segment parameter is zero-based and must be less than parameter TotalSegments: Segment: ${segment} is not less than TotalSegments: ${total}`,
    );
  return segmentRange(segment, total);
}

/** Scan */
export function scan(database: Database, input: ScanInput): JsonText {
  checkMembers(
    input,
    ["ProjectionExpression", "FilterExpression"],
    ["AttributesToGet", "ScanFilter", "ConditionalOperator"],
  );
  const legacyPaths = attributePaths(input.AttributesToGet);
  const legacyFilter = input.ScanFilter && filterCondition(input.ScanFilter, input.ConditionalOperator);
  const start = givenStart(input);
  const segment = segmentOf(input);
  const { filter = legacyFilter, projection: paths = legacyPaths } = readExpressions(input);
  const { table, index } = placeOf(database, input);
  if (start) checkStart(start, table, index);
  checkProjection(table, paths);
  if (filter) for (const path of pathsIn(filter)) checkKeyPath(table, path);
  checkSelect(input, index, paths);
  checkProjected(index, paths);
  const place = start && placeOfStart(start, table, index);
  if (place !== undefined && (place < segment.from || place >= segment.to))
    throw invalidStart(
      `: Invalid ExclusiveStartKey. Please use ExclusiveStartKey with correct Segment. TotalSegments: ${input.TotalSegments} Segment: ${input.Segment}`,
    );
  return result({ table, index, ...after(segment, place, true), isForward: true, filter, paths }, input);
}
