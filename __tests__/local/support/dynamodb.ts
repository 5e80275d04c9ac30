import { CreateTableCommand, type CreateTableCommandInput, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { Database } from "../../../local/services/dynamodb/database";
import { databaseListener } from "../../../local/services/dynamodb/server";
import { startAwsServer } from "../../support/aws-server";

/** The database alone, over HTTP. */
export interface DynamoDb {
  readonly client: DynamoDBClient;
  /** A response to JSON that no SDK would send. */
  raw(
    operation: string,
    body: string | object,
  ): Promise<{ readonly status: number; readonly body: Record<string, unknown> }>;
  /** Faults that the listener reports, other than the client's. */
  readonly problems: readonly string[];
  stop(): Promise<void>;
}

/** Starts a database with these tables. */
export async function startDynamoDb(tables: readonly CreateTableCommandInput[]): Promise<DynamoDb> {
  const problems: string[] = [];
  const server = await startAwsServer(databaseListener(new Database(), (problem) => problems.push(problem)));
  const client = new DynamoDBClient({
    endpoint: server.url,
    region: "us-east-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
    maxAttempts: 1,
  });
  for (const table of tables) await client.send(new CreateTableCommand({ BillingMode: "PAY_PER_REQUEST", ...table }));
  return {
    client,
    problems,
    raw: async (operation, body) => {
      const answer = await fetch(server.url, {
        method: "POST",
        headers: { "X-Amz-Target": `DynamoDB_20120810.${operation}`, Authorization: "any" },
        body: typeof body === "string" ? body : JSON.stringify(body),
      });
      return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
    },
    stop: async () => {
      client.destroy();
      await server.stop();
    },
  };
}

/** A table of the keys p and s, with a global index by g and h and a local one by l. */
export const indexed = {
  TableName: "indexed",
  KeySchema: [
    { AttributeName: "p", KeyType: "HASH" },
    { AttributeName: "s", KeyType: "RANGE" },
  ],
  AttributeDefinitions: [
    { AttributeName: "p", AttributeType: "S" },
    { AttributeName: "s", AttributeType: "B" },
    { AttributeName: "g", AttributeType: "S" },
    { AttributeName: "h", AttributeType: "S" },
    { AttributeName: "l", AttributeType: "B" },
  ],
  GlobalSecondaryIndexes: [
    {
      IndexName: "byG",
      KeySchema: [
        { AttributeName: "g", KeyType: "HASH" },
        { AttributeName: "h", KeyType: "RANGE" },
      ],
      Projection: { ProjectionType: "KEYS_ONLY" },
    },
  ],
  LocalSecondaryIndexes: [
    {
      IndexName: "byL",
      KeySchema: [
        { AttributeName: "p", KeyType: "HASH" },
        { AttributeName: "l", KeyType: "RANGE" },
      ],
      Projection: { ProjectionType: "ALL" },
    },
  ],
} satisfies CreateTableCommandInput;

/** A table of the key id. */
export const simple = {
  TableName: "simple",
  KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
  AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
} satisfies CreateTableCommandInput;
