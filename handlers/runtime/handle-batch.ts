import type { SQSRecord } from "aws-lambda";
import type * as z from "zod/mini";
import { type BatchHandler, batchHandler } from "./batch";
import { parseMessage } from "./message";

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
    (record) => work(parseMessage(schema, record.body), record),
  );
