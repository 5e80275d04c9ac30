import type { Route } from "../../contracts/api";
import { type ErrorStatus, errorStatuses, type OwnError, type Problem } from "../../contracts/errors";

/** Options of a refusal. */
interface RefusalOptions extends ErrorOptions {
  /** The message for the client. Statuses of 500 and above never show it. @default the status's own */
  readonly message?: string;
  readonly details?: readonly Problem[];
  readonly retryAfterSeconds?: number;
  /** Path at which the client finds what it lacks. */
  readonly location?: string;
  /** A code of the route's own, and its meaning. @default the status's */
  readonly own?: { readonly code: string; readonly meaning: string };
}

/** The code and the meaning of a status. */
const standard = (status: number): { readonly code: string; readonly meaning: string } =>
  Object.hasOwn(errorStatuses, status) ? errorStatuses[status as ErrorStatus] : errorStatuses[500];

/** The meaning of a status to a client. */
export const meaningOf = (status: number): string => standard(status).meaning;

/**
 * An error that is returned to the client. Everything else that is thrown is a fault of ours: a 500.
 *
 * @example
 * throw new NotFound(`There is no thing ${thingId}.`);
 */
export class Refusal extends Error {
  /** The code in the body: the status's, or one of the route's own. */
  readonly code: string;
  readonly isOwn: boolean;
  readonly details: readonly Problem[] | undefined;
  readonly retryAfterSeconds: number | undefined;
  readonly location: string | undefined;

  constructor(
    readonly status: number,
    { own, details, retryAfterSeconds, location, ...options }: RefusalOptions = {},
  ) {
    const { code, meaning } = own ?? standard(status);
    super(options.message ?? meaning, options);
    this.code = code;
    this.isOwn = own !== undefined;
    this.details = details;
    this.retryAfterSeconds = retryAfterSeconds;
    this.location = location;
  }
}

/** The codes of a route's own errors. */
type OwnCode<R extends Route> = keyof R["ownErrors"] & string;

/**
 * A refusal with a code that a route has of its own.
 *
 * @throws Error where the route has no such code
 *
 * @example
 * const ownErrors = { LINK_EXPIRED: { status: 410, meaning: "The link has expired." } };
 * const route = { method: "GET", path: "/links", summary: "", access: "public", status: 302, ownErrors } as const;
 * throw ownRefusal(route, "LINK_EXPIRED");
 */
export function ownRefusal<const R extends Route>(
  { ownErrors }: R,
  code: OwnCode<R>,
  options: Pick<RefusalOptions, "message" | "details" | "cause"> = {},
): Refusal {
  const errors: Readonly<Record<string, OwnError>> = ownErrors ?? {};
  const error = Object.hasOwn(errors, code) ? errors[code] : undefined;
  if (!error)
    throw new Error(`${code} is none of the route's own errors (${Object.keys(errors).join(", ") || "none"})`);
  return new Refusal(error.status, { own: { code, meaning: error.meaning }, ...options });
}

/** 400: the request is malformed; every problem is listed. */
export class Validation extends Refusal {
  constructor(details: readonly Problem[]) {
    super(400, { details });
  }
}

/** 403: the caller may not do this. */
export class Forbidden extends Refusal {
  constructor(message?: string) {
    super(403, message === undefined ? {} : { message });
  }
}

/** 404: there is nothing by this id. */
export class NotFound extends Refusal {
  constructor(message?: string) {
    super(404, message === undefined ? {} : { message });
  }
}

/** 409: the request contradicts what is there. */
export class Conflict extends Refusal {
  constructor(message?: string) {
    super(409, message === undefined ? {} : { message });
  }
}

/** 412: what the client read is no longer what is there. */
export class PreconditionFailed extends Refusal {
  constructor(options: Pick<RefusalOptions, "details" | "location"> = {}) {
    super(412, options);
  }
}

/** 422: the idempotency key came with another body before. */
export class IdempotencyKeyReused extends Refusal {
  constructor() {
    super(422);
  }
}

/** 428: the request must say which version it was made for. */
export class PreconditionRequired extends Refusal {
  constructor(message?: string) {
    super(428, message === undefined ? {} : { message });
  }
}

/** 429: the caller is too fast for us, whatever the gateway let through. */
export class TooManyRequests extends Refusal {
  constructor(retryAfterSeconds = 1) {
    super(429, { retryAfterSeconds });
  }
}

/** The function's own time was not enough: no service it called is to blame. */
export class DeadlineExceeded extends Error {
  override readonly name = "DeadlineExceeded";

  /** @param milliseconds - how long it had */
  constructor(milliseconds: number) {
    super(`not done within the ${Math.round(milliseconds)} ms that there were for it`);
  }
}

/** 503: a service that this one calls did not answer, or not in time; the same request may succeed soon. */
export class Unavailable extends Refusal {
  constructor(options: ErrorOptions & { readonly retryAfterSeconds?: number } = {}) {
    super(503, { retryAfterSeconds: 2, ...options });
  }
}
