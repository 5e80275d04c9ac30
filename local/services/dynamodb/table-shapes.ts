import type { Shape, Shapes } from "./constraints";
import { flag, indexName, listOf, namePattern, notEmulated, oneOf, required, structure, words } from "./shape-parts";

/** Members of the operations on tables and streams. (API reference, the operations' pages) */

const keySchema = listOf(
  structure(
    { AttributeName: required(words), KeyType: required(oneOf("HASH", "RANGE")) },
    { java: "KeySchemaElement" },
  ),
  {
    required: true,
    min: 1,
    max: 2,
  },
);
const throughput = structure({
  WriteCapacityUnits: { type: "integer", required: true, min: 1 },
  ReadCapacityUnits: { type: "integer", required: true, min: 1 },
});
const index = {
  IndexName: required(indexName),
  KeySchema: keySchema,
  Projection: structure(
    { ProjectionType: oneOf("ALL", "INCLUDE", "KEYS_ONLY"), NonKeyAttributes: listOf(words, { min: 1, max: 20 }) },
    { required: true },
  ),
};
const capacity = { ProvisionedThroughput: throughput, OnDemandThroughput: notEmulated, WarmThroughput: notEmulated };
const globalIndex = { ...index, ...capacity };
const attributeDefinitions = listOf(
  structure({ AttributeName: required(words), AttributeType: required(oneOf("B", "N", "S")) }),
);
const newTableName: Shape = { type: "text", pattern: namePattern, min: 3, max: 255 };
const tags = listOf(
  structure({
    Key: { type: "text", required: true, min: 1, max: 128 },
    Value: { type: "text", required: true, min: 0, max: 256 },
  }),
);
const stream = structure({
  StreamEnabled: required(flag),
  StreamViewType: oneOf("NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES", "KEYS_ONLY"),
});
const arn: Shape = { type: "text", required: true, min: 1, max: 1283 };
const tableSettings = {
  TableName: newTableName,
  BillingMode: oneOf("PROVISIONED", "PAY_PER_REQUEST"),
  ...capacity,
  StreamSpecification: stream,
  SSESpecification: structure({ Enabled: flag, SSEType: oneOf("AES256", "KMS"), KMSMasterKeyId: words }),
  TableClass: oneOf("STANDARD", "STANDARD_INFREQUENT_ACCESS"),
  DeletionProtectionEnabled: flag,
  GlobalTableSettingsReplicationMode: notEmulated,
};

/** The shapes of operations on tables and streams. */
export const tableShapes = {
  CreateTable: {
    ...tableSettings,
    AttributeDefinitions: required(attributeDefinitions),
    KeySchema: keySchema,
    LocalSecondaryIndexes: listOf(structure(index)),
    GlobalSecondaryIndexes: listOf(structure(globalIndex)),
    Tags: tags,
    ResourcePolicy: notEmulated,
    GlobalTableSourceArn: notEmulated,
    VectorIndexes: notEmulated,
  },
  UpdateTable: {
    ...tableSettings,
    AttributeDefinitions: attributeDefinitions,
    GlobalSecondaryIndexUpdates: listOf(
      structure({
        Update: structure({ IndexName: required(indexName), ...capacity }),
        Create: structure(globalIndex),
        Delete: structure({ IndexName: required(indexName) }),
      }),
    ),
    ReplicaUpdates: notEmulated,
    MultiRegionConsistency: notEmulated,
    GlobalTableWitnessUpdates: notEmulated,
    VectorIndexUpdates: notEmulated,
    DisassociationProtectionEnabled: notEmulated,
  },
  DeleteTable: { TableName: required(newTableName) },
  DescribeTable: { TableName: required(newTableName) },
  ListTables: { ExclusiveStartTableName: newTableName, Limit: { type: "integer", min: 1, max: 100 } },
  DescribeTimeToLive: { TableName: required(newTableName) },
  UpdateTimeToLive: {
    TableName: required(newTableName),
    TimeToLiveSpecification: structure(
      { Enabled: required(flag), AttributeName: { type: "text", required: true, min: 1, max: 255 } },
      { required: true },
    ),
  },
  TagResource: { ResourceArn: arn, Tags: required(tags) },
  UntagResource: { ResourceArn: arn, TagKeys: listOf({ type: "text", min: 1, max: 128 }, { required: true }) },
  ListTagsOfResource: { ResourceArn: arn, NextToken: words },
  DescribeContinuousBackups: { TableName: required(newTableName) },
  DescribeLimits: {},
  DescribeEndpoints: {},
  ListStreams: {
    TableName: newTableName,
    Limit: { type: "integer", min: 1, max: 100 },
    ExclusiveStartStreamArn: words,
  },
  DescribeStream: {
    StreamArn: { type: "text", required: true, min: 37, max: 1024 },
    Limit: { type: "integer", min: 1, max: 100 },
    ExclusiveStartShardId: { type: "text", min: 28, max: 65 },
    ShardFilter: notEmulated,
  },
  GetShardIterator: {
    StreamArn: { type: "text", required: true, min: 37, max: 1024 },
    ShardId: { type: "text", required: true, min: 28, max: 65 },
    ShardIteratorType: required(oneOf("TRIM_HORIZON", "LATEST", "AT_SEQUENCE_NUMBER", "AFTER_SEQUENCE_NUMBER")),
    SequenceNumber: { type: "text", min: 21, max: 40 },
  },
  GetRecords: {
    ShardIterator: { type: "text", required: true, min: 1, max: 2048 },
    Limit: { type: "integer", min: 1, max: 1000 },
  },
} satisfies Readonly<Record<string, Shapes>>;
