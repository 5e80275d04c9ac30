import * as z from "zod/mini";
import { type EventHandler, handleEvent } from "./handle-event";
import { parseMessage } from "./message";

/** Lambda event of an SNS notification (SNS developer guide, "Fanout Amazon SNS notifications to Lambda functions"). */
const Notification = z.object({ Records: z.array(z.object({ Sns: z.object({ Message: z.string() }) })) });

/**
 * Makes the Lambda handler of a topic's messages, which are JSON: checks each by its schema and has it worked on. What fails
 * is tried again by Lambda, and in the end is where the function's failures go.
 *
 * @example
 * export const handler = handleNotification(Sale, async (sale) => store.count(sale));
 */
export const handleNotification = <S extends z.ZodMiniType>(
  schema: S,
  work: (message: z.output<S>) => Promise<void>,
): EventHandler =>
  handleEvent(Notification, async ({ Records }) => {
    for (const { Sns } of Records) await work(parseMessage(schema, Sns.Message));
  });
