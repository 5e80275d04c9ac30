import { type KeyObject, sign, verify } from "node:crypto";
import { isObject, type JsonObject } from "../../lib/json";

/** The algorithm by which tokens are signed here, as Cognito signs all of its own: RSA with SHA-256 (RFC 7518, 3.3). */
export const algorithm = "RS256";

const digest = "RSA-SHA256";

/** A token taken apart. Nothing of it is true before its signature is verified. */
export interface ReadToken {
  readonly header: JsonObject;
  readonly claims: JsonObject;
  /** What the signature is of. */
  readonly signed: string;
  readonly signature: Buffer;
}

const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");

function decoded(part: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, "base64url").toString("utf8"));
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Takes a token apart (RFC 7515, 3.1: three parts, each in base64url). @returns undefined for a text that is none */
export function readToken(text: string): ReadToken | undefined {
  const [, head = "", body = "", signature = ""] = /^([\w-]+)\.([\w-]+)\.([\w-]*)$/.exec(text) ?? [];
  const [header, claims] = [decoded(head), decoded(body)];
  if (!header || !claims) return undefined;
  return { header, claims, signed: `${head}.${body}`, signature: Buffer.from(signature, "base64url") };
}

/** Whether the key's owner has signed it, whatever algorithm its header names. */
export const isSignedBy = (key: KeyObject, { signed, signature }: ReadToken): boolean =>
  verify(digest, Buffer.from(signed), key, signature);

/** Writes a token, signed. */
export function writeToken(claims: object, { id, key }: { readonly id: string; readonly key: KeyObject }): string {
  const signed = `${encoded({ kid: id, alg: algorithm, typ: "JWT" })}.${encoded(claims)}`;
  return `${signed}.${sign(digest, Buffer.from(signed), key).toString("base64url")}`;
}
