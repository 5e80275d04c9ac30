import type { GetCommandOutput } from "@aws-sdk/lib-dynamodb";
import type { IdentifiedUser, Revision, StoredUser, UserChangeBody } from "./user";

/** An item as the table gives it. What is made of it is checked by the route's schema before anybody sees it. */
export type Item = NonNullable<GetCommandOutput["Item"]>;

/** The key of a user's claim. It comes before every date, so the newest item of a user is an entry if there is one. */
export const CLAIM = "#claim";

/** Only a live entry has an address: tombstones and claims have none. */
export const isLive = (item: Item | undefined): item is Item => item?.["email"] !== undefined;

/** Reservation of the date of a user's next entry, shared by all who are about to create it. */
export const claim = (userId: string, entryDate: string): Item => ({ userId, createdDate: CLAIM, entryDate });

/** The date of an entry that is made now: later than all before it, whatever the clock says. */
export function dateAfter(previous: string | undefined): string {
  const earliest = previous === undefined ? 0 : Date.parse(previous) + 1;
  return new Date(Math.max(Date.now(), earliest)).toISOString();
}

/** A new entry; who created it stays when others replace it, and when it is deleted. */
export const firstVersion = ({ userId, email, name }: IdentifiedUser, createdDate: string, token: string): Item => {
  const updatedDate = new Date().toISOString();
  return { userId, createdDate, email, name, version: 1, updatedDate, createdBy: token, writtenBy: token };
};

/** Tombstone of an entry: nothing of the user but the id. */
export const tombstone = ({ userId, createdDate, createdBy }: Item, token: string): Item => ({
  userId,
  createdDate,
  createdBy,
  deletedDate: new Date().toISOString(),
  writtenBy: token,
});

/** The user in an item, which contains more: tokens, and whatever a later version of this code may add. */
export function toUser(item: Item): StoredUser {
  const { userId, email, name, version, createdDate, updatedDate } = item as StoredUser;
  return { userId, email, name, version, createdDate, updatedDate };
}

/** The update that replaces address and name of one version and leaves everything else, unknown attributes too. */
export function replacement({ email, name }: UserChangeBody, { version }: Revision, token: string) {
  const names = ["email", "name", "version", "updatedDate", "writtenBy"];
  return {
    // Tombstones have no version, so they are never replaced.
    ConditionExpression: "#version = :version",
    UpdateExpression: "SET #email = :email, #name = :name, #version = :next, #updatedDate = :now, #writtenBy = :token",
    ExpressionAttributeNames: Object.fromEntries(names.map((attribute) => [`#${attribute}`, attribute])),
    ExpressionAttributeValues: {
      ":email": email,
      ":name": name,
      ":version": version,
      ":next": version + 1,
      ":now": new Date().toISOString(),
      ":token": token,
    },
  };
}
