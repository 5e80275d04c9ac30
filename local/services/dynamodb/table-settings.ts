import { dynamoDbLimits } from "../../../aws/limits";
import { invalid, invalidParameter } from "./errors";
import type { KeyAttribute } from "./item-validation";

export interface KeySchemaElement {
  readonly AttributeName: string;
  readonly KeyType: "HASH" | "RANGE";
}

export interface Throughput {
  readonly ReadCapacityUnits: number;
  readonly WriteCapacityUnits: number;
}

/** A secondary index as CreateTable takes it. */
export interface IndexSettings {
  readonly IndexName: string;
  readonly KeySchema: readonly KeySchemaElement[];
  readonly Projection: {
    readonly ProjectionType?: "ALL" | "INCLUDE" | "KEYS_ONLY";
    readonly NonKeyAttributes?: readonly string[];
  };
  readonly ProvisionedThroughput?: Throughput;
}

/** Which key encrypts a table. Here it is kept and described; what is on this machine's disk is not encrypted. */
export interface Encryption {
  readonly Enabled?: boolean;
  readonly SSEType?: "AES256" | "KMS";
  readonly KMSMasterKeyId?: string;
}

export interface Tag {
  readonly Key: string;
  readonly Value: string;
}

/** A table as CreateTable takes it. */
export interface TableInput {
  readonly TableName: string;
  readonly AttributeDefinitions: readonly { readonly AttributeName: string; readonly AttributeType: "S" | "N" | "B" }[];
  readonly KeySchema: readonly KeySchemaElement[];
  readonly BillingMode?: "PROVISIONED" | "PAY_PER_REQUEST";
  readonly ProvisionedThroughput?: Throughput;
  readonly GlobalSecondaryIndexes?: readonly IndexSettings[];
  readonly LocalSecondaryIndexes?: readonly IndexSettings[];
  readonly StreamSpecification?: { readonly StreamEnabled: boolean; readonly StreamViewType?: StreamView };
  readonly DeletionProtectionEnabled?: boolean;
  readonly SSESpecification?: Encryption;
  readonly TableClass?: string;
  readonly Tags?: readonly Tag[];
}

export type StreamView = "NEW_IMAGE" | "OLD_IMAGE" | "NEW_AND_OLD_IMAGES" | "KEYS_ONLY";

/** A table's settings as they are kept. */
export interface TableSettings extends TableInput {
  readonly TableId: string;
  readonly TableArn: string;
  /** Seconds since 1970. */
  readonly CreationDateTime: number;
  readonly timeToLiveAttribute?: string;
  /** When its stream was enabled, in the form of AWS's labels. */
  readonly streamLabel?: string;
  /** Whether a stack declares it; then it is there as long as one does. */
  readonly declared?: boolean;
}

/** The attributes of a key, the partition key first. */
export function keyAttributes(
  schema: readonly KeySchemaElement[],
  definitions: TableInput["AttributeDefinitions"],
): readonly KeyAttribute[] {
  return schema.map(({ AttributeName: name }) => {
    const definition = definitions.find(({ AttributeName }) => AttributeName === name);
    return { name, type: definition?.AttributeType ?? "S" };
  });
}

const MOST_CAPACITY = 1_000_000_000_000;

function checkThroughput(throughput: Throughput | undefined): void {
  for (const name of ["ReadCapacityUnits", "WriteCapacityUnits"] as const) {
    const units = throughput?.[name] ?? 0;
    if (units > MOST_CAPACITY) throw invalid(`Given value ${units} for ${name} is out of bounds`);
  }
}

function checkBilling({ BillingMode: mode, ProvisionedThroughput: throughput }: TableInput): void {
  if (mode === "PAY_PER_REQUEST" && throughput)
    throw invalidParameter(
      "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST",
    );
  if (mode !== "PAY_PER_REQUEST" && !throughput)
    throw invalidParameter(
      "ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED",
    );
  checkThroughput(throughput);
}

