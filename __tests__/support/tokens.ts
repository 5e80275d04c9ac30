import { createHmac, generateKeyPairSync, type KeyObject, randomUUID, sign } from "node:crypto";

/** A key of an issuer. */
export interface SigningKey {
  readonly kid: string;
  readonly alg: "ES256" | "RS256";
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

/** A new key, under a name that no other has. */
export function signingKey(alg: SigningKey["alg"] = "ES256"): SigningKey {
  const pair =
    alg === "ES256"
      ? generateKeyPairSync("ec", { namedCurve: "P-256" })
      : generateKeyPairSync("rsa", { modulusLength: 2048 });
  return { kid: randomUUID(), alg, ...pair };
}

/** The public halves of keys, as issuers show them (RFC 7517). */
export const keySet = (...keys: readonly SigningKey[]) => ({
  keys: keys.map(({ kid, alg, publicKey }) => ({ ...publicKey.export({ format: "jwk" }), kid, alg, use: "sig" })),
});

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");

type Signature = (input: string) => Buffer | string;

/** How a key signs. */
export const signedBy =
  ({ alg, privateKey }: SigningKey): Signature =>
  (input) =>
    alg === "ES256"
      ? sign("sha256", Buffer.from(input), { key: privateKey, dsaEncoding: "ieee-p1363" })
      : sign("sha256", Buffer.from(input), privateKey);

/** How somebody signs who takes a public key for a password. */
export const signedByPassword =
  (password: string): Signature =>
  (input) =>
    createHmac("sha256", password).update(input).digest();

/** A token of any header and claims (RFC 7515, 7.1). */
export function tokenOf(header: object, claims: object, signature: Signature): string {
  const input = `${part(header)}.${part(claims)}`;
  return `${input}.${Buffer.from(signature(input)).toString("base64url")}`;
}

/** A token as issuers make it. */
export const issued = (key: SigningKey, claims: object, header: object = {}): string =>
  tokenOf({ alg: key.alg, kid: key.kid, typ: "JWT", ...header }, claims, signedBy(key));
