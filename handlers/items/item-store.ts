import { type DynamoDBDocumentClient, GetCommand, QueryCommand } from "@aws-sdk/lib-dynamodb";
import { ConditionalTable, type Item } from "../runtime/conditional-table";
import { NotFound } from "../runtime/errors";
import type { StoredItem } from "./item";
import { ending, isLive, list, toAttributes, toItem, tombstone } from "./item-attributes";

/** A page of the list; without an end it is the last. */
export interface Page {
  readonly items: StoredItem[];
  /** The id of its last item. */
  readonly end?: string;
}

/** The items table: one partition in order of ids, which one query lists and one key reads. */
export class ItemStore {
  readonly #writes: ConditionalTable;

  constructor(
    private readonly client: DynamoDBDocumentClient,
    private readonly table: string,
  ) {
    this.#writes = new ConditionalTable(client, table);
  }

  /** Keeps an item whose id nobody else has. */
  async add(item: StoredItem): Promise<void> {
    // Refused only when the SDK repeats a call whose answer was lost: then what is there is ours, or its tombstone.
    await this.#writes.put({ Item: toAttributes(item), ConditionExpression: "attribute_not_exists(id)" });
  }

  /** The item, also right after it was made. */
  async get(id: string): Promise<StoredItem> {
    const get = new GetCommand({ TableName: this.table, Key: { list, id }, ConsistentRead: true });
    const { Item: item } = await this.client.send(get);
    if (!isLive(item)) throw new NotFound();
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
    const items = Items.filter(isLive).map(toItem);
    return last ? { items, end: last["id"] } : { items };
  }

  /**
   * Ends an item for all who read, at one stroke, and then has its asset erased. Whoever dies in between leaves what the next
   * deletion goes on from.
   *
   * @param token names this deletion and no other
   * @param eraseAsset is called for an item that carries an asset; may be called again for the same
   * @throws NotFound when there is no such item, or it has been deleted altogether
   */
  async delete(id: string, token: string, eraseAsset: () => Promise<void>): Promise<void> {
    const { answer, there } = await this.#writes.update({
      Key: { list, id },
      ...ending(token),
      ReturnValues: "ALL_NEW",
    });
    const ended: Item | undefined = answer ? answer.Attributes : there;
    if (!ended) throw new NotFound();
    if (ended["expiresAt"] !== undefined) {
      if (ended["writtenBy"] === token) return;
      throw new NotFound();
    }
    if (ended["asset"] !== undefined) await eraseAsset();
    // Somebody else may have done it all meanwhile, and somebody may have put the item back.
    await this.#writes.put({
      Item: tombstone(ended),
      ConditionExpression: "deletedAt = :deletedAt",
      ExpressionAttributeValues: { ":deletedAt": ended["deletedAt"] },
    });
  }
}
