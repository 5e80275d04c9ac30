import type { OperationId } from "../../contracts/api";
import { itemsApi } from "../../contracts/items";
import { type Database, startDatabase, type TableSchema } from "./dynamodb";
import { type Functions, functionsOf } from "./functions";
import { type Bucket, startBucket } from "./s3";

/** The items system on one machine: its services, and its functions as they are deployed. */
export type ItemsSystem = Functions<OperationId<typeof itemsApi>> & {
  readonly database: Database;
  readonly assets: Bucket;
};

/** The table as the stack declares it. */
export const itemsTable: TableSchema = {
  TableName: "items-test",
  KeySchema: [
    { AttributeName: "list", KeyType: "HASH" },
    { AttributeName: "id", KeyType: "RANGE" },
  ],
  AttributeDefinitions: ["list", "id"].map((AttributeName) => ({ AttributeName, AttributeType: "S" })),
};

/** Starts the services; functions start when they are first used. */
export async function startItems(): Promise<ItemsSystem> {
  const [database, assets] = await Promise.all([startDatabase(itemsTable), startBucket("assets-test")]);
  const functions = functionsOf(itemsApi, {
    services: [database, assets],
    variables: {
      ITEMS_TABLE: database.table,
      ASSETS_BUCKET: assets.bucket,
      AWS_ENDPOINT_URL_DYNAMODB: database.server.url,
      AWS_ENDPOINT_URL_S3: assets.server.url,
    },
  });
  return { ...functions, database, assets };
}
