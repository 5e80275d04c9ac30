import { createHash, createPrivateKey, createPublicKey, generateKeyPair, type KeyObject } from "node:crypto";
import { statSync } from "node:fs";
import { promisify } from "node:util";
import { isObject } from "../../lib/json";
import { UserError } from "../../lib/user-error";
import type { TokenIssuer } from "../read/token-issuers";
import { JsonFile } from "../store/json-file";
import { algorithm, writeToken } from "./json-web-token";

/** A key in a key set (RFC 7517, 4). */
interface PublicJwk {
  readonly kid: string;
  readonly kty: string;
  readonly use: "sig";
  readonly alg: string;
  readonly n: string;
  readonly e: string;
}

interface SigningKey {
  readonly id: string;
  readonly key: KeyObject;
  readonly publicKey: KeyObject;
  readonly jwk: PublicJwk;
}

/** The file of the keys, in the folder of what the local run keeps. */
export const signingKeysFile = "signing-keys.json";

/** An issuer, and a system that names it. */
export interface NamedIssuer extends TokenIssuer {
  readonly system: string;
}

/** What is kept of an issuer: its keys in PEM, the one that signs first, and who names it. */
interface Kept {
  readonly keys: readonly string[];
  readonly named: readonly NamedIssuer[];
}

/** In a key set: the one that signs, and the one before, whose tokens may still be out. */
const IN_SET = 2;

const MODULUS_BITS = 2048;

const parsed = new Map<string, SigningKey>();

/** @throws Error when it is no key */
function signingKey(pem: string): SigningKey {
  const known = parsed.get(pem);
  if (known) return known;
  const key = createPrivateKey(pem);
  const publicKey = createPublicKey(key);
  const { n = "", e = "", kty = "" } = publicKey.export({ format: "jwk" });
  // RFC 7638, "JSON Web Key (JWK) Thumbprint".
  const id = createHash("sha256").update(JSON.stringify({ e, kty, n })).digest("base64url");
  const made: SigningKey = { id, key, publicKey, jwk: { kid: id, kty, use: "sig", alg: algorithm, n, e } };
  parsed.set(pem, made);
  return made;
}

/** @throws Error when it is not what was kept */
function keptIn(text: string): Kept {
  const value: unknown = JSON.parse(text);
  const { keys, named } = isObject(value) ? value : {};
  if (!Array.isArray(keys) || keys.length === 0 || !Array.isArray(named) || !named.every(isObject)) {
    throw new Error("it has other members");
  }
  for (const pem of keys) signingKey(String(pem));
  return { keys, named: named as unknown as readonly NamedIssuer[] };
}

async function newKey(): Promise<string> {
  const { privateKey } = await promisify(generateKeyPair)("rsa", { modulusLength: MODULUS_BITS });
  return privateKey.export({ type: "pkcs8", format: "pem" }).toString();
}

/**
 * The keys that stand in for those of real issuers on this machine, each made when a system first names its issuer, in a file
 * that only its owner can read. The command that prints tokens and the local run each read what is there.
 */
export class SigningKeys {
  private read: { readonly version: string; readonly file: JsonFile } | undefined;

  constructor(private readonly path: string) {}

  /** Has keys for the issuers, and keeps who names them. @throws UserError when the file is damaged, or can't be used */
  async provide(issuers: readonly NamedIssuer[]): Promise<void> {
    const names = new Set(issuers.map(({ issuer }) => issuer));
    const made = new Map<string, string>();
    for (const name of names) if (!this.kept(name)) made.set(name, await newKey());
    for (const name of names) {
      const before = this.kept(name);
      const named = issuers.filter(({ issuer }) => issuer === name);
      const keys = before?.keys ?? [made.get(name) ?? ""];
      const next = JSON.stringify({ keys, named });
      if (next !== JSON.stringify(before)) this.file().set(name, next);
    }
    // A system that names it no more does not keep anybody from asking for its tokens without saying which.
    for (const { issuer } of this.named()) {
      const before = this.kept(issuer);
      if (before && !names.has(issuer)) this.file().set(issuer, JSON.stringify({ ...before, named: [] }));
    }
  }

  /** Issuers that systems name, once for each system. */
  named(): readonly NamedIssuer[] {
    return this.file()
      .names()
      .flatMap((name) => this.kept(name)?.named ?? []);
  }

  /** The public keys of an issuer; undefined for one that nobody names. */
  keySet(issuer: string): { readonly keys: readonly PublicJwk[] } | undefined {
    const keys = this.keysOf(issuer);
    return keys.length === 0 ? undefined : { keys: keys.map(({ jwk }) => jwk) };
  }

  publicKey(issuer: string, id: string): KeyObject | undefined {
    return this.keysOf(issuer).find((key) => key.id === id)?.publicKey;
  }

  /** A token of an issuer. @throws UserError for an issuer without keys */
  sign(issuer: string, claims: object): string {
    const [first] = this.keysOf(issuer);
    if (!first) throw new UserError(`there are no keys for ${issuer}`);
    return writeToken({ iss: issuer, ...claims }, first);
  }

  /** Has an issuer sign with a new key from now on. */
  async rotate(issuer: string): Promise<void> {
    const made = await newKey();
    const before = this.kept(issuer);
    if (!before) throw new UserError(`there are no keys for ${issuer}`);
    this.file().set(issuer, JSON.stringify({ ...before, keys: [made, ...before.keys].slice(0, IN_SET) }));
  }

  private keysOf(issuer: string): readonly SigningKey[] {
    return this.kept(issuer)?.keys.map(signingKey) ?? [];
  }

  private kept(issuer: string): Kept | undefined {
    const file = this.file();
    const text = file.get(issuer);
    if (text === undefined) return undefined;
    try {
      return keptIn(text);
    } catch {
      // Without the words of the parser, which may quote a key.
      throw file.damaged(`its entry ${issuer} is not as it was written`);
    }
  }

  /** The file as it is now: the other process may have written it. */
  private file(): JsonFile {
    const stats = statSync(this.path, { throwIfNoEntry: false });
    const version = stats ? `${stats.ino} ${stats.mtimeMs}` : "none";
    if (this.read?.version !== version) {
      this.read = { version, file: new JsonFile(this.path, "makes new keys, so that tokens of before are refused") };
    }
    return this.read.file;
  }
}
