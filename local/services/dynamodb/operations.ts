import { notEmulated } from "../service";
import { json } from "./answer";
import { batchGetItem, batchWriteItem } from "./batches";
import { checkShape, type Shapes } from "./constraints";
import type { Database } from "./database";
import { deleteItem, getItem, putItem, updateItem } from "./item-operations";
import { itemShapes } from "./item-shapes";
import { batchExecuteStatement, executeStatement, executeTransaction } from "./partiql";
import { query, scan } from "./search";
import { describeStream, getRecords, getShardIterator, listStreams } from "./stream-operations";
import {
  describeContinuousBackups,
  describeLimits,
  describeTimeToLive,
  listTagsOfResource,
  tagResource,
  untagResource,
  updateTimeToLive,
} from "./table-attributes";
import { withTableNames } from "./table-name";
import { createTable, deleteTable, describeTable, listTables, updateTable } from "./table-operations";
import { tableShapes } from "./table-shapes";
import { transactGetItems, transactWriteItems } from "./transactions";

type Input = Readonly<Record<string, unknown>>;
type Operation = (database: Database, input: Input) => object;

/** An operation whose shapes are those of its input's type. */
const operation =
  <T extends object>(shapes: Shapes, run: (database: Database, input: T) => object): Operation =>
  (database, input) =>
    run(database, checkShape<T>(withTableNames(input), shapes));

const operations: ReadonlyMap<string, Operation> = new Map(
  Object.entries<Operation>({
    GetItem: operation(itemShapes.GetItem, getItem),
    PutItem: operation(itemShapes.PutItem, putItem),
    DeleteItem: operation(itemShapes.DeleteItem, deleteItem),
    UpdateItem: operation(itemShapes.UpdateItem, updateItem),
    Query: operation(itemShapes.Query, query),
    Scan: operation(itemShapes.Scan, scan),
    BatchGetItem: operation(itemShapes.BatchGetItem, batchGetItem),
    BatchWriteItem: operation(itemShapes.BatchWriteItem, batchWriteItem),
    TransactGetItems: operation(itemShapes.TransactGetItems, transactGetItems),
    TransactWriteItems: operation(itemShapes.TransactWriteItems, transactWriteItems),
    ExecuteStatement: operation(itemShapes.ExecuteStatement, executeStatement),
    BatchExecuteStatement: operation(itemShapes.BatchExecuteStatement, batchExecuteStatement),
    ExecuteTransaction: operation(itemShapes.ExecuteTransaction, executeTransaction),
    CreateTable: operation(tableShapes.CreateTable, createTable),
    UpdateTable: operation(tableShapes.UpdateTable, updateTable),
    DeleteTable: operation(tableShapes.DeleteTable, deleteTable),
    DescribeTable: operation(tableShapes.DescribeTable, describeTable),
    ListTables: operation(tableShapes.ListTables, listTables),
    UpdateTimeToLive: operation(tableShapes.UpdateTimeToLive, updateTimeToLive),
    DescribeTimeToLive: operation(tableShapes.DescribeTimeToLive, describeTimeToLive),
    TagResource: operation(tableShapes.TagResource, tagResource),
    UntagResource: operation(tableShapes.UntagResource, untagResource),
    ListTagsOfResource: operation(tableShapes.ListTagsOfResource, listTagsOfResource),
    DescribeContinuousBackups: operation(tableShapes.DescribeContinuousBackups, describeContinuousBackups),
    DescribeLimits: operation(tableShapes.DescribeLimits, describeLimits),
    ListStreams: operation(tableShapes.ListStreams, listStreams),
    DescribeStream: operation(tableShapes.DescribeStream, describeStream),
    GetShardIterator: operation(tableShapes.GetShardIterator, getShardIterator),
    GetRecords: operation(tableShapes.GetRecords, getRecords),
  }),
);

/** Whether there is an operation of a name. */
export const isOperation = (name: string): boolean => operations.has(name);

/**
 * Does an operation.
 *
 * @param input what a request's JSON says
 * @returns the answer's JSON
 * @throws ServiceError as AWS answers; StorageError when the disk does not take a write
 */
export function execute(database: Database, name: string, input: Input): string {
  const run = operations.get(name);
  if (!run) throw notEmulated("DynamoDB", name);
  return json(run(database, input));
}
