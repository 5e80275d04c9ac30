import { createHash } from "node:crypto";
import { canonicalJson } from "../runtime/canonical-json";
import type { NewRecordBody } from "./record";

/** Identity of a request with an idempotency key: its caller and key, and its body. */
export interface Claim {
  /** The same for the same caller and key, and says nothing of either. */
  readonly id: string;
  /** The same for bodies that mean the same. */
  readonly bodyHash: string;
}

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

/** The claim of a caller's key; another caller's same key is another claim. */
export const claimOf = (caller: string, key: string, body: NewRecordBody): Claim => ({
  id: sha256(JSON.stringify([caller, key])),
  bodyHash: sha256(canonicalJson(body)),
});
