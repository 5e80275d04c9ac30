import {
  type AttributeValue,
  DescribeTableCommand,
  DynamoDBClient,
  PutItemCommand,
  paginateScan,
} from "@aws-sdk/client-dynamodb";

const usage = `npm run restore-items -- <from> <to>

Copies the items of one table into another that has none of the same key; what is there is left alone. The region and the
credentials are the AWS SDK's own affair (AWS_REGION, AWS_PROFILE).`;

type Item = Record<string, AttributeValue>;

/** Puts an item where there is none; whether there was. */
async function putIfMissing(client: DynamoDBClient, table: string, [key, item]: [string, Item]): Promise<boolean> {
  try {
    const condition = { ConditionExpression: "attribute_not_exists(#key)", ExpressionAttributeNames: { "#key": key } };
    await client.send(new PutItemCommand({ TableName: table, Item: item, ...condition }));
    return true;
  } catch (error) {
    if (error instanceof Error && error.name === "ConditionalCheckFailedException") return false;
    throw error;
  }
}

/** Copies what is missing, and says what it did. */
async function main(from: string | undefined, to: string | undefined): Promise<void> {
  if (!from || !to || from === to) throw new Error(usage);
  const client = new DynamoDBClient({});
  const { Table } = await client.send(new DescribeTableCommand({ TableName: to }));
  const keys = (Table?.KeySchema ?? []).map(({ AttributeName = "" }) => AttributeName);
  const [key = ""] = keys;
  let left = 0;
  let restored = 0;
  for await (const { Items = [] } of paginateScan({ client }, { TableName: from, ConsistentRead: true })) {
    for (const item of Items) {
      if (await putIfMissing(client, to, [key, item])) {
        restored += 1;
        console.log(`restored ${keys.map((name) => Object.values(item[name] ?? {}).join()).join(" / ")}`);
      } else left += 1;
    }
  }
  console.log(`${restored} restored, ${left} left as they are`);
}

main(...(process.argv.slice(2) as [string?, string?])).catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
