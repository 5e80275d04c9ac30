import type { JsonText } from "./answer";
import type { Item } from "./attribute-value";
import { readUnits } from "./capacity";
import { isMet } from "./condition";
import type { Path } from "./expression-grammar";
import { shown } from "./item-operations";
import { itemSize } from "./item-sizes";
import { projected } from "./projection";
import type { Resolved } from "./resolved-expression";
import { itemOf, type Row } from "./row";
import type { SecondaryIndex } from "./secondary-index";
import type { Table } from "./table";

/** A page ends when the items that were read for it have this size. (API reference: Query, Scan) */
const PAGE_BYTES = 1024 * 1024;

/** The members of a query or scan that a page depends on. */
interface PageInput {
  readonly Limit?: number;
  readonly Select?: string;
  readonly ConsistentRead?: boolean;
}

/** Parameters of a query or scan. */
export interface Search {
  readonly table: Table;
  readonly index: SecondaryIndex | undefined;
  readonly from: string;
  readonly to: string;
  readonly isForward: boolean;
  readonly filter: Resolved | undefined;
  readonly paths: readonly Path[] | undefined;
}

export interface Page {
  readonly items: readonly (JsonText | Item)[];
  readonly count: number;
  readonly scanned: number;
  readonly bytes: number;
  /** Read capacity units of the table beside those of the index. */
  readonly fetchedUnits: number;
  readonly last: Row | undefined;
}

/** The rows in the range that is searched. */
function* found({ table, index, from, to, isForward }: Search): Generator<Row> {
  const map = index?.entries ?? table.rows;
  for (const [, row] of isForward ? map.ascending(from, to) : map.descending(from, to)) yield row;
}

/** Reads a page. */
export function readPage(search: Search, input: PageInput): Page {
  const { index, filter, paths, table } = search;
  const { Limit: limit = Number.POSITIVE_INFINITY, Select: select } = input;
  const fetches = fetchesFromTable(search, input);
  const items: (JsonText | Item)[] = [];
  let [count, scanned, bytes, fetchedUnits] = [0, 0, 0, 0];
  let last: Row | undefined;
  for (const row of found(search)) {
    const entry = index?.attributes ? index.projected(itemOf(row)) : undefined;
    scanned += 1;
    bytes += entry ? itemSize(entry) : row.size;
    if (fetches) fetchedUnits += readUnits(row.size, input.ConsistentRead === true);
    const visible = fetches ? undefined : entry;
    if (!filter || isMet(filter, visible ?? itemOf(row))) {
      count += 1;
      if (select !== "COUNT") items.push(visible ? (paths ? projected(visible, paths) : visible) : shown(row, paths));
    }
    if (scanned >= limit || bytes >= PAGE_BYTES) {
      last = row;
      break;
    }
  }
  // A local index's queries read the rest of an item from the table.
  return { items, count, scanned, bytes, fetchedUnits: table.indexes.length > 0 ? fetchedUnits : 0, last };
}

/** Whether attributes are asked for that a local index does not have. */
function fetchesFromTable({ index, paths }: Search, { Select: select }: PageInput): boolean {
  if (!index?.attributes || index.isGlobal) return false;
  const has = index.attributes;
  return select === "ALL_ATTRIBUTES" || (paths?.some(([name]) => !has.includes(String(name))) ?? false);
}
