import { arnOf } from "../../../aws/arn";
import { ServiceError } from "../service";
import { type Database, labelOf } from "./database";
import { invalid, invalidParameter, notFound } from "./errors";
import type { SecondaryIndex } from "./secondary-index";
import type { Table } from "./table";
import {
  checkEncryption,
  checkGlobalIndex,
  checkProjections,
  checkStream,
  checkTable,
  checkUse,
  type IndexSettings,
  type TableInput,
  type TableSettings,
  type Throughput,
} from "./table-settings";

/** The table of a name, for operations on tables. @throws ServiceError when it is not there */
export function tableNamed(database: Database, name: string): Table {
  const table = database.find(name);
  if (!table) throw notFound(`Table: ${name} not found`);
  return table;
}

const throughputOf = (throughput: Throughput | undefined): object => ({
  NumberOfDecreasesToday: 0,
  ReadCapacityUnits: throughput?.ReadCapacityUnits ?? 0,
  WriteCapacityUnits: throughput?.WriteCapacityUnits ?? 0,
});

function indexDescription(index: SecondaryIndex, { settings }: Table, status: string): object {
  const { IndexName, KeySchema, Projection, ProvisionedThroughput } = index.settings;
  return {
    IndexName,
    KeySchema,
    Projection,
    ...(index.isGlobal ? { IndexStatus: status, ProvisionedThroughput: throughputOf(ProvisionedThroughput) } : {}),
    IndexSizeBytes: index.bytes,
    ItemCount: index.entries.size,
    IndexArn: `${settings.TableArn}/index/${IndexName}`,
  };
}

/** `SSEDescription` of a table that a key of KMS encrypts. (API reference: SSESpecification, KMSMasterKeyId) */
function encryptionOf({ SSESpecification: encryption, TableArn: table }: TableSettings): object {
  if (!encryption?.Enabled) return {};
  const { KMSMasterKeyId: key = "alias/aws/dynamodb" } = encryption;
  const [, , , region = "", accountId = ""] = table.split(":");
  const resource = key.startsWith("alias/") ? key : `key/${key}`;
  const arn = key.startsWith("arn:") ? key : arnOf("kms", resource, { region, accountId });
  return { SSEDescription: { Status: "ENABLED", SSEType: "KMS", KMSMasterKeyArn: arn } };
}

/**
 * The description of a table, as DescribeTable returns it. @param changing the status, and the global index that it is
 * about
 */
function description(table: Table, changing: { status?: string; index?: string; indexStatus?: string } = {}): object {
  const { settings } = table;
  const { status = "ACTIVE", index, indexStatus = "ACTIVE" } = changing;
  const describe = (isGlobal: boolean) =>
    table.indexes
      .filter((each) => each.isGlobal === isGlobal)
      .map((each) => indexDescription(each, table, each.name === index ? indexStatus : "ACTIVE"));
  const [global, local] = [describe(true), describe(false)];
  return {
    AttributeDefinitions: settings.AttributeDefinitions,
    TableName: settings.TableName,
    KeySchema: settings.KeySchema,
    TableStatus: status,
    CreationDateTime: settings.CreationDateTime,
    ProvisionedThroughput: throughputOf(settings.ProvisionedThroughput),
    TableSizeBytes: table.bytes,
    ItemCount: table.rows.size,
    TableArn: settings.TableArn,
    TableId: settings.TableId,
    ...(settings.BillingMode === "PAY_PER_REQUEST"
      ? {
          BillingModeSummary: {
            BillingMode: "PAY_PER_REQUEST",
            LastUpdateToPayPerRequestDateTime: settings.CreationDateTime,
          },
        }
      : {}),
    ...(local.length > 0 ? { LocalSecondaryIndexes: local } : {}),
    ...(global.length > 0 ? { GlobalSecondaryIndexes: global } : {}),
    ...encryptionOf(settings),
    ...(settings.TableClass === undefined ? {} : { TableClassSummary: { TableClass: settings.TableClass } }),
    ...(table.stream
      ? {
          StreamSpecification: settings.StreamSpecification,
          LatestStreamLabel: table.stream.label,
          LatestStreamArn: table.stream.arn,
        }
      : {}),
    DeletionProtectionEnabled: settings.DeletionProtectionEnabled ?? false,
  };
}

const requireName = (input: { readonly TableName?: string }): void => {
  if (input.TableName === undefined || input.TableName === null)
    throw invalid("The parameter 'TableName' is required but was not present in the request");
};

