import { notPlayed } from "../service";
import { json } from "./answer";
import { batchGetItem, batchWriteItem } from "./batches";
import { checkShape, type Shapes } from "./constraints";
import type { Database } from "./database";
import { deleteItem, getItem, putItem, updateItem } from "./item-operations";
import { itemShapes } from "./item-shapes";
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

/** An operation's input, once its shape has been checked. */
// biome-ignore lint/suspicious/noExplicitAny: each operation's shapes say what its input is
type Input = any;

interface Operation {
  readonly shapes: Shapes;
  readonly run: (database: Database, input: Input) => object;
}

const operations: ReadonlyMap<string, Operation> = new Map(
  Object.entries<Operation>({
    GetItem: { shapes: itemShapes.GetItem, run: getItem },
    PutItem: { shapes: itemShapes.PutItem, run: putItem },
    DeleteItem: { shapes: itemShapes.DeleteItem, run: deleteItem },
    UpdateItem: { shapes: itemShapes.UpdateItem, run: updateItem },
    Query: { shapes: itemShapes.Query, run: query },
    Scan: { shapes: itemShapes.Scan, run: scan },
    BatchGetItem: { shapes: itemShapes.BatchGetItem, run: batchGetItem },
    BatchWriteItem: { shapes: itemShapes.BatchWriteItem, run: batchWriteItem },
    TransactGetItems: { shapes: itemShapes.TransactGetItems, run: transactGetItems },
    TransactWriteItems: { shapes: itemShapes.TransactWriteItems, run: transactWriteItems },
    CreateTable: { shapes: tableShapes.CreateTable, run: createTable },
    UpdateTable: { shapes: tableShapes.UpdateTable, run: updateTable },
    DeleteTable: { shapes: tableShapes.DeleteTable, run: deleteTable },
    DescribeTable: { shapes: tableShapes.DescribeTable, run: describeTable },
    ListTables: { shapes: tableShapes.ListTables, run: listTables },
    UpdateTimeToLive: { shapes: tableShapes.UpdateTimeToLive, run: updateTimeToLive },
    DescribeTimeToLive: { shapes: tableShapes.DescribeTimeToLive, run: describeTimeToLive },
    TagResource: { shapes: tableShapes.TagResource, run: tagResource },
    UntagResource: { shapes: tableShapes.UntagResource, run: untagResource },
    ListTagsOfResource: { shapes: tableShapes.ListTagsOfResource, run: listTagsOfResource },
    DescribeContinuousBackups: { shapes: tableShapes.DescribeContinuousBackups, run: describeContinuousBackups },
    DescribeLimits: { shapes: tableShapes.DescribeLimits, run: describeLimits },
    ListStreams: { shapes: tableShapes.ListStreams, run: listStreams },
    DescribeStream: { shapes: tableShapes.DescribeStream, run: describeStream },
    GetShardIterator: { shapes: tableShapes.GetShardIterator, run: getShardIterator },
    GetRecords: { shapes: tableShapes.GetRecords, run: getRecords },
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
export function execute(database: Database, operation: string, input: Readonly<Record<string, unknown>>): string {
  const known = operations.get(operation);
  if (!known) throw notPlayed("DynamoDB", operation);
  return json(known.run(database, checkShape(withTableNames(input), known.shapes)));
}
