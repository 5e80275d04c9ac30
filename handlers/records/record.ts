import type * as z from "zod/mini";
import type { NewRecord, RecordChange, StoredRecord as StoredRecordSchema } from "../../contracts/records";
import { summarise } from "./summary";

/** A record as it is answered. */
export type StoredRecord = z.infer<typeof StoredRecordSchema>;

/** A record as it is kept: with the token of the write that made this version. */
export type KeptRecord = StoredRecord & { readonly writtenBy: string };

/** The record as it is answered. */
export const answered = ({ writtenBy: _, ...record }: KeptRecord): StoredRecord => record;

/** Request body that creates a record. */
export type NewRecordBody = z.infer<typeof NewRecord>;

/** The fields of a record that a client may replace. */
export type RecordChangeBody = z.infer<typeof RecordChange>;

/** The identity of a record that is to be: the same draft always gives the same record. */
export interface Draft {
  /** UUID v7. */
  readonly recordId: string;
  /** ISO 8601, UTC, milliseconds. */
  readonly createdAt: string;
}

/** The first version of a record. @param token names the write */
export const firstVersion = (body: NewRecordBody, { recordId, createdAt }: Draft, token: string): KeptRecord => ({
  recordId,
  source: body.source,
  kind: body.kind,
  values: body.values,
  labels: body.labels,
  summary: summarise(body.values),
  version: 1,
  createdAt,
  updatedAt: createdAt,
  writtenBy: token,
});

/** The ETag of a record: its version, quoted. */
export const etagOf = ({ version }: StoredRecord): string => `"${version}"`;

/** The version that an ETag stands for; 0, which no record has, when we never made such a tag. */
export const versionOf = (etag: string): number => Number(/^"([1-9]\d{0,14})"$/.exec(etag)?.[1] ?? 0);