/** CreateTable */
export function createTable(database: Database, input: TableInput): object {
  requireName(input);
  checkTable(input);
  if (database.find(input.TableName))
    throw new ServiceError("ResourceInUseException", `Table already exists: ${input.TableName}`);
  const table = database.define(database.newSettings(input));
  return { TableDescription: description(table, { status: "CREATING" }) };
}

/** DescribeTable */
export const describeTable = (database: Database, { TableName }: { readonly TableName: string }): object => ({
  Table: description(tableNamed(database, TableName)),
});

/** DeleteTable */
export function deleteTable(database: Database, { TableName: name }: { readonly TableName: string }): object {
  const table = tableNamed(database, name);
  if (table.settings.DeletionProtectionEnabled)
    throw invalid(
      `Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.`,
    );
  database.drop(name);
  return { TableDescription: description(table, { status: "DELETING" }) };
}

interface ListInput {
  readonly ExclusiveStartTableName?: string;
  readonly Limit?: number;
}

/** ListTables */
export function listTables(
  database: Database,
  { ExclusiveStartTableName: start = "", Limit = 100 }: ListInput,
): object {
  const names = database.all().flatMap(({ name }) => (name > start ? [name] : []));
  const page = names.slice(0, Limit);
  return { TableNames: page, ...(names.length > Limit ? { LastEvaluatedTableName: page.at(-1) } : {}) };
}

interface IndexUpdate {
  readonly Create?: IndexSettings;
  readonly Update?: { readonly IndexName: string; readonly ProvisionedThroughput?: Throughput };
  readonly Delete?: { readonly IndexName: string };
}

interface UpdateInput extends Partial<TableInput> {
  readonly TableName: string;
  readonly GlobalSecondaryIndexUpdates?: readonly IndexUpdate[];
}

const nameOf = ({ Create, Update, Delete }: IndexUpdate): string => (Create ?? Update ?? Delete)?.IndexName ?? "";

function checkUpdate(input: UpdateInput): void {
  const { GlobalSecondaryIndexUpdates: updates = [], BillingMode: mode, ProvisionedThroughput: throughput } = input;
  const { StreamSpecification: stream, SSESpecification: encryption, DeletionProtectionEnabled, TableClass } = input;
  const changes = [throughput, mode, stream, encryption, DeletionProtectionEnabled, TableClass];
  checkEncryption(encryption);
  if (updates.length === 0 && changes.every((change) => change === undefined))
    throw invalid(
      "At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, GlobalSecondaryIndexUpdates or SSESpecification or ReplicaUpdates is required",
    );
  if (mode === "PROVISIONED" && !throughput)
    throw invalidParameter("ProvisionedThroughput must be specified when BillingMode is PROVISIONED");
  if (updates.some(({ Create, Update, Delete }) => !Create && !Update && !Delete))
    throw invalidParameter(
      "One of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create, GlobalSecondaryIndexUpdate.Delete must not be null",
    );
  const names = updates.map(nameOf);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined)
    throw invalidParameter(
      `Only one global secondary index update per index is allowed simultaneously. Index: ${twice}`,
    );
  if (updates.filter(({ Update }) => !Update).length > 1)
    throw new ServiceError(
      "LimitExceededException",
      "Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table",
    );
}

/** The global indexes of a table after one was made, changed or deleted. */
function updatedIndexes(known: readonly IndexSettings[], update: IndexUpdate, settings: TableInput) {
  const name = nameOf(update);
  const exists = known.some(({ IndexName }) => IndexName === name);
  if (update.Create) {
    const names = [...known, ...(settings.LocalSecondaryIndexes ?? [])].map(({ IndexName }) => IndexName);
    if (names.includes(name)) throw invalid("Attempting to create an index which already exists");
    const defined = settings.AttributeDefinitions.map(({ AttributeName }) => AttributeName);
    checkGlobalIndex(update.Create, defined, settings.BillingMode);
    return [...known, update.Create];
  }
  if (!exists) throw notFound();
  if (update.Delete) return known.filter(({ IndexName }) => IndexName !== name);
  return known.map((index) => (index.IndexName === name ? { ...index, ...update.Update } : index));
}

function merged(
  known: TableInput,
  { AttributeDefinitions: given = [] }: UpdateInput,
): TableInput["AttributeDefinitions"] {
  const names = given.map(({ AttributeName }) => AttributeName);
  return [...known.AttributeDefinitions.filter(({ AttributeName }) => !names.includes(AttributeName)), ...given];
}

