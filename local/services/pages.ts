import { ServiceError } from "./service";

/** A part of a list, and where the next one begins. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | undefined;
}

/**
 * A page of a list. The token is the place in the list, in base64.
 *
 * @throws ServiceError with the code that the service has for a token which it did not give
 */
export function pageOf<T>(all: readonly T[], most: number, token: string | undefined, invalidToken: string): Page<T> {
  const start = token === undefined ? 0 : Number(Buffer.from(token, "base64").toString("utf8"));
  if (!Number.isInteger(start) || start < 0 || (token !== undefined && start === 0)) {
    throw new ServiceError(invalidToken, "The specified token is not valid.");
  }
  const end = start + most;
  const next = end < all.length ? Buffer.from(String(end)).toString("base64") : undefined;
  return { items: all.slice(start, end), next };
}
