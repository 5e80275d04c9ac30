import { type Answers, given, leftOut } from "../answers";

/** What an operation consumed of a table or an index. */
const reading: Answers = {
  ...given("CapacityUnits"),
  ...leftOut(
    "units are named by their kind in answers about transactions alone",
    "ReadCapacityUnits WriteCapacityUnits",
  ),
};

const capacityOf = (units: Answers): Answers => ({
  ...given("TableName"),
  ...units,
  Table: { members: units },
  LocalSecondaryIndexes: { each: units },
  GlobalSecondaryIndexes: { each: units },
  ...leftOut("vector indexes are refused", "VectorIndexes"),
});

/** Reads of items by their keys touch no index. */
const withoutIndexes = (units: Answers): Answers => ({
  ...capacityOf(units),
  ...leftOut("a table's items are read without an index", "LocalSecondaryIndexes GlobalSecondaryIndexes"),
});

const unitsOf = (own: string, other: string): Answers => ({
  ...given(`CapacityUnits ${own}`),
  ...leftOut("it is of the other kind of transaction", other),
});
const transactionReads = unitsOf("ReadCapacityUnits", "WriteCapacityUnits");
const transactionWrites = unitsOf("WriteCapacityUnits", "ReadCapacityUnits");

/** Of either kind of transaction. */
const kinds = "CapacityUnits ReadCapacityUnits WriteCapacityUnits";

const capacity = { members: capacityOf(reading) };
const collection: Answers = given("ItemCollectionKey SizeEstimateRangeGB");

const written: Answers = {
  ...given("Attributes"),
  ConsumedCapacity: capacity,
  ItemCollectionMetrics: { members: collection },
};

const found: Answers = { ...given("Items Count ScannedCount LastEvaluatedKey"), ConsumedCapacity: capacity };

const keySchema = { each: given("AttributeName KeyType") };
const projection = { members: given("ProjectionType NonKeyAttributes") };
const throughput = {
  members: {
    ...given("NumberOfDecreasesToday ReadCapacityUnits WriteCapacityUnits"),
    ...leftOut("no history of throughput is kept", "LastIncreaseDateTime LastDecreaseDateTime"),
  },
};
const cloudThroughput = leftOut("throughput is not limited here, or warmed up", "OnDemandThroughput WarmThroughput");
const index: Answers = {
  ...given("IndexName IndexSizeBytes ItemCount IndexArn"),
  KeySchema: keySchema,
  Projection: projection,
};

const table: Answers = {
  AttributeDefinitions: { each: given("AttributeName AttributeType") },
  KeySchema: keySchema,
  ...given("TableName TableStatus CreationDateTime TableSizeBytes ItemCount TableArn TableId"),
  ProvisionedThroughput: throughput,
  BillingModeSummary: { members: given("BillingMode LastUpdateToPayPerRequestDateTime") },
  LocalSecondaryIndexes: { each: index },
  GlobalSecondaryIndexes: {
    each: {
      ...index,
      ...given("IndexStatus"),
      ProvisionedThroughput: throughput,
      ...leftOut("an index is complete once it is made", "Backfilling"),
      ...cloudThroughput,
    },
  },
  StreamSpecification: { members: given("StreamEnabled StreamViewType") },
  ...given("LatestStreamLabel LatestStreamArn DeletionProtectionEnabled"),
  SSEDescription: {
    members: {
      ...given("Status SSEType KMSMasterKeyArn"),
      ...leftOut("keys stay reachable", "InaccessibleEncryptionDateTime"),
    },
  },
  TableClassSummary: {
    members: { ...given("TableClass"), ...leftOut("no history of classes is kept", "LastUpdateDateTime") },
  },
  ...leftOut(
    "replicas are refused",
    "GlobalTableVersion Replicas GlobalTableWitnesses GlobalTableSettingsReplicationMode MultiRegionConsistency",
  ),
  ...leftOut("it is refused where it is asked for", "DisassociationProtectionEnabled"),
  ...leftOut("backups are not emulated", "RestoreSummary ArchivalSummary"),
  ...leftOut("vector indexes are refused", "VectorIndexes"),
  ...cloudThroughput,
};

const change: Answers = { TableDescription: { members: table } };

/** The members of what DynamoDB's operations answer. (DynamoDB API reference, the operations' pages) */
export const dynamoDbAnswers: Readonly<Record<string, Answers>> = {
  GetItem: { ...given("Item"), ConsumedCapacity: { members: withoutIndexes(reading) } },
  PutItem: written,
  UpdateItem: written,
  DeleteItem: written,
  Query: found,
  Scan: found,
  BatchGetItem: {
    ...given("Responses"),
    UnprocessedKeys: {
      each: given("Keys AttributesToGet ConsistentRead ProjectionExpression ExpressionAttributeNames"),
    },
    ConsumedCapacity: { each: withoutIndexes(reading) },
  },
  BatchWriteItem: {
    // Nothing is throttled, so it is empty.
    ...given("UnprocessedItems"),
    ItemCollectionMetrics: { each: collection },
    ConsumedCapacity: { each: capacityOf(reading) },
  },
  TransactGetItems: {
    Responses: { each: given("Item") },
    ConsumedCapacity: { each: withoutIndexes(transactionReads) },
  },
  TransactWriteItems: {
    ItemCollectionMetrics: { each: collection },
    ConsumedCapacity: { each: capacityOf(transactionWrites) },
  },
  ExecuteStatement: { ...given("Items NextToken LastEvaluatedKey"), ConsumedCapacity: capacity },
  BatchExecuteStatement: {
    Responses: { each: { Error: { members: given("Code Message Item") }, ...given("TableName Item") } },
    ConsumedCapacity: { each: capacityOf(reading) },
  },
  ExecuteTransaction: {
    Responses: { each: given("Item") },
    ConsumedCapacity: {
      each: {
        ...capacityOf(transactionWrites),
        ...given(kinds),
        Table: { members: given(kinds) },
      },
    },
  },
  CreateTable: change,
  UpdateTable: change,
  DeleteTable: change,
  DescribeTable: { Table: { members: table } },
  ListTables: given("TableNames LastEvaluatedTableName"),
  UpdateTimeToLive: { TimeToLiveSpecification: { members: given("Enabled AttributeName") } },
  DescribeTimeToLive: { TimeToLiveDescription: { members: given("TimeToLiveStatus AttributeName") } },
  TagResource: {},
  UntagResource: {},
  ListTagsOfResource: {
    Tags: { each: given("Key Value") },
    ...leftOut("a table's fifty tags are one page", "NextToken"),
  },
  DescribeContinuousBackups: {
    ContinuousBackupsDescription: {
      members: {
        ...given("ContinuousBackupsStatus"),
        PointInTimeRecoveryDescription: {
          members: {
            ...given("PointInTimeRecoveryStatus"),
            ...leftOut(
              "there are no backups",
              "RecoveryPeriodInDays EarliestRestorableDateTime LatestRestorableDateTime",
            ),
          },
        },
      },
    },
  },
  DescribeLimits: given(
    "AccountMaxReadCapacityUnits AccountMaxWriteCapacityUnits TableMaxReadCapacityUnits TableMaxWriteCapacityUnits",
  ),
};
