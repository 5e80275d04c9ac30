import type { JsonObject } from "../../lib/json";
import { algorithm, isSignedBy, readToken } from "./json-web-token";
import type { SigningKeys } from "./signing-keys";

/** Claims that are an issuer's own, or why they are not. */
export type Judgement =
  | { readonly claims: JsonObject }
  /** @param expired when it was genuine until its time was over */
  | { readonly fault: string; readonly isExpired?: true };

export interface JudgedBy {
  /** Those whose tokens are taken. */
  readonly issuers: readonly string[];
  readonly keys: Pick<SigningKeys, "publicKey"> | undefined;
  /** In milliseconds since 1970. */
  readonly now: number;
}

/** What a client wrote, in a line of its own: no more of it than fits, and nothing that moves a cursor. */
export function shown(value: unknown): string {
  if (value === undefined) return "none";
  // As a text an object may have no value at all: `{"toString": 1}`.
  const text = typeof value === "object" ? JSON.stringify(value) : String(value);
  return text.slice(0, 100).replace(/[^\x20-\x7e]/g, "?");
}

/** Further than dates go, in seconds. */
const LATEST = 8_640_000_000_000;

const isTime = (value: unknown): value is number => typeof value === "number" && Math.abs(value) < LATEST;

/** Judges a token by its signature, its issuer and its times (RFC 7519, 7.2), in the order in which it is found out. */
export function judge(text: string, { issuers, keys, now }: JudgedBy): Judgement {
  const token = readToken(text);
  if (!token) return { fault: "the token is no JSON Web Token: three parts in base64url, with dots between them" };
  const { header, claims } = token;
  if (header["alg"] !== algorithm) {
    return { fault: `the token names the algorithm ${shown(header["alg"])}, and its issuer signs by ${algorithm}` };
  }
  const issuer = issuers.find((one) => one === claims["iss"]);
  if (issuer === undefined) {
    return { fault: `the token is of ${shown(claims["iss"])}, and those of ${issuers.join(", ")} are taken` };
  }
  const { kid } = header;
  const key = typeof kid === "string" ? keys?.publicKey(issuer, kid) : undefined;
  if (!key) return { fault: `the token names the key ${shown(kid)}, which is not in its issuer's key set` };
  if (!isSignedBy(key, token)) return { fault: "the signature is not of its issuer's key" };
  const { exp, nbf } = claims;
  if (!isTime(exp)) return { fault: "the token has no time at which it expires (exp)" };
  if (exp * 1000 <= now) {
    return { fault: `the token expired at ${new Date(exp * 1000).toISOString()}`, isExpired: true };
  }
  if (nbf !== undefined && !(isTime(nbf) && nbf * 1000 <= now)) return { fault: "the token is not valid yet (nbf)" };
  return { claims };
}
