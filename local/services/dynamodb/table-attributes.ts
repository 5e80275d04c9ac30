import { parseArn } from "../../../aws/arn";
import { ServiceError } from "../service";
import type { Database } from "./database";
import { invalid } from "./errors";
import type { Table } from "./table";
import { tableNamed } from "./table-operations";
import type { Tag } from "./table-settings";

interface TimeToLiveInput {
  readonly TableName: string;
  readonly TimeToLiveSpecification: { readonly Enabled: boolean; readonly AttributeName: string };
}

/** UpdateTimeToLive */
export function updateTimeToLive(database: Database, input: TimeToLiveInput): object {
  const { TimeToLiveSpecification: specification } = input;
  const { settings } = tableNamed(database, input.TableName);
  const { timeToLiveAttribute: known, ...rest } = settings;
  if (specification.Enabled && known !== undefined) throw invalid("TimeToLive is already enabled");
  if (!specification.Enabled && known === undefined) throw invalid("TimeToLive is already disabled");
  if (!specification.Enabled && known !== specification.AttributeName)
    throw invalid(`TimeToLive is active on a different AttributeName: current AttributeName is ${known}`);
  database.define(specification.Enabled ? { ...rest, timeToLiveAttribute: specification.AttributeName } : rest);
  return { TimeToLiveSpecification: specification };
}

/** DescribeTimeToLive */
export function describeTimeToLive(database: Database, { TableName }: { readonly TableName: string }): object {
  const { timeToLiveAttribute: name } = tableNamed(database, TableName).settings;
  return {
    TimeToLiveDescription:
      name === undefined ? { TimeToLiveStatus: "DISABLED" } : { TimeToLiveStatus: "ENABLED", AttributeName: name },
  };
}

/** The table that a request for a resource is about. @throws ServiceError when there is none, or it is another account's */
function resource(database: Database, arn: string, action: string): Table {
  const { service, accountId: account = "", resource: path = "" } = parseArn(arn) ?? {};
  const [, name] = /^table\/([^/]+)$/.exec(path) ?? [];
  if (service !== "dynamodb" || !/^\d{12}$/.test(account) || name === undefined)
    throw invalid(`Invalid TableArn: Invalid ResourceArn provided as input ${arn}`);
  const table = database.find(name);
  if (table?.settings.TableArn === arn) return table;
  if (account !== database.accountId)
    throw new ServiceError(
      "AccessDeniedException",
      `User is not authorized to perform: dynamodb:${action} on resource: ${arn} because no resource-based policy allows the dynamodb:${action} action`,
    );
  throw new ServiceError("ResourceNotFoundException", `Requested resource not found: ResourcArn: ${arn} not found`);
}

/** Tags of a table, at most. (Developer guide: "Tagging restrictions in DynamoDB") */
const MOST_TAGS = 50;

function setTags(database: Database, table: Table, tags: readonly Tag[]): void {
  if (tags.length > MOST_TAGS) throw invalid("One or more parameter values were invalid: Too many tags: more than 50");
  const { Tags: _, ...rest } = table.settings;
  database.define(tags.length > 0 ? { ...rest, Tags: tags } : rest);
}

interface ResourceInput {
  readonly ResourceArn: string;
}

/** TagResource */
export function tagResource(database: Database, input: ResourceInput & { readonly Tags: readonly Tag[] }): object {
  const table = resource(database, input.ResourceArn, "TagResource");
  if (input.Tags.length === 0) throw invalid("Atleast one Tag needs to be provided as Input.");
  const tags = new Map([...(table.settings.Tags ?? []), ...input.Tags].map((tag) => [tag.Key, tag]));
  setTags(database, table, [...tags.values()]);
  return {};
}

/** UntagResource */
export function untagResource(
  database: Database,
  input: ResourceInput & { readonly TagKeys: readonly string[] },
): object {
  const table = resource(database, input.ResourceArn, "UntagResource");
  if (input.TagKeys.length === 0) throw invalid("Atleast one Tag Key needs to be provided as Input.");
  const left = (table.settings.Tags ?? []).filter(({ Key }) => !input.TagKeys.includes(Key));
  setTags(database, table, left);
  return {};
}

/** ListTagsOfResource */
export const listTagsOfResource = (database: Database, { ResourceArn }: ResourceInput): object => ({
  Tags: resource(database, ResourceArn, "ListTagsOfResource").settings.Tags ?? [],
});

/** DescribeContinuousBackups: there are none. */
export function describeContinuousBackups(database: Database, { TableName }: { readonly TableName: string }): object {
  if (!database.find(TableName)) throw new ServiceError("TableNotFoundException", `Table not found: ${TableName}`);
  return {
    ContinuousBackupsDescription: {
      ContinuousBackupsStatus: "ENABLED",
      PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus: "DISABLED" },
    },
  };
}

/** DescribeLimits: the defaults of an account. (Developer guide: "Quotas in Amazon DynamoDB") */
export const describeLimits = (): object => ({
  AccountMaxReadCapacityUnits: 80_000,
  AccountMaxWriteCapacityUnits: 80_000,
  TableMaxReadCapacityUnits: 40_000,
  TableMaxWriteCapacityUnits: 40_000,
});
