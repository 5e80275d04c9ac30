import * as z from "zod/mini";
import { onDemand } from "./fields";

/** Each status that a handler refuses with, the code in the body, and what it means to a client. */
export const errorStatuses = {
  400: { code: "VALIDATION_FAILED", meaning: "The request is malformed; details lists every problem with its path." },
  403: { code: "FORBIDDEN", meaning: "The caller may not do this." },
  404: { code: "NOT_FOUND", meaning: "There is nothing by this id." },
  409: { code: "CONFLICT", meaning: "The request contradicts what is there." },
  412: { code: "PRECONDITION_FAILED", meaning: "Somebody changed it since it was read; read it again." },
  422: { code: "IDEMPOTENCY_KEY_REUSED", meaning: "The idempotency key came with another body before." },
  428: { code: "PRECONDITION_REQUIRED", meaning: "The request must say which version it was made for (If-Match)." },
  429: { code: "TOO_MANY_REQUESTS", meaning: "Slow down." },
  500: { code: "INTERNAL_ERROR", meaning: "A fault of the service; quote the requestId when reporting it." },
  503: { code: "UNAVAILABLE", meaning: "A service behind this one did not answer; try again after Retry-After." },
} as const;

/** A status that a handler refuses with. */
export type ErrorStatus = keyof typeof errorStatuses;

/** Statuses that any route may answer: what the runtime itself refuses with, declared or not. */
export const usualStatuses: readonly number[] = [400, 403, 429, 500, 503];

/** A refusal with a code of a route's own. */
export interface OwnError {
  /** 400–499 */
  readonly status: number;
  /** What it means to a client, in a sentence. */
  readonly meaning: string;
}

/** The body of every error that a client sees, from a handler or from the gateway. */
export const ErrorSchema = onDemand(() =>
  z.strictObject({
    error: z.strictObject({
      code: z.string(),
      message: z.string(),
      details: z.optional(z.array(z.strictObject({ path: z.string(), message: z.string() }))),
      requestId: z.string(),
    }),
  }),
);

/** A problem's place (`body.values.3`, `query.limit`) and message. */
export interface Problem {
  readonly path: string;
  readonly message: string;
}
