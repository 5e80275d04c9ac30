import type { Secret } from "../runtime/secret";

/**
 * Milliseconds for which a secret counts as missing once it was: anybody may ask, and Parameter Store takes 40 reads a
 * second.
 */
const ABSENT_MS = 10_000;

const isMissing = (thrown: unknown): boolean =>
  thrown instanceof Error && (thrown.name === "ParameterNotFound" || isMissing(thrown.cause));

/**
 * Whether a secret has a value that is not blank; a parameter that is not there has none. Whatever else keeps it from being
 * read is thrown.
 *
 * @param now in milliseconds
 */
export function presence(secret: Secret, now: () => number = Date.now): () => Promise<boolean> {
  let absentUntil = Number.NEGATIVE_INFINITY;
  return async () => {
    if (now() < absentUntil) return false;
    try {
      return (await secret.read()).trim() !== "";
    } catch (thrown) {
      if (!isMissing(thrown)) throw thrown;
      absentUntil = now() + ABSENT_MS;
      return false;
    }
  };
}
