import * as z from "zod/mini";
import { type EventHandler, handleEvent } from "./handle-event";

/** Lambda event of S3, as far as it is read (S3 User Guide, "Event message structure"). */
const ObjectsCreated = z.object({
  Records: z.array(
    z.object({
      s3: z.object({
        bucket: z.object({ name: z.string() }),
        object: z.object({ key: z.string(), size: z.optional(z.number()), versionId: z.optional(z.string()) }),
      }),
    }),
  ),
});

/** An object that was created. */
export interface CreatedObject {
  readonly bucket: string;
  readonly key: string;
  /** In bytes. */
  readonly size: number;
  /** Of buckets that have versions: which one was created, whatever came after. */
  readonly versionId: string | undefined;
}

/**
 * Makes the Lambda handler of a bucket's new objects. What fails is tried again by Lambda, and in the end is where the
 * function's failures go.
 *
 * @example
 * export const handler = handleObjects(async ({ key }) => store.ship(key));
 */
export const handleObjects = (work: (object: CreatedObject) => Promise<void>): EventHandler =>
  handleEvent(ObjectsCreated, async ({ Records }) => {
    for (const { s3 } of Records) {
      const { key, size = 0, versionId } = s3.object;
      // Keys come as forms write them.
      await work({ bucket: s3.bucket.name, key: decodeURIComponent(key.replaceAll("+", " ")), size, versionId });
    }
  });
