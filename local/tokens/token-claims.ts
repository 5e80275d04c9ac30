import { randomUUID } from "node:crypto";
import type { TokenIssuer } from "../read/token-issuers";

/** Whom a token is about, and what it is for. */
export interface Wanted {
  readonly subject: string;
  readonly scopes: readonly string[];
  /** @default the issuer's first */
  readonly audience?: string | undefined;
  readonly seconds: number;
}

/** The client of tokens whose issuer names none. */
const noClient = "local";

/**
 * The claims of a token as its issuer would make it: an access token (RFC 9068, 2.2); of a user pool one with scopes, and an
 * identity token without (Cognito developer guide, "Understanding the access token", "Understanding the identity token").
 *
 * @param now in milliseconds since 1970
 */
export function claimsOf(
  { audiences, isUserPool }: Pick<TokenIssuer, "audiences" | "isUserPool">,
  { subject, scopes, audience = audiences[0], seconds }: Wanted,
  now: number,
): Readonly<Record<string, unknown>> {
  const issuedAt = Math.floor(now / 1000);
  const all = { sub: subject, iat: issuedAt, exp: issuedAt + seconds, jti: randomUUID() };
  const scope = scopes.length > 0 ? { scope: scopes.join(" ") } : {};
  if (!isUserPool)
    return { ...all, ...(audience === undefined ? {} : { aud: audience }), client_id: noClient, ...scope };
  const client = audience ?? noClient;
  if (scopes.length === 0) {
    return { ...all, token_use: "id", aud: client, "cognito:username": subject, auth_time: issuedAt };
  }
  return {
    ...all,
    token_use: "access",
    client_id: client,
    username: subject,
    auth_time: issuedAt,
    version: 2,
    ...scope,
  };
}
