import { type DynamoDBDocumentClient, GetCommand, QueryCommand } from "@aws-sdk/lib-dynamodb";
import { ConditionalTable } from "../runtime/conditional-table";
import { NotFound } from "../runtime/errors";
import type { StoredItem } from "./item";

/** A page of the list; without an end it is the last. */
export interface Page {
  readonly items: StoredItem[];
  /** The id of its last item. */
  readonly end?: string;
}

/** The one partition of the table. Ids tell the time, so in it they are the list from oldest to newest. */
const list = "items";

/**
 * An item as the table has it: data as JSON text, so that whatever it is comes back the same. DynamoDB's own lists and
 * maps end at 32 levels, and its numbers at 38 digits and 1e126.
 */
const toAttributes = ({ data, ...item }: StoredItem) =>
  data === undefined ? item : { ...item, data: JSON.stringify(data) };

function toItem({ id, name, description, createdAt, asset, data }: Record<string, unknown>): StoredItem {
  // What is made of it is checked by the route's schema before anybody sees it.
  const item = { id, name, description, createdAt, asset } as StoredItem;
  return typeof data === "string" ? { ...item, data: JSON.parse(data) } : item;
}

/** The items table: one partition in order of ids, which one query lists and one key reads. */
export class ItemStore {
  constructor(
    private readonly client: DynamoDBDocumentClient,
    private readonly table: string,
  ) {}

  /** Keeps an item whose id nobody else has. */
  async add(item: StoredItem): Promise<void> {
    // Refused only when the SDK repeats a call whose answer was lost: then what is there is ours.
    await new ConditionalTable(this.client, this.table).put({
      Item: { list, ...toAttributes(item) },
      ConditionExpression: "attribute_not_exists(id)",
    });
  }

  /** The item, also right after it was made. */
  async get(id: string): Promise<StoredItem> {
    const get = new GetCommand({ TableName: this.table, Key: { list, id }, ConsistentRead: true });
    const { Item: item } = await this.client.send(get);
    if (!item) throw new NotFound();
    return toItem(item);
  }

  /** A page of items, newest first, after the one with this id. It may be empty and still not be the last. */
  async list(limit: number, after?: string): Promise<Page> {
    const query = new QueryCommand({
      TableName: this.table,
      KeyConditionExpression: "#list = :list",
      ExpressionAttributeNames: { "#list": "list" },
      ExpressionAttributeValues: { ":list": list },
      ScanIndexForward: false,
      Limit: limit,
      ExclusiveStartKey: after === undefined ? undefined : { list, id: after },
    });
    const { Items = [], LastEvaluatedKey: last } = await this.client.send(query);
    const items = Items.map(toItem);
    return last ? { items, end: last["id"] } : { items };
  }
}