function checkKeySchema(schema: readonly KeySchemaElement[], defined: readonly string[]): void {
  const names = schema.map(({ AttributeName }) => AttributeName);
  if (names.some((name) => !defined.includes(name)))
    throw invalidParameter(
      `Some index key attributes are not defined in AttributeDefinitions. Keys: [${names.join(", ")}], AttributeDefinitions: [${defined.join(", ")}]`,
    );
  if (names[0] === names[1])
    throw invalid("Both the Hash Key and the Range Key element in the KeySchema have the same name");
  if (schema[0]?.KeyType !== "HASH")
    throw invalid("Invalid KeySchema: The first KeySchemaElement is not a HASH key type");
  if (schema[1] && schema[1].KeyType !== "RANGE")
    throw invalid("Invalid KeySchema: The second KeySchemaElement is not a RANGE key type");
}

function checkProjection({ Projection: { ProjectionType: type, NonKeyAttributes: attributes } }: IndexSettings): void {
  if (type === undefined) throw invalidParameter("Unknown ProjectionType: null");
  if (attributes && type !== "INCLUDE")
    throw invalidParameter(`ProjectionType is ${type}, but NonKeyAttributes is specified`);
  if (!attributes && type === "INCLUDE")
    throw invalidParameter("ProjectionType is INCLUDE, but NonKeyAttributes is not specified");
}

function checkLocalIndex({ IndexName: name, KeySchema: schema }: IndexSettings, tableHash: string | undefined): void {
  if (schema.length !== 2) throw invalidParameter(`Index KeySchema does not have a range key for index: ${name}`);
  const hash = schema[0]?.AttributeName;
  if (hash !== tableHash)
    throw invalidParameter(
      `Index KeySchema does not have the same leading hash key as table KeySchema for index: ${name}. index hash key: ${hash}, table hash key: ${tableHash}`,
    );
}

/** Checks one global index that is to be made. @throws ServiceError when DynamoDB would not make it */
export function checkGlobalIndex(index: IndexSettings, defined: readonly string[], mode: string | undefined): void {
  checkKeySchema(index.KeySchema, defined);
  checkProjection(index);
  checkThroughput(index.ProvisionedThroughput);
  if (mode === "PAY_PER_REQUEST" && index.ProvisionedThroughput)
    throw invalidParameter(
      `ProvisionedThroughput should not be specified for index: ${index.IndexName} when BillingMode is PAY_PER_REQUEST`,
    );
}

function checkLocalIndexes(
  { KeySchema, LocalSecondaryIndexes: indexes }: TableInput,
  defined: readonly string[],
): void {
  if (!indexes) return;
  if (indexes.length === 0) throw invalidParameter("List of LocalSecondaryIndexes is empty");
  if (KeySchema.length !== 2)
    throw invalidParameter(
      "Table KeySchema does not have a range key, which is required when specifying a LocalSecondaryIndex",
    );
  for (const index of indexes) {
    checkKeySchema(index.KeySchema, defined);
    checkLocalIndex(index, KeySchema[0]?.AttributeName);
    checkProjection(index);
  }
  const { localIndexes: most } = dynamoDbLimits;
  if (indexes.length > most)
    throw invalidParameter(`Number of LocalSecondaryIndexes exceeds per-table limit of ${most}`);
}

function checkGlobalIndexes(
  { GlobalSecondaryIndexes: indexes, BillingMode: mode }: TableInput,
  defined: readonly string[],
) {
  if (!indexes) return;
  if (indexes.length === 0) throw invalidParameter("List of GlobalSecondaryIndexes is empty");
  for (const index of indexes) {
    checkGlobalIndex(index, defined, mode);
    if (mode !== "PAY_PER_REQUEST" && !index.ProvisionedThroughput)
      throw invalidParameter(`ProvisionedThroughput must be specified for index: ${index.IndexName}`);
  }
  const { globalIndexes: most } = dynamoDbLimits;
  if (indexes.length > most)
    throw invalidParameter(`GlobalSecondaryIndex count exceeds the per-table limit of ${most}`);
}

