import { type DynamoDBDocumentClient, GetCommand, QueryCommand } from "@aws-sdk/lib-dynamodb";
import { ConditionalTable } from "../runtime/conditional-table";
import { Conflict, NotFound } from "../runtime/errors";
import type { User, UserPage } from "./user";

type Item = Record<string, unknown>;

/** The user in an item, which holds more. What is made of it is checked by the route's schema before anybody sees it. */
const toUser = ({ userId, email, name, createdAt }: Item): User => ({ userId, email, name, createdAt }) as User;

/** The users table: an item a user, and an index by e-mail address, which follows the table within a second or so. */
export class UserStore {
  constructor(
    private readonly client: DynamoDBDocumentClient,
    private readonly table: string,
  ) {}

  /**
   * Enters a user.
   *
   * @param token names this write and no other
   * @throws Conflict when the id is taken
   */
  async create(user: User, token: string): Promise<void> {
    const { answer, there } = await new ConditionalTable(this.client, this.table).put({
      Item: { ...user, createdBy: token },
      ConditionExpression: "attribute_not_exists(userId)",
    });
    if (!answer && there?.["createdBy"] !== token) throw new Conflict("There is a user by this id.");
  }

  /** The user, also right after it was entered. */
  async get(userId: string): Promise<User> {
    const get = new GetCommand({ TableName: this.table, Key: { userId }, ConsistentRead: true });
    const { Item: item } = await this.client.send(get);
    if (!item) throw new NotFound();
    return toUser(item);
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
    const users = Items.map(toUser);
    return last ? { users, end: last["userId"] } : { users };
  }
}
