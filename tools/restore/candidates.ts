import {
  type AttributeValue,
  BatchGetItemCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  type DynamoDBClient,
  paginateScan,
} from "@aws-sdk/client-dynamodb";
import { UserError } from "../../lib/user-error";

export type Item = Record<string, AttributeValue>;

/** The two tables of a restore: the copy of what was, and the one that is in use. */
export interface Tables {
  readonly client: DynamoDBClient;
  readonly from: string;
  readonly to: string;
  /** Key attributes, the partition key first. */
  readonly keys: readonly string[];
  /** The attribute by which items expire. */
  readonly expiry: string | undefined;
}

/** An item of the copy that the table in use lacks. */
export interface Candidate {
  /** Its key as a person names it: `019c…`, or both parts, `ada / 2026-01-31T12:00:00.123Z`. */
  readonly id: string;
  readonly item: Item;
  /** When it was deleted, by the tombstone that is in its place; without one it is simply not there. */
  readonly deletedAt: { readonly attribute: string; readonly time: string } | undefined;
}

const keyNames = async (client: DynamoDBClient, table: string): Promise<string[]> => {
  try {
    const { Table } = await client.send(new DescribeTableCommand({ TableName: table }));
    return (Table?.KeySchema ?? []).map(({ AttributeName = "" }) => AttributeName);
  } catch (error) {
    if (error instanceof Error && error.name === "ResourceNotFoundException") {
      throw new UserError(
        `table ${table}: not found in ${await client.config.region()}; correct it, or set AWS_REGION`,
      );
    }
    throw error;
  }
};

/** @throws UserError when one is not there, or their keys differ */
export async function openTables(client: DynamoDBClient, from: string, to: string): Promise<Tables> {
  const [copied, keys] = [await keyNames(client, from), await keyNames(client, to)];
  if (copied.join() !== keys.join()) {
    throw new UserError(
      `table ${from}: its key must be ${keys}, as that of ${to}, got ${copied}; name a copy of ${to}`,
    );
  }
  const { TimeToLiveDescription } = await client.send(new DescribeTimeToLiveCommand({ TableName: to }));
  return { client, from, to, keys, expiry: TimeToLiveDescription?.AttributeName };
}

/** A key or a time as a person names it: bytes in base64, as AWS's CLI has them. */
const textOf = (value: AttributeValue | undefined): string =>
  value?.B ? Buffer.from(value.B).toString("base64") : String(Object.values(value ?? {})[0] ?? "");

export const idOf = ({ keys }: Tables, item: Item): string => keys.map((key) => textOf(item[key])).join(" / ");

/** Attributes of a tombstone with the time of deletion. */
const deletionTimes = ["deletedAt", "deletedDate"];

function deletionOf(item: Item): Candidate["deletedAt"] {
  const attribute = deletionTimes.find((name) => item[name] !== undefined);
  return attribute === undefined ? undefined : { attribute, time: textOf(item[attribute]) };
}

/** Whether an item is neither a tombstone nor expired: DynamoDB may take days to delete expired ones. */
function isData({ expiry }: Tables, item: Item): boolean {
  const expires = expiry === undefined ? undefined : item[expiry]?.N;
  return deletionOf(item) === undefined && (expires === undefined || Number(expires) > Date.now() / 1000);
}

/** Keys of a request at most (DynamoDB API reference, BatchGetItem). */
const BATCH = 100;

/** The items of the table in use with the same keys, by id. */
async function counterparts(tables: Tables, items: readonly Item[]): Promise<Map<string, Item>> {
  const { client, to, keys } = tables;
  const found = new Map<string, Item>();
  let wanted = items.map((item) => Object.fromEntries(keys.map((key) => [key, item[key] as AttributeValue])));
  while (wanted.length > 0) {
    const request = { [to]: { Keys: wanted, ConsistentRead: true } };
    const { Responses, UnprocessedKeys } = await client.send(new BatchGetItemCommand({ RequestItems: request }));
    for (const item of Responses?.[to] ?? []) found.set(idOf(tables, item), item);
    wanted = (UnprocessedKeys?.[to]?.Keys ?? []) as typeof wanted;
  }
  return found;
}

/** The items of the copy that the table in use lacks, as they are found. */
export async function* candidates(tables: Tables): AsyncGenerator<Candidate> {
  const { client, from } = tables;
  for await (const { Items = [] } of paginateScan({ client }, { TableName: from, ConsistentRead: true })) {
    const data = Items.filter((item) => isData(tables, item));
    for (let at = 0; at < data.length; at += BATCH) {
      const batch = data.slice(at, at + BATCH);
      const there = await counterparts(tables, batch);
      for (const item of batch) {
        const id = idOf(tables, item);
        const instead = there.get(id);
        const deletedAt = instead && deletionOf(instead);
        if (!instead || deletedAt) yield { id, item, deletedAt };
      }
    }
  }
}
