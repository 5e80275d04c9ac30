import { CreateTableCommand, type CreateTableCommandInput, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, GetCommand, PutCommand, QueryCommand, ScanCommand } from "@aws-sdk/lib-dynamodb";
import { Database as Engine } from "../../local/services/dynamodb/database";
import { databaseListener } from "../../local/services/dynamodb/server";
import { type AwsServer, startAwsServer } from "./aws-server";

/** An embedded DynamoDB with one table, and a client of its own that no fault reaches. */
export interface Database {
  readonly server: AwsServer;
  readonly table: string;
  readonly client: DynamoDBDocumentClient;
  /** The item by this key (partition key, then sort key if the table has one), whatever it is. */
  item(...key: string[]): Promise<Record<string, unknown> | undefined>;
  items(): Promise<Record<string, unknown>[]>;
  /** The items with this partition key, by sort key. */
  itemsOf(partitionKey: string): Promise<Record<string, unknown>[]>;
  put(item: Record<string, unknown>): Promise<void>;
  stop(): Promise<void>;
}

/** A table as its stack declares it. */
export type TableSchema = Omit<CreateTableCommandInput, "BillingMode"> &
  Required<Pick<CreateTableCommandInput, "TableName" | "KeySchema">>;

/** A client over an endpoint that reads numbers as the handlers' own does. */
export const clientOf = (endpoint: string): DynamoDBDocumentClient =>
  DynamoDBDocumentClient.from(
    new DynamoDBClient({
      endpoint,
      region: "us-east-1",
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
    }),
    {
      marshallOptions: { removeUndefinedValues: true, allowImpreciseNumbers: true },
      unmarshallOptions: { wrapNumbers: Number },
    },
  );

/** Starts the database with an empty table. */
export async function startDatabase(schema: TableSchema): Promise<Database> {
  const table = schema.TableName ?? "";
  const listener = databaseListener(new Engine(), console.error);
  const server = await startAwsServer(listener);
  const direct = await startAwsServer(listener);
  const client = clientOf(direct.url);
  await client.send(new CreateTableCommand({ BillingMode: "PAY_PER_REQUEST", ...schema }));
  const keyOf = (key: readonly string[]) =>
    Object.fromEntries((schema.KeySchema ?? []).map(({ AttributeName = "" }, index) => [AttributeName, key[index]]));
  const items = async () => (await client.send(new ScanCommand({ TableName: table }))).Items ?? [];
  return {
    server,
    table,
    client,
    item: async (...key) => (await client.send(new GetCommand({ TableName: table, Key: keyOf(key) }))).Item,
    items,
    itemsOf: async (partitionKey) => {
      const query = new QueryCommand({
        TableName: table,
        KeyConditionExpression: "#key = :key",
        ExpressionAttributeNames: { "#key": schema.KeySchema?.[0]?.AttributeName ?? "" },
        ExpressionAttributeValues: { ":key": partitionKey },
      });
      return (await client.send(query)).Items ?? [];
    },
    put: async (Item) => void (await client.send(new PutCommand({ TableName: table, Item }))),
    stop: async () => {
      client.destroy();
      await Promise.all([server.stop(), direct.stop()]);
    },
  };
}
