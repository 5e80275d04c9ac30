import type { Item } from "../runtime/conditional-table";
import type { IdentifiedUser, Revision, User, UserChangeBody } from "./user";

/** Lifetime of a tombstone: as in the other systems, and far longer than any call is sent again. */
const TOMBSTONE_SECONDS = 2 * 24 * 60 * 60;

/** Only a live user has an address: tombstones have none, which also keeps them out of the index. */
export const isLive = (item: Item | undefined): item is Item => item?.["email"] !== undefined;

/** When a user is made: later than whoever had the id before, whatever the clock says. */
const dateAfter = (previous: string | undefined): string =>
  new Date(Math.max(Date.now(), previous === undefined ? 0 : Date.parse(previous) + 1)).toISOString();

/** A new user; who created it stays when others replace it, and when it is deleted. */
export function firstVersion({ userId, email, name }: IdentifiedUser, token: string, tombstone?: Item): Item {
  const createdAt = dateAfter(tombstone?.["createdAt"]);
  return { userId, email, name, version: 1, createdAt, updatedAt: createdAt, createdBy: token, writtenBy: token };
}

/**
 * Tombstone of a deleted user: the id, and its creation, which distinguishes it from a later user of that id. The call
 * that created it finds itself here when it is sent again, and doesn't restore it.
 */
export const tombstone = ({ userId, createdAt, createdBy }: Item, token: string): Item => ({
  userId,
  createdAt,
  createdBy,
  deletedAt: new Date().toISOString(),
  writtenBy: token,
  expiresAt: Math.floor(Date.now() / 1000) + TOMBSTONE_SECONDS,
});

/**
 * The user in an item, which contains more. What is made of it is checked by the route's schema before anybody sees it.
 * One that was entered before there were versions has the first.
 */
export function toUser({ userId, email, name, createdAt, version = 1, updatedAt = createdAt }: Item): User {
  return { userId, email, name, version, createdAt, updatedAt };
}

/** That an item still is this revision of a user; tombstones have no version and no address. */
export function isRevision({ version, createdAt }: Revision) {
  const ofOldItems = version === 1 ? " OR attribute_not_exists(#version)" : "";
  return {
    ConditionExpression: `attribute_exists(#email) AND #createdAt = :createdAt AND (#version = :version${ofOldItems})`,
    ExpressionAttributeNames: { "#email": "email", "#createdAt": "createdAt", "#version": "version" },
    ExpressionAttributeValues: { ":createdAt": createdAt, ":version": version },
  };
}

/** The update that replaces address and name of one revision and leaves everything else, unknown attributes too. */
export function replacement({ email, name }: UserChangeBody, revision: Revision, token: string) {
  const { ConditionExpression, ExpressionAttributeNames, ExpressionAttributeValues } = isRevision(revision);
  return {
    ConditionExpression,
    UpdateExpression: "SET #email = :email, #name = :name, #version = :next, #updatedAt = :now, #writtenBy = :token",
    ExpressionAttributeNames: {
      ...ExpressionAttributeNames,
      ...{ "#name": "name", "#updatedAt": "updatedAt", "#writtenBy": "writtenBy" },
    },
    ExpressionAttributeValues: {
      ...ExpressionAttributeValues,
      ...{ ":email": email, ":name": name, ":next": revision.version + 1 },
      ...{ ":now": new Date().toISOString(), ":token": token },
    },
  };
}
