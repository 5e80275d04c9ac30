import * as sdk from "@aws-sdk/client-dynamodb";
import { NormalizedSchema } from "@smithy/core/schema";
import type { Shape, Shapes } from "../../../../local/services/dynamodb/constraints";
import { itemShapes } from "../../../../local/services/dynamodb/item-shapes";
import { tableShapes } from "../../../../local/services/dynamodb/table-shapes";
import { type DynamoDb, simple, startDynamoDb } from "../../support/dynamodb";

/** The members of the SDK's model that shapes do not have, by their paths. */
function missing(schema: NormalizedSchema, shape: Shape, place: string): string[] {
  if (schema.isListSchema() || schema.isMapSchema())
    return shape.of ? missing(schema.getValueSchema(), shape.of, `${place}[]`) : [];
  if (!schema.isStructSchema() || shape.type !== "structure") return [];
  const members = shape.members ?? {};
  return [...schema.structIterator()].flatMap(([name, member]) => {
    const known = Object.hasOwn(members, name) ? members[name] : undefined;
    return known ? missing(member, known, `${place}.${name}`) : [`${place}.${name}`];
  });
}

const operations = Object.entries<Shapes>({ ...itemShapes, ...tableShapes });
const commands = sdk as unknown as Record<
  string,
  { new (input: object): { schema: { readonly 4: Parameters<typeof NormalizedSchema.of>[0] } } } | undefined
>;

test.each(operations.filter(([name]) => commands[`${name}Command`]))(
  "each member that %s has in the SDK's model is read, or refused by its name",
  (name, members) => {
    const command = new commands[`${name}Command`]!({});
    const input = NormalizedSchema.of(command.schema[4]);
    expect(input.isStructSchema()).toBe(true);
    expect(missing(input, { type: "structure", members }, name)).toEqual([]);
  },
);

describe("what is accepted is described", () => {
  let database: DynamoDb;
  beforeAll(async () => {
    database = await startDynamoDb([simple]);
  });
  afterAll(() => database.stop());
  const table = async () => (await database.client.send(new sdk.DescribeTableCommand({ TableName: "simple" }))).Table!;
  const update = (more: object) => database.client.send(new sdk.UpdateTableCommand({ TableName: "simple", ...more }));

  test.each([
    [{ Enabled: true }, "arn:aws:kms:us-east-1:123456789012:alias/aws/dynamodb"],
    [{ Enabled: true, SSEType: "KMS", KMSMasterKeyId: "1-2" }, "arn:aws:kms:us-east-1:123456789012:key/1-2"],
    [{ Enabled: true, KMSMasterKeyId: "alias/mine" }, "arn:aws:kms:us-east-1:123456789012:alias/mine"],
    [{ Enabled: true, KMSMasterKeyId: "arn:aws:kms:eu-west-1:1:key/x" }, "arn:aws:kms:eu-west-1:1:key/x"],
  ])("a table's encryption with a key: %j", async (SSESpecification, KMSMasterKeyArn) => {
    await update({ SSESpecification });
    expect((await table()).SSEDescription).toEqual({ Status: "ENABLED", SSEType: "KMS", KMSMasterKeyArn });
    await update({ SSESpecification: { Enabled: false } });
    expect((await table()).SSEDescription).toBeUndefined();
  });

  test.each([
    [{ Enabled: true, SSEType: "AES256" }, "SSEType AES256 is not supported"],
    [{ Enabled: false, KMSMasterKeyId: "x" }, "can only be specified when SSESpecification is enabled"],
    [{ Enabled: true, SSEType: "x" }, "Member must satisfy enum value set: [AES256, KMS]"],
  ])("encryption that contradicts itself is refused: %j", async (SSESpecification, words) => {
    const created = new sdk.CreateTableCommand({
      ...simple,
      TableName: "other",
      BillingMode: "PAY_PER_REQUEST",
      SSESpecification: SSESpecification as sdk.SSESpecification,
    });
    await expect(update({ SSESpecification })).rejects.toThrow(words);
    await expect(database.client.send(created)).rejects.toThrow(words);
  });

  test("a table's class", async () => {
    await update({ TableClass: "STANDARD_INFREQUENT_ACCESS" });
    expect((await table()).TableClassSummary).toEqual({ TableClass: "STANDARD_INFREQUENT_ACCESS" });
    await expect(update({ TableClass: "constructor" })).rejects.toThrow("Member must satisfy enum value set");
  });

  test.each([
    [{ OnDemandThroughput: { MaxReadRequestUnits: 1 } }, "OnDemandThroughput"],
    [{ WarmThroughput: { ReadUnitsPerSecond: 12_000 } }, "WarmThroughput"],
    [{ ReplicaUpdates: [{ Create: { RegionName: "eu-west-1" } }] }, "ReplicaUpdates"],
    [
      { GlobalSecondaryIndexUpdates: [{ Update: { IndexName: "abc", WarmThroughput: { ReadUnitsPerSecond: 1 } } }] },
      "GlobalSecondaryIndexUpdates.1.member.Update.WarmThroughput",
    ],
  ])("what is not emulated is refused by its name: %j", async (more, name) => {
    await expect(update(more)).rejects.toThrow(`DynamoDB ${name} is not emulated`);
  });
});
