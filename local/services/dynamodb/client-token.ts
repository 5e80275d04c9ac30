import { createHash } from "node:crypto";
import { ServiceError } from "../service";

/** A client's token, and the digest of what came with it. */
export interface TokenUse {
  readonly token: string;
  readonly digest: string;
}

/**
 * Whether the same request has been done before with its token.
 *
 * @param known the digest of the request that came with it before
 * @throws ServiceError when that was another request
 */
export function isRepeated(known: string | undefined, use: TokenUse | undefined): boolean {
  if (known === undefined) return false;
  if (known === use?.digest) return true;
  throw new ServiceError(
    "IdempotentParameterMismatchException",
    "The request uses the same client token as a previous, but non-identical request. Do not reuse a client token with different requests, unless the requests are identical",
  );
}

/** A request's use of its token, if it has one. @param content what must be the same each time */
export const tokenUse = (token: string | undefined, content: unknown): TokenUse | undefined =>
  token === undefined
    ? undefined
    : { token, digest: createHash("sha256").update(JSON.stringify(content)).digest("base64") };
