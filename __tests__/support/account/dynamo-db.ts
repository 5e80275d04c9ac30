import { CreateTableCommand, DescribeTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, PutCommand } from "@aws-sdk/lib-dynamodb";
import { databaseListener } from "../../../local/services/dynamodb/server";
import { startAwsServer } from "../aws-server";
import type { Account } from "./contents";
import { type Asked, type Input, jsonService, type Service, targetOf } from "./service";

const clientAt = (endpoint: string, region: string): DynamoDBClient =>
  new DynamoDBClient({ endpoint, region, credentials: { accessKeyId: "test", secretAccessKey: "test" } });

/** Makes another table like the one that there is, and puts into it what that had. */
async function restore(client: DynamoDBClient, from: string, to: string, items: readonly Input[]): Promise<void> {
  const { Table } = await client.send(new DescribeTableCommand({ TableName: from }));
  const { KeySchema, AttributeDefinitions } = Table ?? {};
  await client.send(
    new CreateTableCommand({ TableName: to, KeySchema, AttributeDefinitions, BillingMode: "PAY_PER_REQUEST" }),
  );
  for (const Item of items) await DynamoDBDocumentClient.from(client).send(new PutCommand({ TableName: to, Item }));
}

/** The embedded database, and what an operator does with tables besides: recovery and exports. */
export const dynamoDb = (account: Account, url: () => string): Service => {
  const besides = jsonService({
    DescribeContinuousBackups: () => ({
      ContinuousBackupsDescription: {
        ContinuousBackupsStatus: "ENABLED",
        PointInTimeRecoveryDescription: {
          PointInTimeRecoveryStatus: "ENABLED",
          EarliestRestorableDateTime: Date.parse("2026-01-01T00:00:00Z") / 1000,
          LatestRestorableDateTime: Date.parse("2026-01-31T12:10:00Z") / 1000,
        },
      },
    }),
    RestoreTableToPointInTime: async ({ SourceTableName, TargetTableName }, { region }) => {
      const client = clientAt(url(), region);
      await restore(client, SourceTableName, TargetTableName, account.recoverable.get(SourceTableName) ?? []);
      client.destroy();
      return { TableDescription: { TableName: TargetTableName, TableStatus: "CREATING" } };
    },
    ExportTableToPointInTime: ({ TableArn, S3Bucket }) => {
      account.exports.push({ table: TableArn, bucket: S3Bucket });
      return { ExportDescription: { ExportStatus: "IN_PROGRESS", TableArn, S3Bucket } };
    },
  });
  const embedded = startAwsServer(databaseListener(account.database, console.error));
  const forward = async ({ headers, body }: Asked) => {
    const { host: _, connection: __, "content-length": ___, expect: ____, ...others } = headers;
    const answer = await fetch((await embedded).url, {
      method: "POST",
      headers: others as Record<string, string>,
      body: new Uint8Array(body),
    });
    return { status: answer.status, body: new Uint8Array(await answer.arrayBuffer()) };
  };
  const own = ["DescribeContinuousBackups", "RestoreTableToPointInTime", "ExportTableToPointInTime"];
  account.stopping.push(async () => (await embedded).stop());
  return (asked) => (own.includes(targetOf(asked)) ? besides(asked) : forward(asked));
};
