import { GetItemCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import type { Candidate, Tables } from "./candidates";

/** The key under which user-management reserves the date of a user's next entry. */
const CLAIM = "#claim";

/** Whether somebody has made another entry in its place since: two entries of a user would be live. */
async function isSuperseded({ client, to, keys }: Tables, { item }: Candidate): Promise<boolean> {
  const [partition = "", sort] = keys;
  // The name is a string: no item of a table that is sorted by others has it.
  if (sort === undefined || item[partition] === undefined || item[sort]?.S === undefined) return false;
  const Key = { [partition]: item[partition], [sort]: { S: CLAIM } };
  const { Item } = await client.send(new GetItemCommand({ TableName: to, Key, ConsistentRead: true }));
  const next = Item?.["entryDate"]?.S;
  return next !== undefined && item[sort]?.S !== CLAIM && next !== item[sort]?.S;
}

/**
 * Puts an item back in the place of what was seen there: nothing, or a tombstone of that very time. What has come there since
 * stays.
 *
 * @returns why it was not put back
 */
export async function putBack(tables: Tables, candidate: Candidate): Promise<string | undefined> {
  if (await isSuperseded(tables, candidate)) return "somebody has made another entry since";
  const { item, deletedAt } = candidate;
  const [name = "", condition] = deletedAt
    ? [deletedAt.attribute, "#name = :time"]
    : [tables.keys[0], "attribute_not_exists(#name)"];
  try {
    await tables.client.send(
      new PutItemCommand({
        TableName: tables.to,
        Item: item,
        ConditionExpression: condition,
        ExpressionAttributeNames: { "#name": name },
        ...(deletedAt ? { ExpressionAttributeValues: { ":time": { S: deletedAt.time } } } : {}),
      }),
    );
    return undefined;
  } catch (error) {
    if (error instanceof Error && error.name === "ConditionalCheckFailedException") return "it has changed meanwhile";
    throw error;
  }
}
