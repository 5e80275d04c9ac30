import { type DynamoDBDocumentClient, PutCommand, paginateQuery } from "@aws-sdk/lib-dynamodb";
import { ConditionalTable } from "../runtime/conditional-table";
import { NotFound } from "../runtime/errors";
import type { Import, ImportOutcome } from "./import";

/** Items of imports expire when the queue's messages do: later nothing can be done about a user. */
const KEPT_SECONDS = 14 * 24 * 60 * 60;

/** The partition of an import: no user's id begins like this. */
const partition = (importId: string): string => `#import#${importId}`;

/** Sort key of the item for the whole import: it comes before every user's id. */
const WHOLE = "#";

const expiresAt = (): number => Math.floor(Date.now() / 1000) + KEPT_SECONDS;

const itemOf = (importId: string, about: string, attributes: object) => ({
  userId: partition(importId),
  createdDate: about,
  ...attributes,
  expiresAt: expiresAt(),
});

/** Outcomes of imports: an item for the import with its users' ids, and one for each user that has been processed. */
export class ImportStore {
  constructor(
    private readonly client: DynamoDBDocumentClient,
    private readonly table: string,
  ) {}

  /** Writes down who is in an import, before anybody is made. */
  async accept(importId: string, userIds: readonly string[]): Promise<void> {
    await this.#put(importId, WHOLE, { userIds, acceptedDate: new Date().toISOString() });
  }

  /** Writes down what became of a user. */
  async settle(importId: string, userId: string, outcome: ImportOutcome): Promise<void> {
    await this.#put(importId, userId, { outcome });
  }

  /** Writes down that an attempt failed; one that succeeded before, or at the same time, stands. */
  async fail(importId: string, userId: string, error: string): Promise<void> {
    await new ConditionalTable(this.client, this.table).put({
      Item: itemOf(importId, userId, { outcome: "failed", error }),
      ConditionExpression: "attribute_not_exists(outcome) OR outcome = :failed",
      ExpressionAttributeValues: { ":failed": "failed" },
    });
  }

  /** @throws NotFound when there was no such import in the last 14 days */
  async get(importId: string): Promise<Import> {
    const query = {
      TableName: this.table,
      KeyConditionExpression: "userId = :import",
      ExpressionAttributeValues: { ":import": partition(importId) },
      ConsistentRead: true,
    };
    const items = [];
    for await (const { Items = [] } of paginateQuery({ client: this.client }, query)) items.push(...Items);
    const whole = items.find(({ createdDate }) => createdDate === WHOLE);
    if (!whole) throw new NotFound();
    const outcomes = new Map(items.map(({ createdDate, outcome, error }) => [createdDate, { outcome, error }]));
    const users = (whole["userIds"] as string[]).map((userId) => ({
      userId,
      outcome: "pending" as const,
      ...outcomes.get(userId),
    }));
    return { importId, acceptedDate: whole["acceptedDate"], users };
  }

  #put(importId: string, about: string, attributes: object) {
    return this.client.send(new PutCommand({ TableName: this.table, Item: itemOf(importId, about, attributes) }));
  }
}
