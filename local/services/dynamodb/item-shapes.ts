import type { Shape, Shapes } from "./constraints";
import {
  flag,
  indexName,
  item,
  listOf,
  namePattern,
  names,
  oneOf,
  required,
  requiredItem,
  structure,
  tableName,
  value,
  words,
} from "./shape-parts";

/** Members of the operations on items, in the order in which AWS checks them. (API reference, the operations' pages) */

const capacity = oneOf("INDEXES", "TOTAL", "NONE");
const metrics = oneOf("SIZE", "NONE");
const returnValues = oneOf("ALL_NEW", "UPDATED_OLD", "ALL_OLD", "NONE", "UPDATED_NEW");
const onFailure = oneOf("ALL_OLD", "NONE");
const conditional = oneOf("OR", "AND");
const comparison = oneOf(
  "IN",
  "NULL",
  "BETWEEN",
  "LT",
  "NOT_CONTAINS",
  "EQ",
  "GT",
  "NOT_NULL",
  "NE",
  "LE",
  "BEGINS_WITH",
  "GE",
  "CONTAINS",
);
const conditions: Shape = {
  type: "map",
  of: structure({ AttributeValueList: listOf(value), ComparisonOperator: required(comparison) }),
};
const expected: Shape = {
  type: "map",
  of: structure({ AttributeValueList: listOf(value), ComparisonOperator: comparison, Exists: flag, Value: value }),
};
const attributesToGet = listOf(words, { min: 1, max: 255 });

const expressionValues = { ExpressionAttributeNames: names, ExpressionAttributeValues: item };
const write = {
  TableName: tableName,
  ReturnValues: returnValues,
  ReturnConsumedCapacity: capacity,
  ReturnItemCollectionMetrics: metrics,
  ReturnValuesOnConditionCheckFailure: onFailure,
  ConditionExpression: words,
  ConditionalOperator: conditional,
  Expected: expected,
  ...expressionValues,
};
const read = {
  TableName: tableName,
  AttributesToGet: attributesToGet,
  ConsistentRead: flag,
  ReturnConsumedCapacity: capacity,
  ProjectionExpression: words,
  ExpressionAttributeNames: names,
};
const search = {
  ...read,
  Select: oneOf("SPECIFIC_ATTRIBUTES", "COUNT", "ALL_ATTRIBUTES", "ALL_PROJECTED_ATTRIBUTES"),
  IndexName: indexName,
  ConditionalOperator: conditional,
  ExclusiveStartKey: item,
  FilterExpression: words,
  ...expressionValues,
};

const tables = { keys: { min: 1, max: 255, pattern: namePattern } };
const transactional = {
  TableName: tableName,
  ConditionExpression: words,
  ReturnValuesOnConditionCheckFailure: onFailure,
  ...expressionValues,
};

const statement = {
  Statement: { type: "text", required: true, min: 1, max: 8192 },
  Parameters: listOf(value, { min: 1 }),
  ReturnValuesOnConditionCheckFailure: onFailure,
} satisfies Shapes;

/** The shapes of operations on items. */
export const itemShapes = {
  GetItem: { ...read, Key: requiredItem },
  PutItem: { ...write, Item: requiredItem },
  DeleteItem: { ...write, Key: requiredItem },
  UpdateItem: {
    ...write,
    Key: requiredItem,
    UpdateExpression: words,
    AttributeUpdates: {
      type: "map",
      of: structure({ Action: oneOf("ADD", "DELETE", "PUT"), Value: value }),
    },
  },
  Query: {
    ...search,
    Limit: { type: "integer", min: 1, terse: true },
    ScanIndexForward: flag,
    KeyConditions: conditions,
    QueryFilter: conditions,
    KeyConditionExpression: words,
  },
  Scan: {
    ...search,
    Limit: { type: "integer", min: 1 },
    ScanFilter: conditions,
    Segment: { type: "integer", min: 0, max: 999_999 },
    TotalSegments: { type: "integer", min: 1, max: 1_000_000 },
  },
  BatchGetItem: {
    ReturnConsumedCapacity: capacity,
    RequestItems: {
      type: "map",
      required: true,
      ...tables,
      of: structure({
        Keys: listOf(item, { required: true, min: 1, max: 100, terse: true }),
        AttributesToGet: attributesToGet,
        ConsistentRead: flag,
        ProjectionExpression: words,
        ExpressionAttributeNames: names,
      }),
    },
  },
  BatchWriteItem: {
    ReturnConsumedCapacity: capacity,
    ReturnItemCollectionMetrics: metrics,
    RequestItems: {
      type: "map",
      required: true,
      ...tables,
      values: { min: 1, max: 25 },
      of: listOf(
        structure({
          PutRequest: structure({ Item: requiredItem }),
          DeleteRequest: structure({ Key: requiredItem }),
        }),
      ),
    },
  },
  ExecuteStatement: {
    ...statement,
    NextToken: { type: "text", min: 1, max: 32_768 },
    ReturnConsumedCapacity: capacity,
    Limit: { type: "integer", min: 1 },
    ConsistentRead: flag,
  },
  BatchExecuteStatement: {
    Statements: listOf(structure({ ...statement, ConsistentRead: flag }), { required: true, min: 1, max: 25 }),
    ReturnConsumedCapacity: capacity,
  },
  ExecuteTransaction: {
    TransactStatements: listOf(structure(statement), { required: true, min: 1, max: 100 }),
    ClientRequestToken: { type: "text", min: 1, max: 36 },
    ReturnConsumedCapacity: capacity,
  },
  TransactGetItems: {
    ReturnConsumedCapacity: capacity,
    TransactItems: listOf(
      structure({
        Get: structure(
          { TableName: tableName, Key: requiredItem, ProjectionExpression: words, ExpressionAttributeNames: names },
          { required: true },
        ),
      }),
      { required: true, min: 1, max: 100 },
    ),
  },
  TransactWriteItems: {
    ReturnConsumedCapacity: capacity,
    ReturnItemCollectionMetrics: metrics,
    ClientRequestToken: { type: "text", min: 1, max: 36 },
    TransactItems: listOf(
      structure({
        ConditionCheck: structure({ ...transactional, Key: requiredItem, ConditionExpression: required(words) }),
        Put: structure({ ...transactional, Item: requiredItem }),
        Delete: structure({ ...transactional, Key: requiredItem }),
        Update: structure({ ...transactional, Key: requiredItem, UpdateExpression: required(words) }),
      }),
      { required: true, min: 1, max: 100 },
    ),
  },
} satisfies Readonly<Record<string, Shapes>>;
