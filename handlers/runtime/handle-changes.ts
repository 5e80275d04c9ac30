import { type NativeAttributeValue, unmarshall } from "@aws-sdk/util-dynamodb";
import type { DynamoDBRecord } from "aws-lambda";
import type * as z from "zod/mini";
import { type BatchHandler, batchHandler } from "./batch";
import { checked } from "./schema-mismatch";

/** A change of an item. */
export interface ItemChange<T> {
  readonly kind: "INSERT" | "MODIFY" | "REMOVE";
  /** The item's key. */
  readonly keys: Readonly<Record<string, unknown>>;
  /** As it was, where the stream's view has it. */
  readonly before: T | undefined;
  /** As it is, where the stream's view has it. */
  readonly after: T | undefined;
  /** Whether it was removed since its time to live was over. */
  readonly expired: boolean;
}

type Image = NonNullable<DynamoDBRecord["dynamodb"]>["NewImage"];

/** Plain values, as the client of handlers reads them. */
const plain = (image: Image): Record<string, unknown> =>
  unmarshall((image ?? {}) as Record<string, NativeAttributeValue>, { wrapNumbers: Number });

/** @throws Error in words that quote nothing of the item */
function itemIn<S extends z.ZodMiniType>(schema: S, image: Image): z.output<S> | undefined {
  return image === undefined ? undefined : checked(schema, plain(image), "item");
}

/**
 * Makes the Lambda handler of a table's stream: has each change worked on, one after the other. After one that fails, it and
 * all that follow come again; what fails for good, the stream's queue of failures is told of.
 *
 * @example
 * export const handler = handleChanges(Thing, async ({ after }) => {
 *   if (after) await store.count(after);
 * });
 */
export const handleChanges = <S extends z.ZodMiniType>(
  schema: S,
  work: (change: ItemChange<z.output<S>>) => Promise<void>,
): BatchHandler =>
  batchHandler<DynamoDBRecord>(
    // Lambda goes on with the first that failed, whatever else is done.
    { idOf: ({ dynamodb }) => dynamodb?.SequenceNumber ?? "", groupOf: () => "" },
    async ({ eventName, dynamodb = {}, userIdentity }) => {
      if (eventName === undefined) throw new Error("the record is no change of an item");
      await work({
        kind: eventName,
        keys: plain(dynamodb.Keys),
        before: itemIn(schema, dynamodb.OldImage),
        after: itemIn(schema, dynamodb.NewImage),
        expired: userIdentity?.principalId === "dynamodb.amazonaws.com",
      });
    },
  );
