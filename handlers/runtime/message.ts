import type * as z from "zod/mini";
import { debug, shapesOf } from "./debug";
import { checked } from "./schema-mismatch";

function contentOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's words quote the message.
    throw new Error("the message is no JSON");
  }
}

/**
 * A message in JSON, as its schema has it. @throws Error in words that quote nothing of it
 *
 * @example
 * const { orderId } = parseMessage(Order, text);
 */
export function parseMessage<S extends z.ZodMiniType>(schema: S, text: string): z.output<S> {
  const message = checked(schema, contentOf(text), "message");
  debug("message parsed", () => ({ message: shapesOf(message) }));
  return message;
}
