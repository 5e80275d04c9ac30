import {
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  type PutCommandInput,
  QueryCommand,
  UpdateCommand,
} from "@aws-sdk/lib-dynamodb";
import { unlessRefused } from "../runtime/conditional";
import { Conflict, NotFound, PreconditionFailed } from "../runtime/errors";
import type { IdentifiedUser, Revision, StoredUser, UserChangeBody } from "./user";
import * as items from "./user-items";

const taken = () => new Conflict("There is a user by this id.");

/**
 * The users table: entries by user and date, of which the newest is the user, and one claim a user.
 *
 * Entries of several dates are several items, and no condition looks at two of them. So the next entry's date is fixed
 * by the claim, which is one item: whoever makes a user at the same time makes the same entry, and one of them wins.
 * A claim moves on only from an entry that has been deleted, and a deleted entry stays as a tombstone; so no two
 * entries are live, and a writer that was asleep for long finds its place taken.
 *
 * The SDK repeats a call whose answer was lost, and the repeated call then fails on its own success. So each write
 * leaves its token, and a failed condition is somebody else's doing only if the token there is not ours.
 */
export class UserStore {
  constructor(
    private readonly client: DynamoDBDocumentClient,
    private readonly table: string,
  ) {}

  /** The user as the latest write left it. */
  async get(userId: string): Promise<StoredUser> {
    const newest = await this.#newest(userId);
    if (!items.isLive(newest)) throw new NotFound();
    return items.toUser(newest);
  }

  /** @throws Conflict when there is a user by this id */
  async create(user: IdentifiedUser, token: string): Promise<StoredUser> {
    return this.#create(user, token, await this.#newest(user.userId));
  }

  /**
   * Makes a user unless that has been done: by this import, or by another that says the same.
   *
   * @returns whether the user is this import's; also when an earlier attempt made it
   * @throws Conflict when there is another user by this id
   */
  async import(user: IdentifiedUser, importId: string): Promise<boolean> {
    const newest = await this.#newest(user.userId);
    // Changed or deleted since, it stays so: events come more than once, and late.
    if (newest?.["createdBy"] === importId) return true;
    const isSame = newest?.["email"] === user.email && newest["name"] === user.name;
    if (!isSame) await this.#create(user, importId, newest);
    return !isSame;
  }

  /**
   * Replaces address and name of one revision.
   *
   * @throws NotFound when there is no such user
   * @throws PreconditionFailed when it has another revision by now
   */
  async replace(userId: string, revision: Revision | undefined, change: { body: UserChangeBody; token: string }) {
    const { body, token } = change;
    const written = revision && (await this.#update(userId, revision, items.replacement(body, revision, token)));
    if (written?.Attributes) return items.toUser(written.Attributes);
    const newest = await this.#newest(userId);
    if (!items.isLive(newest)) throw new NotFound();
    const ours = newest["version"] === (revision?.version ?? 0) + 1 && newest["writtenBy"] === token;
    if (!ours) throw new PreconditionFailed();
    return items.toUser(newest);
  }

  /**
   * Deletes a user: a tombstone takes the place of everything the entry held.
   *
   * @returns the version that was deleted, unless the table's answer to the write was lost
   * @throws NotFound when there is no such user
   */
  async delete(userId: string, token: string): Promise<number | undefined> {
    const newest = await this.#newest(userId);
    if (!items.isLive(newest)) throw new NotFound();
    const written = await this.#put({
      Item: items.tombstone(newest, token),
      ConditionExpression: "attribute_exists(email)",
      ReturnValues: "ALL_OLD",
    });
    if (written) return written.Attributes?.["version"];
    const there = await this.#newest(userId);
    if (there?.["createdDate"] !== newest["createdDate"] || there?.["writtenBy"] !== token) throw new NotFound();
    return undefined;
  }

  async #create(user: IdentifiedUser, token: string, newest: items.Item | undefined): Promise<StoredUser> {
    if (items.isLive(newest)) throw taken();
    const { userId } = user;
    const createdDate = await this.#claim(userId, newest?.["deletedDate"] && newest["createdDate"]);
    const entry = items.firstVersion(user, createdDate, token);
    const written = await this.#put({ Item: entry, ConditionExpression: "attribute_not_exists(userId)" });
    if (!written) {
      const there = await this.#read(userId, createdDate);
      if (there?.["createdBy"] !== token) throw taken();
    }
    return items.toUser(entry);
  }

  /** The date of the entry that follows a deleted one, or is the first: the same for all who come at once. */
  async #claim(userId: string, deleted: string | undefined): Promise<string> {
    const entryDate = items.dateAfter(deleted);
    const written = await this.#put({
      Item: items.claim(userId, entryDate),
      ...(deleted === undefined
        ? { ConditionExpression: "attribute_not_exists(userId)" }
        : { ConditionExpression: "entryDate = :deleted", ExpressionAttributeValues: { ":deleted": deleted } }),
    });
    if (written) return entryDate;
    return (await this.#read(userId, items.CLAIM))?.["entryDate"];
  }

  #put(input: Omit<PutCommandInput, "TableName">) {
    return unlessRefused(this.client.send(new PutCommand({ TableName: this.table, ...input })));
  }

  #update(userId: string, { createdDate }: Revision, update: ReturnType<typeof items.replacement>) {
    const Key = { userId, createdDate };
    return unlessRefused(
      this.client.send(new UpdateCommand({ TableName: this.table, Key, ...update, ReturnValues: "ALL_NEW" })),
    );
  }

  async #read(userId: string, createdDate: string): Promise<items.Item | undefined> {
    const get = new GetCommand({ TableName: this.table, Key: { userId, createdDate }, ConsistentRead: true });
    return (await this.client.send(get)).Item;
  }

  /** The entry with the latest date; or the claim, as long as there is no entry. */
  async #newest(userId: string): Promise<items.Item | undefined> {
    const query = new QueryCommand({
      TableName: this.table,
      KeyConditionExpression: "userId = :userId",
      ExpressionAttributeValues: { ":userId": userId },
      ScanIndexForward: false,
      Limit: 1,
      ConsistentRead: true,
    });
    return (await this.client.send(query)).Items?.[0];
  }
}