/** Only those attribute definitions that a key uses. */
function inUse(settings: TableSettings): TableSettings {
  const schemas = [settings, ...(settings.GlobalSecondaryIndexes ?? []), ...(settings.LocalSecondaryIndexes ?? [])];
  const used = new Set(schemas.flatMap(({ KeySchema }) => KeySchema.map(({ AttributeName }) => AttributeName)));
  const definitions = settings.AttributeDefinitions.filter(({ AttributeName }) => used.has(AttributeName));
  return { ...settings, AttributeDefinitions: definitions };
}

function withStream(settings: TableSettings, stream: TableInput["StreamSpecification"], now: number): TableSettings {
  if (!stream) return settings;
  checkStream(stream);
  const { StreamSpecification: known, streamLabel: _, ...rest } = settings;
  if (known?.StreamEnabled && stream.StreamEnabled)
    throw new ServiceError(
      "ResourceInUseException",
      `Table already has an enabled stream: TableName: ${settings.TableName}`,
    );
  if (!known?.StreamEnabled && !stream.StreamEnabled)
    throw invalid(`Table has no stream to disable: TableName: ${settings.TableName}`);
  return stream.StreamEnabled ? { ...rest, StreamSpecification: stream, streamLabel: labelOf(now) } : rest;
}

function withBilling(settings: TableSettings, input: UpdateInput): TableSettings {
  const { BillingMode: mode = settings.BillingMode ?? "PROVISIONED", ProvisionedThroughput: throughput } = input;
  const { ProvisionedThroughput: known, ...rest } = settings;
  if (mode === "PAY_PER_REQUEST") {
    if (throughput)
      throw invalidParameter(
        "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST",
      );
    return { ...rest, BillingMode: mode };
  }
  const same =
    throughput?.ReadCapacityUnits === known?.ReadCapacityUnits &&
    throughput?.WriteCapacityUnits === known?.WriteCapacityUnits;
  if (throughput && known && same)
    throw invalid(
      `The provisioned throughput for the table will not change. The requested value equals the current value. Current ReadCapacityUnits provisioned for the table: ${known.ReadCapacityUnits}. Requested ReadCapacityUnits: ${throughput.ReadCapacityUnits}. Current WriteCapacityUnits provisioned for the table: ${known.WriteCapacityUnits}. Requested WriteCapacityUnits: ${throughput.WriteCapacityUnits}. Refer to the Amazon DynamoDB Developer Guide for current limits and how to request higher limits.`,
    );
  const next = throughput ?? known;
  return { ...rest, BillingMode: mode, ...(next ? { ProvisionedThroughput: next } : {}) };
}

/** UpdateTable */
export function updateTable(database: Database, input: UpdateInput): object {
  requireName(input);
  checkUpdate(input);
  const { settings } = tableNamed(database, input.TableName);
  const updates = input.GlobalSecondaryIndexUpdates ?? [];
  const definitions = { ...settings, AttributeDefinitions: merged(settings, input) };
  const indexes = updates.reduce<readonly IndexSettings[]>(
    (known, update) => updatedIndexes(known, update, definitions),
    settings.GlobalSecondaryIndexes ?? [],
  );
  const { GlobalSecondaryIndexes: _, ...rest } = definitions;
  const next: TableSettings = {
    ...withStream(withBilling(rest, input), input.StreamSpecification, database.clock()),
    ...(indexes.length > 0 ? { GlobalSecondaryIndexes: indexes } : {}),
    ...(input.DeletionProtectionEnabled === undefined
      ? {}
      : { DeletionProtectionEnabled: input.DeletionProtectionEnabled }),
    ...(input.TableClass === undefined ? {} : { TableClass: input.TableClass }),
    ...(input.SSESpecification === undefined ? {} : { SSESpecification: input.SSESpecification }),
  };
  checkProjections(next);
  const used = inUse(next);
  if (updates.some(({ Create }) => Create))
    checkUse({
      ...next,
      AttributeDefinitions: input.AttributeDefinitions ? next.AttributeDefinitions : used.AttributeDefinitions,
    });
  const table = database.define(used);
  const created = updates.find(({ Create }) => Create);
  const change = { status: "UPDATING", ...(created ? { index: nameOf(created), indexStatus: "CREATING" } : {}) };
  return { TableDescription: description(table, change) };
}
