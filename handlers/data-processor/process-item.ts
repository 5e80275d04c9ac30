import { createHash, createHmac } from "node:crypto";
import { canonicalJson } from "../runtime/canonical-json";

/** The kind of a JSON value. */
function typeOf(value: unknown): "array" | "boolean" | "null" | "number" | "object" | "string" {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  return typeof value as "boolean" | "number" | "object" | "string";
}

/**
 * Fingerprints an item. Its id is keyed (HMAC-SHA256, half of it): it reveals nothing about the item to whoever lacks the
 * key, and nobody else can make one up. The SHA-256 is for everyone to check.
 *
 * @param key what ids are keyed with
 */
export function processItem(original: unknown, key: string) {
  const text = canonicalJson(original);
  return {
    id: createHmac("sha256", key).update(text).digest("hex").slice(0, 32),
    original,
    processed: {
      type: typeOf(original),
      bytes: Buffer.byteLength(text),
      sha256: createHash("sha256").update(text).digest("hex"),
    },
  };
}
