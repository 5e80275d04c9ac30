import type { RequestListener } from "node:http";
import { CreateTableCommand, type CreateTableCommandInput, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, GetCommand, PutCommand, ScanCommand } from "@aws-sdk/lib-dynamodb";
import dynalite from "dynalite";
import { type AwsServer, startAwsServer } from "./aws-server";

/** An embedded DynamoDB with the records table, and a client of its own that no fault reaches. */
export interface Database {
  readonly server: AwsServer;
  readonly table: string;
  readonly client: DynamoDBDocumentClient;
  /** The item by this id, whatever it is. */
  item(recordId: string): Promise<Record<string, unknown> | undefined>;
  items(): Promise<Record<string, unknown>[]>;
  put(item: Record<string, unknown>): Promise<void>;
  stop(): Promise<void>;
}

/** The table as the stack declares it; expiry is DynamoDB's own business and never happens here. */
const schema: Omit<CreateTableCommandInput, "TableName"> = {
  BillingMode: "PAY_PER_REQUEST",
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

// The SDK warns of the end of Node 20, which tests may still run on.
process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] = "true";

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
export async function startDatabase(table = "records-test"): Promise<Database> {
  const engine = dynalite({ createTableMs: 0 });
  const listener: RequestListener = (request, response) => void engine.emit("request", request, response);
  const server = await startAwsServer(listener);
  const direct = await startAwsServer(listener);
  const client = clientOf(direct.url);
  await client.send(new CreateTableCommand({ TableName: table, ...schema }));
  const items = async () => (await client.send(new ScanCommand({ TableName: table }))).Items ?? [];
  return {
    server,
    table,
    client,
    item: async (recordId) => (await client.send(new GetCommand({ TableName: table, Key: { recordId } }))).Item,
    items,
    put: async (Item) => void (await client.send(new PutCommand({ TableName: table, Item }))),
    stop: async () => {
      client.destroy();
      await Promise.all([server.stop(), direct.stop()]);
    },
  };
}
