import type { OperationId } from "../../contracts/api";
import { recordsApi } from "../../contracts/records";
import { type Database, startDatabase, type TableSchema } from "./dynamodb";
import { type Functions, functionsOf } from "./functions";
import { type Bucket, startBucket } from "./s3";
import { type ParameterStore, startParameterStore } from "./ssm";

/** The records system on one machine: its services, and its functions as they are deployed. */
export type RecordsSystem = Functions<OperationId<typeof recordsApi>> & {
  readonly database: Database;
  readonly logBucket: Bucket;
  readonly parameters: ParameterStore;
};

/** The parameter with the secret of cursors, and the secret. */
export const cursorSecret = { name: "/records/test/cursor-secret", value: "a-secret-that-no-log-ever-shows" };

/** The table as the stack declares it; expiry is DynamoDB's own business and never happens here. */
export const recordsTable: TableSchema = {
  TableName: "records-test",
  KeySchema: [{ AttributeName: "recordId", KeyType: "HASH" }],
  AttributeDefinitions: [
    { AttributeName: "recordId", AttributeType: "S" },
    { AttributeName: "source", AttributeType: "S" },
    { AttributeName: "createdAt", AttributeType: "S" },
  ],
  GlobalSecondaryIndexes: [
    {
      IndexName: "bySource",
      KeySchema: [
        { AttributeName: "source", KeyType: "HASH" },
        { AttributeName: "createdAt", KeyType: "RANGE" },
      ],
      Projection: { ProjectionType: "ALL" },
    },
  ],
};

/** Starts the services; functions start when they are first used. */
export async function startRecords(): Promise<RecordsSystem> {
  const [database, logBucket, parameters] = await Promise.all([
    startDatabase(recordsTable),
    startBucket("log-bucket-test"),
    startParameterStore({ [cursorSecret.name]: cursorSecret.value }),
  ]);
  const functions = functionsOf(recordsApi, {
    services: [database, logBucket, parameters],
    variables: {
      RECORDS_TABLE: database.table,
      LOG_BUCKET: logBucket.bucket,
      CURSOR_SECRET_PARAMETER: cursorSecret.name,
      AWS_ENDPOINT_URL_DYNAMODB: database.server.url,
      AWS_ENDPOINT_URL_S3: logBucket.server.url,
      AWS_ENDPOINT_URL_SSM: parameters.server.url,
    },
  });
  return { ...functions, database, logBucket, parameters };
}
