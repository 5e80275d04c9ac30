import type { SQSRecord } from "aws-lambda";
import type * as z from "zod/mini";
import { type BatchHandler, batchHandler } from "./batch";
import { debug, shapesOf } from "./debug";

/**
 * Makes the Lambda handler of a queue's messages, which are JSON: checks each by its schema and has it worked on. Messages of
 * a group of a FIFO queue are worked on in their order, all others side by side. What fails comes again, alone or with what
 * follows it in its group, and goes to the queue's dead letters in the end.
 *
 * @example
 * export const handler = handleBatch(Order, async (order) => store.ship(order.orderId));
 */
export const handleBatch = <S extends z.ZodMiniType>(
  schema: S,
  work: (message: z.output<S>, record: SQSRecord) => Promise<void>,
): BatchHandler =>
  batchHandler<SQSRecord>(
    {
      idOf: ({ messageId }) => messageId,
      groupOf: ({ messageId, attributes }) => attributes.MessageGroupId ?? messageId,
    },
    async (record) => {
      const result = schema.safeParse(contentOf(record));
      if (!result.success) throw new Error("the message does not match its schema");
      debug("message parsed", () => ({ message: shapesOf(result.data) }));
      await work(result.data, record);
    },
  );

function contentOf({ body }: SQSRecord): unknown {
  try {
    return JSON.parse(body);
  } catch {
    // The parser's words quote the message.
    throw new Error("the message is no JSON");
  }
}
