import type { Context } from "aws-lambda";
import type * as z from "zod/mini";
import { withDeadline, workingTime } from "./deadline";
import { debug, shapesOf } from "./debug";
import { describeFailure, kindOf } from "./failures";
import { logLine } from "./log-line";
import { checked, issuesOf } from "./schema-mismatch";
import { beginLog, endLog, logger } from "./telemetry";
import { beginTrace, endTrace } from "./trace";

/** A Lambda function that is given events which nobody waits for. */
export type EventHandler = (event: unknown, context: Context) => Promise<void>;

/** The error that Lambda records, and passes on with the event: its kind, and no words that may quote somebody. */
class EventFailed extends Error {
  override readonly name = "EventFailed";
}

/**
 * Makes the Lambda handler of an event: checks it by its schema and has it worked on within the function's time.
 * Whatever is thrown fails the invocation, so that Lambda tries it again and in the end puts it where failures go.
 *
 * @example
 * export const handler = handleEvent(Order, async (order) => store.ship(order.orderId));
 */
export function handleEvent<S extends z.ZodMiniType>(
  schema: S,
  operation: (event: z.output<S>, context: Context) => Promise<void>,
): EventHandler {
  return async (event, context) => {
    const startedAt = performance.now();
    const requestId = context.awsRequestId;
    const invocation = { context, requestId, isCold: beginLog(requestId, context) };
    let outcome = "done";
    beginTrace();
    try {
      const parsed = checked(schema, event, "event");
      debug("event parsed", () => ({ event: shapesOf(parsed) }));
      await withDeadline(workingTime(context), () => operation(parsed, context));
    } catch (thrown) {
      const kind = kindOf(thrown);
      outcome = kind;
      logger().error("event failed", { kind, failure: describeFailure(thrown), ...issuesOf(thrown) });
      throw new EventFailed(kind);
    } finally {
      const ms = Math.round((performance.now() - startedAt) * 10) / 10;
      logLine("INFO", "event", invocation, { outcome, ms });
      endTrace(context.functionName, {
        ...{ operation: context.functionName, outcome, request_id: requestId },
        fault: Number(outcome !== "done"),
      });
      endLog();
    }
  };
}
