import { type DynamoDBDocumentClient, GetCommand, QueryCommand } from "@aws-sdk/lib-dynamodb";
import { ConditionalTable, type Item } from "../runtime/conditional-table";
import { Conflict, NotFound, PreconditionFailed } from "../runtime/errors";
import { etagOf, type IdentifiedUser, revisionOf, type User, type UserChangeBody, type UserPage } from "./user";
import * as items from "./user-items";

/**
 * The users table: an item a user, or for two days the tombstone of one, and an index by e-mail address, which follows
 * the table within a second or so. Every write is one conditional call, so of several writers of a version one wins.
 */
export class UserStore {
  readonly #writes: ConditionalTable;

  constructor(
    private readonly client: DynamoDBDocumentClient,
    private readonly table: string,
  ) {
    this.#writes = new ConditionalTable(client, table);
  }

  /**
   * Enters a user; an id that was given up may be taken again.
   *
   * @param token names this write and no other
   * @throws Conflict when the id is taken
   */
  async create(user: IdentifiedUser, token: string): Promise<User> {
    const entry = items.firstVersion(user, token);
    const first = await this.#writes.put({ Item: entry, ConditionExpression: "attribute_not_exists(userId)" });
    // Entered already, when the answer to that was lost, whatever became of it since.
    if (first.answer || first.there?.["createdBy"] === token) return items.toUser(entry);
    if (!first.there || items.isLive(first.there)) throw new Conflict("There is a user by this id.");
    return this.#createAfter(first.there, user, token);
  }

  /** The user, also right after it was entered. */
  async get(userId: string): Promise<User> {
    const item = await this.#read(userId);
    if (!items.isLive(item)) throw new NotFound();
    return items.toUser(item);
  }

  /** A page of the users with an address, after the one with this id. It may be empty and still not be the last. */
  async list(email: string, limit: number, after?: string): Promise<UserPage> {
    const query = new QueryCommand({
      TableName: this.table,
      IndexName: "emailIndex",
      KeyConditionExpression: "email = :email",
      ExpressionAttributeValues: { ":email": email },
      Limit: limit,
      ExclusiveStartKey: after === undefined ? undefined : { userId: after, email },
    });
    const { Items = [], LastEvaluatedKey: last } = await this.client.send(query);
    const users = Items.map(items.toUser);
    return last ? { users, end: last["userId"] } : { users };
  }

  /**
   * Replaces address and name of the version that an ETag stands for.
   *
   * @throws NotFound when there is no such user
   * @throws PreconditionFailed when it has another version by now
   */
  async replace(userId: string, etag: string, change: { body: UserChangeBody; token: string }): Promise<User> {
    const { body, token } = change;
    const { version, createdAt } = revisionOf(etag);
    const written = await this.#writes.update({
      Key: { userId },
      ...items.replacement(body, { version, createdAt }, token),
      ReturnValues: "ALL_NEW",
    });
    const item = written.answer ? written.answer.Attributes : written.there;
    if (!items.isLive(item)) throw new NotFound();
    const user = items.toUser(item);
    const ours = etagOf(user) === etagOf({ version: version + 1, createdAt }) && item["writtenBy"] === token;
    if (!ours) throw new PreconditionFailed();
    return user;
  }

  /**
   * Deletes a user: a tombstone replaces all of the item's attributes.
   *
   * @param etag the version that may be deleted; without one whichever there is
   * @throws NotFound when there is no such user
   * @throws PreconditionFailed when it has another version than that
   */
  async delete(userId: string, token: string, etag?: string): Promise<void> {
    const item = await this.#read(userId);
    if (!items.isLive(item)) throw new NotFound();
    const condition =
      etag === undefined
        ? {
            ConditionExpression: "attribute_exists(email) AND createdAt = :createdAt",
            ExpressionAttributeValues: { ":createdAt": item["createdAt"] },
          }
        : items.isRevision(revisionOf(etag));
    const { answer, there } = await this.#writes.put({ Item: items.tombstone(item, token), ...condition });
    if (answer || there?.["writtenBy"] === token) return;
    if (etag !== undefined && items.isLive(there)) throw new PreconditionFailed();
    throw new NotFound();
  }

  /** Enters a user in the place of one who was deleted: of that very tombstone, so that a late call changes nothing. */
  async #createAfter(tombstone: Item, user: IdentifiedUser, token: string): Promise<User> {
    const entry = items.firstVersion(user, token, tombstone);
    const { answer, there } = await this.#writes.put({
      Item: entry,
      // The tombstone may have expired just now.
      ConditionExpression: "attribute_not_exists(userId) OR writtenBy = :deletion",
      ExpressionAttributeValues: { ":deletion": tombstone["writtenBy"] },
    });
    if (!answer && there?.["createdBy"] !== token) throw new Conflict("There is a user by this id.");
    return items.toUser(entry);
  }

  async #read(userId: string): Promise<Item | undefined> {
    const get = new GetCommand({ TableName: this.table, Key: { userId }, ConsistentRead: true });
    return (await this.client.send(get)).Item;
  }
}