/** Checks how many attributes all indexes of a table project by name. (API reference: Projection) */
export function checkProjections({
  LocalSecondaryIndexes: local = [],
  GlobalSecondaryIndexes: global = [],
}: TableInput) {
  const { projectedAttributesOfTable: most } = dynamoDbLimits;
  const count = [...local, ...global].flatMap(({ Projection }) => Projection.NonKeyAttributes ?? []).length;
  if (count > most)
    throw invalidParameter(
      `The NonKeyAttributes of all secondary indexes exceed the per-table limit of ${most}: ${count}`,
    );
}

function checkIndexNames(indexes: readonly IndexSettings[]): void {
  const seen = new Set<string>();
  for (const { IndexName: name } of indexes) {
    if (seen.has(name)) throw invalidParameter(`Duplicate index name: ${name}`);
    seen.add(name);
  }
}

/** Checks that an attribute is defined for each key, and each that is defined is one of a key. */
export function checkUse(input: TableInput): void {
  const schemas = [input, ...(input.GlobalSecondaryIndexes ?? []), ...(input.LocalSecondaryIndexes ?? [])];
  const used = new Set(schemas.flatMap(({ KeySchema }) => KeySchema.map(({ AttributeName }) => AttributeName)));
  const defined = input.AttributeDefinitions.map(({ AttributeName }) => AttributeName);
  if (new Set(defined).size !== defined.length)
    throw invalidParameter("Duplicate AttributeName in AttributeDefinitions");
  if (defined.every((name) => used.has(name))) return;
  if (schemas.length === 1)
    throw invalidParameter(
      "Number of attributes in KeySchema does not exactly match number of attributes defined in AttributeDefinitions",
    );
  throw invalidParameter(
    `Some AttributeDefinitions are not used. AttributeDefinitions: [${defined.join(", ")}], keys used: [${[...used].join(", ")}]`,
  );
}

/** Checks a table that is to be made, its shape checked. @throws ServiceError when DynamoDB would not make it */
export function checkTable(input: TableInput): void {
  checkBilling(input);
  const defined = input.AttributeDefinitions.map(({ AttributeName }) => AttributeName);
  if (input.KeySchema.length > defined.length)
    throw invalid("Invalid KeySchema: Some index key attribute have no definition");
  checkKeySchema(input.KeySchema, defined);
  checkLocalIndexes(input, defined);
  checkGlobalIndexes(input, defined);
  checkProjections(input);
  checkIndexNames([...(input.LocalSecondaryIndexes ?? []), ...(input.GlobalSecondaryIndexes ?? [])]);
  checkUse(input);
  checkStream(input.StreamSpecification);
  checkEncryption(input.SSESpecification);
}

/** Checks which key is to encrypt a table. @throws ServiceError when that contradicts itself */
export function checkEncryption({ Enabled: enabled, SSEType: type, KMSMasterKeyId: key }: Encryption = {}): void {
  if (type === "AES256") throw invalidParameter("SSEType AES256 is not supported; allowed: KMS");
  if (!enabled && (type ?? key) !== undefined)
    throw invalidParameter("SSEType and KMSMasterKeyId can only be specified when SSESpecification is enabled");
}

/** Checks a stream's settings. @throws ServiceError when they contradict each other */
export function checkStream(stream: TableInput["StreamSpecification"]): void {
  if (stream?.StreamEnabled && !stream.StreamViewType)
    throw invalidParameter("StreamEnabled was set to true but StreamViewType was not specified");
  if (stream && !stream.StreamEnabled && stream.StreamViewType)
    throw invalidParameter("StreamViewType was specified but StreamEnabled was set to false");
}
