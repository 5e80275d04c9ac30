import type { Item } from "../runtime/conditional-table";
import type { StoredItem } from "./item";

/** The one partition of the table. Ids begin with the time, so in it they are the list from oldest to newest. */
export const list = "items";

/** Lifetime of a tombstone: as in the other systems, and far longer than any call is sent again. */
const TOMBSTONE_SECONDS = 2 * 24 * 60 * 60;

/**
 * An item as the table has it: data as JSON text, so that whatever it is comes back the same. DynamoDB's own lists and
 * maps end at 32 levels, and its numbers at 38 digits and 1e126.
 */
export const toAttributes = ({ data, ...item }: StoredItem): Item => ({
  list,
  ...item,
  ...(data === undefined ? {} : { data: JSON.stringify(data) }),
});

export function toItem({ id, name, description, createdAt, asset, data }: Item): StoredItem {
  // What is made of it is checked by the route's schema before anybody sees it.
  const item = { id, name, description, createdAt, asset } as StoredItem;
  return typeof data === "string" ? { ...item, data: JSON.parse(data) } : item;
}

/** Whether an item is one still: a deleted one leaves a tombstone. */
export const isLive = (item: Item | undefined): item is Item => item !== undefined && item["deletedAt"] === undefined;

/** Name of a deleted item for a version of this code that knows of no deletion and lists it. */
const deletedName = "(deleted)";

/** The update that ends an item for whoever reads, and leaves of it what its asset was, until that is erased. */
export const ending = (token: string) => ({
  ConditionExpression: "attribute_exists(id) AND attribute_not_exists(deletedAt)",
  UpdateExpression: "SET deletedAt = :now, writtenBy = :token, #name = :name REMOVE description, #data",
  ExpressionAttributeNames: { "#name": "name", "#data": "data" },
  ExpressionAttributeValues: { ":now": new Date().toISOString(), ":token": token, ":name": deletedName },
});

/** The tombstone left when the asset is erased, too: nothing of the item but its id. */
export const tombstone = ({ id, createdAt, deletedAt, writtenBy }: Item): Item => ({
  list,
  id,
  name: deletedName,
  createdAt,
  deletedAt,
  writtenBy,
  expiresAt: Math.floor(Date.now() / 1000) + TOMBSTONE_SECONDS,
});
