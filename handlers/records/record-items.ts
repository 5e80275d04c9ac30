import type { GetCommandOutput } from "@aws-sdk/lib-dynamodb";
import type { Claim } from "./idempotency";
import type { Draft, KeptRecord, RecordChangeBody, StoredRecord } from "./record";
import { summarise } from "./summary";

/** An item as the table gives it. What is made of it is checked by the route's schema before anybody sees it. */
export type Item = NonNullable<GetCommandOutput["Item"]>;

const CLAIM_SECONDS = 24 * 60 * 60;
/** A tombstone is made after the claim that leads to it, so twice as long outlives it by a day. */
const TOMBSTONE_SECONDS = 2 * CLAIM_SECONDS;

/** The time as DynamoDB's expiry counts it. */
export const epochSeconds = (): number => Math.floor(Date.now() / 1000);

/** Only a live record has a source: tombstones and claims have none, which also keeps them out of the index. */
export const isLive = (item: Item | undefined): item is Item => item?.["source"] !== undefined;

/** Labels as the library writes them whatever they are called: it takes an object with a `constructor` for no object. */
const marshallable = (labels: StoredRecord["labels"]) => labels && new Map(Object.entries(labels));

/** A record's item; who created it stays when others replace it. */
export const recordItem = (record: KeptRecord): Item => ({
  ...record,
  labels: marshallable(record.labels),
  createdBy: record.writtenBy,
});

/** The record in an item, which contains more: a token, and whatever a later version of this code may add. */
export function toRecord(item: Item): KeptRecord {
  const {
    recordId,
    source,
    kind,
    values,
    labels,
    summary,
    version,
    createdAt,
    updatedAt,
    writtenBy = "",
  } = item as KeptRecord;
  return { recordId, source, kind, values, labels, summary, version, createdAt, updatedAt, writtenBy };
}

/** Tombstone of a deleted record: nothing of it but its id. */
export const tombstone = (recordId: string, token: string): Item => ({
  recordId,
  deletedAt: new Date().toISOString(),
  writtenBy: token,
  expiresAt: epochSeconds() + TOMBSTONE_SECONDS,
});

/** The key of a claim: no UUID, so that no path leads to it. */
export const claimKey = ({ id }: Claim): string => `idempotency#${id}`;

/** Reservation of an id and a creation time for all requests with the same idempotency key. */
export const claimItem = (claim: Claim, draft: Draft, now: number): Item => ({
  recordId: claimKey(claim),
  target: draft.recordId,
  createdAt: draft.createdAt,
  bodyHash: claim.bodyHash,
  expiresAt: now + CLAIM_SECONDS,
});

/** The update that replaces values and labels of one version and leaves everything else, unknown attributes too. */
export function replacement({ values, labels }: RecordChangeBody, version: number, token: string) {
  const names = ["values", "labels", "summary", "version", "updatedAt", "writtenBy"];
  return {
    // Tombstones and claims have no version, so they are never replaced.
    ConditionExpression: "#version = :version",
    UpdateExpression:
      "SET #values = :values, #summary = :summary, #version = :next, #updatedAt = :now, #writtenBy = :token" +
      (labels ? ", #labels = :labels" : " REMOVE #labels"),
    ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])),
    ExpressionAttributeValues: {
      ":values": values,
      ":labels": marshallable(labels),
      ":summary": summarise(values),
      ":version": version,
      ":next": version + 1,
      ":now": new Date().toISOString(),
      ":token": token,
    },
  };
}
