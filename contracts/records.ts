import * as z from "zod/mini";
import type { Api } from "./api";
import { ErrorSchema } from "./errors";
import { identifier, ifMatch, instant, integerText, onDemand, text, token } from "./fields";

/**
 * The magnitude that a value may have. DynamoDB keeps numbers below 1e126 and no closer to zero than 1e-130; the
 * bounds leave room for the mean and the deviation of a thousand of them.
 */
const LARGEST = 1e100;
const SMALLEST = 1e-100;

const valueMessage = `must be 0 or a number whose magnitude is ${SMALLEST}–${LARGEST}`;

const value = () =>
  z.number("must be a finite number").check(
    z.gte(-LARGEST, valueMessage),
    z.lte(LARGEST, valueMessage),
    z.refine((number) => number === 0 || Math.abs(number) >= SMALLEST, valueMessage),
  );

const countMessage = "must hold 1–1000 numbers";

const values = () => z.array(value()).check(z.minLength(1, countMessage), z.maxLength(1000, countMessage));

const labels = onDemand(() =>
  z
    .record(
      z
        .string()
        .check(z.regex(/^[A-Za-z][A-Za-z0-9._-]{0,63}$/, "must be a letter, then letters, digits or . _ - (64)")),
      text(256),
    )
    .check(
      z.refine((all) => Object.keys(all).length <= 16, "must hold at most 16 labels"),
      z.meta({ maxProperties: 16 }),
    ),
);

const source = () => identifier(128);

/** Request body that creates a record. */
export const NewRecord = onDemand(() =>
  z.strictObject({
    source: source(),
    kind: identifier(64),
    values: values(),
    labels: z.optional(labels),
  }),
);

/** The fields of a record that a client may replace. */
export const RecordChange = onDemand(() => z.strictObject({ values: values(), labels: z.optional(labels) }));

/** Population statistics of the values. */
export const Summary = onDemand(() =>
  z.strictObject({
    count: z.int().check(z.gte(1), z.lte(1000)),
    min: z.number(),
    max: z.number(),
    mean: z.number(),
    stddev: z.number().check(z.gte(0)),
  }),
);

/** A record as it is kept and answered. */
export const StoredRecord = onDemand(() =>
  z.strictObject({
    recordId: z.uuidv7(),
    source: source(),
    kind: identifier(64),
    values: values(),
    labels: z.optional(labels),
    summary: Summary,
    version: z.int().check(z.gte(1)),
    createdAt: instant(),
    updatedAt: instant(),
  }),
);

/** One page of a list, newest first. Only a missing `nextCursor` says that there is no more. */
export const RecordPage = onDemand(() =>
  z.strictObject({ items: z.array(StoredRecord), nextCursor: z.optional(z.string()) }),
);

const params = onDemand(() => z.object({ recordId: z.uuidv7("must be a UUID of version 7") }));
const etag = { ETag: "The record's version, quoted; goes into If-Match" };

const LAST_VERSION = 999_999_999_999_999;

/**
 * Query parameter that selects one version in the stage's cache: returned by every operation that reads or changes a
 * record.
 */
const versionQuery = onDemand(() =>
  z.strictObject({
    version: z.optional(
      integerText(1, LAST_VERSION).check(
        z.meta({ description: "A version that the client knows of; the answer is this one or a later one" }),
      ),
    ),
    write: z.optional(
      token(64).check(
        z.meta({
          description: "What comes with the version in an address that was handed out, or a value of one's own",
        }),
      ),
    ),
  }),
);
const currentAddress = "Where the version that is current now can be read at once; a reference to resolve";

/** The flagship's contract: batches of measurements, validated, summarised and kept. */
export const recordsApi = {
  name: "records",
  version: "1.0.0",
  description: "Batches of measurements sent by a source, validated, summarised and kept.",
  models: { NewRecord, RecordChange, Summary, StoredRecord, RecordPage, Error: ErrorSchema },
  routes: {
    createRecord: {
      method: "POST",
      path: "/records",
      summary: "Keep a batch of measurements",
      access: "apiKey",
      headers: onDemand(() =>
        z.object({
          "idempotency-key": z.optional(
            identifier(128).check(
              z.meta({
                description:
                  "Within 24 hours the same key of the same client makes one record, however often it comes; a later one makes another",
              }),
            ),
          ),
        }),
      ),
      body: NewRecord,
      status: [201, 200],
      response: StoredRecord,
      responseHeaders: { ...etag, Location: `The path of the record. ${currentAddress}` },
      errors: [400, 409, 422, 503],
    },
    listRecords: {
      method: "GET",
      path: "/records",
      summary: "List a source's records, newest first",
      access: "apiKey",
      query: onDemand(() =>
        z.strictObject({
          source: source(),
          limit: z._default(integerText(1, 100), 25),
          cursor: z.optional(token(2048)),
        }),
      ),
      status: 200,
      response: RecordPage,
      errors: [400, 503],
    },
    getRecord: {
      method: "GET",
      path: "/records/{recordId}",
      summary: "Read a record",
      access: "apiKey",
      params,
      query: versionQuery,
      status: 200,
      response: StoredRecord,
      responseHeaders: {
        ...etag,
        "Content-Location": "The query of this version's own address; read by it, no older version comes back",
      },
      errors: [400, 404, 503],
      cache: { ttlSeconds: 60, keyParameters: ["recordId", "version", "write"] },
    },
    replaceRecord: {
      method: "PUT",
      path: "/records/{recordId}",
      summary: "Replace a record's values and labels",
      access: "apiKey",
      params,
      headers: onDemand(() => z.object({ "if-match": z.optional(ifMatch()) })),
      body: RecordChange,
      status: 200,
      response: StoredRecord,
      responseHeaders: { ...etag, Location: currentAddress },
      errorHeaders: { 412: { Location: currentAddress } },
      errors: [400, 404, 412, 428, 503],
    },
    deleteRecord: {
      method: "DELETE",
      path: "/records/{recordId}",
      summary: "Delete a record",
      access: "apiKey",
      params,
      status: 204,
      responseHeaders: { Location: "Where it can be seen at once that the record is gone" },
      errors: [400, 404, 503],
    },
  },
} as const satisfies Api;
