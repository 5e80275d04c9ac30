import { type DynamoDBDocumentClient, GetCommand, QueryCommand } from "@aws-sdk/lib-dynamodb";
import { ConditionalTable } from "../runtime/conditional-table";
import { Conflict, IdempotencyKeyReused, NotFound } from "../runtime/errors";
import { StaleVersion } from "./address";
import type { Claim } from "./idempotency";
import { type Draft, firstVersion, type KeptRecord, type NewRecordBody, type RecordChangeBody } from "./record";
import * as items from "./record-items";
import type { Created, Creation, Page, PageEnd } from "./record-operations";

/**
 * The records table. It contains records, claims of idempotency keys and tombstones of deleted records; the last two
 * expire.
 *
 * Every write is one conditional call, so of several writers of a version one wins, and there is nothing to roll back.
 */
export class RecordStore {
  readonly #writes: ConditionalTable;

  constructor(
    private readonly client: DynamoDBDocumentClient,
    private readonly table: string,
  ) {
    this.#writes = new ConditionalTable(client, table);
  }

  /** The record as the latest write left it. */
  async get(recordId: string): Promise<KeptRecord> {
    const get = new GetCommand({ TableName: this.table, Key: { recordId }, ConsistentRead: true });
    const { Item: item } = await this.client.send(get);
    if (!items.isLive(item)) throw new NotFound();
    return items.toRecord(item);
  }

  /** A page of a source's records, newest first. It may have fewer than `limit` and still not be the last. */
  async list(source: string, limit: number, after?: PageEnd): Promise<Page> {
    const query = new QueryCommand({
      TableName: this.table,
      IndexName: "bySource",
      KeyConditionExpression: "#source = :source",
      ExpressionAttributeNames: { "#source": "source" },
      ExpressionAttributeValues: { ":source": source },
      ScanIndexForward: false,
      Limit: limit,
      ExclusiveStartKey: after && { recordId: after.recordId, createdAt: after.createdAt, source },
    });
    const { Items = [], LastEvaluatedKey: last } = await this.client.send(query);
    const records = Items.map(items.toRecord);
    return last ? { records, end: { recordId: last["recordId"], createdAt: last["createdAt"] } } : { records };
  }

  /**
   * Makes a record, or finds the one that the same claim made before.
   *
   * A claim fixes id and time before the record is written, so whoever comes with the same key writes the same record
   * in the same place: after a crash between the two writes a retry completes it, and of concurrent duplicates one
   * creates it and the others find it. A tombstone outlives every claim that leads to it, so a late duplicate finds
   * that instead of nothing and can't bring a deleted record back.
   *
   * @throws IdempotencyKeyReused when the claim came with another body before
   * @throws Conflict when the claim's record has been deleted
   */
  async create(body: NewRecordBody, { token, draft, claim }: Creation): Promise<Created> {
    const record = firstVersion(body, claim ? await this.#claim(claim, draft) : draft, token);
    const written = await this.#writes.put({
      Item: items.recordItem(record),
      ConditionExpression: "attribute_not_exists(recordId)",
    });
    // Without a claim nobody else has this id: what is there is ours, whatever became of it since.
    if (written.answer || !claim) return { record, created: true };
    const { there } = written;
    if (!items.isLive(there)) throw new Conflict("The record that this idempotency key made has been deleted.");
    return { record: items.toRecord(there), created: there["createdBy"] === token };
  }

  /**
   * Replaces values and labels of one version.
   *
   * @throws NotFound when there is no such record
   * @throws StaleVersion when it has another version by now
   */
  async replace(recordId: string, version: number, change: { body: RecordChangeBody; token: string }) {
    const { body, token } = change;
    const written = await this.#writes.update({
      Key: { recordId },
      ...items.replacement(body, version, token),
      ReturnValues: "ALL_NEW",
    });
    const item = written.answer ? written.answer.Attributes : written.there;
    if (!items.isLive(item)) throw new NotFound();
    const ours = item["version"] === version + 1 && item["writtenBy"] === token;
    if (!ours) throw new StaleVersion(items.toRecord(item));
    return items.toRecord(item);
  }

  /**
   * Deletes a record: a tombstone replaces all of its attributes.
   *
   * @returns the version that was deleted, unless the table's answer to the write was lost
   * @throws NotFound when there is no such record
   */
  async delete(recordId: string, token: string): Promise<number | undefined> {
    const { answer, there } = await this.#writes.put({
      Item: items.tombstone(recordId, token),
      ConditionExpression: "attribute_exists(#source)",
      ExpressionAttributeNames: { "#source": "source" },
      ReturnValues: "ALL_OLD",
    });
    if (answer) return answer.Attributes?.["version"];
    if (there?.["writtenBy"] !== token) throw new NotFound();
    return undefined;
  }

  /** The draft that a claim stands for: the given one for the first to come, the first one's for all others. */
  async #claim(claim: Claim, draft: Draft): Promise<Draft> {
    const now = items.epochSeconds();
    const { answer, there } = await this.#writes.put({
      Item: items.claimItem(claim, draft, now),
      // Expired items stay for up to days: the clock decides, not the sweeper.
      ConditionExpression: "attribute_not_exists(recordId) OR expiresAt <= :now",
      ExpressionAttributeValues: { ":now": now },
    });
    if (answer) return draft;
    if (there?.["bodyHash"] !== claim.bodyHash) throw new IdempotencyKeyReused();
    return { recordId: there["target"], createdAt: there["createdAt"] };
  }
}
