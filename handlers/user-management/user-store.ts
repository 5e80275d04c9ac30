import { type DynamoDBDocumentClient, QueryCommand } from "@aws-sdk/lib-dynamodb";
import { ConditionalTable } from "../runtime/conditional-table";
import { Conflict, NotFound, PreconditionFailed } from "../runtime/errors";
import type { IdentifiedUser, Revision, StoredUser, UserChangeBody } from "./user";
import * as items from "./user-items";

const taken = () => new Conflict("There is a user by this id.");

/**
 * The users table: entries by user and date, of which the newest is the user, and one claim a user.
 *
 * Entries of several dates are several items, and no condition covers two of them. So the next entry's date is fixed
 * by the claim, which is one item: whoever makes a user at the same time makes the same entry, and one of them wins.
 * A claim moves on only from an entry that has been deleted, and a deleted entry stays as a tombstone; so no two
 * entries are live, and a writer that was asleep for long finds its place taken.
 */
export class UserStore {
  readonly #writes: ConditionalTable;

  constructor(
    private readonly client: DynamoDBDocumentClient,
    private readonly table: string,
  ) {
    this.#writes = new ConditionalTable(client, table);
  }

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
    if (written?.answer?.Attributes) return items.toUser(written.answer.Attributes);
    // Where that revision's entry has been deleted, or never was, there may be a later one.
    const live = items.isLive(written?.there) ? written.there : await this.#newest(userId);
    if (!items.isLive(live)) throw new NotFound();
    const ours = live["version"] === (revision?.version ?? 0) + 1 && live["writtenBy"] === token;
    if (!ours) throw new PreconditionFailed();
    return items.toUser(live);
  }

  /**
   * Deletes a user: a tombstone replaces all of the entry's attributes.
   *
   * @returns the version that was deleted, unless the table's answer to the write was lost
   * @throws NotFound when there is no such user
   */
  async delete(userId: string, token: string): Promise<number | undefined> {
    const newest = await this.#newest(userId);
    if (!items.isLive(newest)) throw new NotFound();
    const { answer, there } = await this.#writes.put({
      Item: items.tombstone(newest, token),
      ConditionExpression: "attribute_exists(email)",
      ReturnValues: "ALL_OLD",
    });
    if (answer) return answer.Attributes?.["version"];
    if (there?.["writtenBy"] !== token) throw new NotFound();
    return undefined;
  }

  async #create(user: IdentifiedUser, token: string, newest: items.Item | undefined): Promise<StoredUser> {
    if (items.isLive(newest)) throw taken();
    const { userId } = user;
    const createdDate = await this.#claim(userId, newest?.["deletedDate"] && newest["createdDate"]);
    const entry = items.firstVersion(user, createdDate, token);
    const { answer, there } = await this.#writes.put({
      Item: entry,
      ConditionExpression: "attribute_not_exists(userId)",
    });
    if (!answer && there?.["createdBy"] !== token) throw taken();
    return items.toUser(entry);
  }

  /** The date of the entry that follows a deleted one, or is the first: the same for all who come at once. */
  async #claim(userId: string, deleted: string | undefined): Promise<string> {
    const entryDate = items.dateAfter(deleted);
    const { answer, there } = await this.#writes.put({
      Item: items.claim(userId, entryDate),
      ...(deleted === undefined
        ? { ConditionExpression: "attribute_not_exists(userId)" }
        : { ConditionExpression: "entryDate = :deleted", ExpressionAttributeValues: { ":deleted": deleted } }),
    });
    return answer ? entryDate : there?.["entryDate"];
  }

  #update(userId: string, { createdDate }: Revision, update: ReturnType<typeof items.replacement>) {
    return this.#writes.update({ Key: { userId, createdDate }, ...update, ReturnValues: "ALL_NEW" });
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
