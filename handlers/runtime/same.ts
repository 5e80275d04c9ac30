import { createHash, timingSafeEqual } from "node:crypto";

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();

/** Comparison in constant time, so that it does not reveal where they differ; digests make the lengths equal too. */
export const same = (a: string, b: string): boolean => timingSafeEqual(digest(a), digest(b));
