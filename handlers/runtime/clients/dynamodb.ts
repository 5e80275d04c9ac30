import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { settings, withinDeadline } from "./client";

/**
 * DynamoDB with plain values. Numbers are doubles on both sides: what JavaScript prints for one reads back as the same
 * one, so 1e100 needs neither BigInt nor a wrapper (the library's defaults refuse it, or return a BigInt).
 *
 * @example
 * const client = documentClient();
 * const { Item } = await client.send(new GetCommand({ TableName: "things", Key: { thingId: "a" } }));
 */
export const documentClient = (): DynamoDBDocumentClient =>
  withinDeadline(
    "DynamoDB",
    DynamoDBDocumentClient.from(new DynamoDBClient(settings()), {
      marshallOptions: { removeUndefinedValues: true, allowImpreciseNumbers: true },
      unmarshallOptions: { wrapNumbers: Number },
    }),
  );
