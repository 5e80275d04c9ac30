import type { InvocationResult } from "../lib/invocation";
import type { StreamSource } from "../read/stream-sources";
import type { ReadRecord } from "../services/dynamodb/stream-reading";
import type { Checkpoint } from "./stream-checkpoints";

/** Where a batch failed: the place of its first record that did, none if all is done. */
export function failedAt(
  records: readonly ReadRecord[],
  { functionError, tooLarge, payload }: InvocationResult,
  reportsItemFailures: boolean,
): number | undefined {
  if (functionError || tooLarge) return 0;
  if (!reportsItemFailures) return undefined;
  const answer = JSON.parse(payload || "null") as { batchItemFailures?: unknown } | null;
  const failures = answer?.batchItemFailures ?? [];
  if (!Array.isArray(failures)) return 0;
  if (failures.length === 0) return undefined;
  const named = failures.map((failure: { itemIdentifier?: unknown } | null) => failure?.itemIdentifier);
  const places = named.map((id) => records.findIndex(({ content }) => content.dynamodb.SequenceNumber === id));
  // The lowest that is named; all when one is named that is none (developer guide, "Implementing partial batch responses").
  return Math.max(0, Math.min(...places));
}

/** The next step after a batch that failed. */
export type Step =
  /** Its first records are done, or it is tried in parts, or as it was. */
  | { readonly kind: "again"; readonly checkpoint: Checkpoint }
  /** It has failed for good. */
  | { readonly kind: "discard"; readonly checkpoint: Checkpoint };

/**
 * The steps after a failure. Splitting a batch is no retry that counts: its halves are retried as often as a batch is.
 * The records after the first failure of a batch in which some succeeded are a batch of their own.
 */
export function afterFailure(
  { bisects, maximumRetryAttempts = Number.POSITIVE_INFINITY }: StreamSource,
  records: readonly ReadRecord[],
  place: number,
  failuresBefore: number,
): Step {
  const rest = records.slice(place);
  const [first, last] = [rest[0]?.sequence ?? 0, rest.at(-1)?.sequence ?? 0];
  const failures = place > 0 ? 0 : failuresBefore;
  if (bisects && rest.length > 1) {
    const until = rest[Math.ceil(rest.length / 2)]?.sequence ?? last;
    return { kind: "again", checkpoint: { next: first, until, failures } };
  }
  if (failures + 1 > maximumRetryAttempts) return { kind: "discard", checkpoint: { next: last + 1, failures: 0 } };
  return { kind: "again", checkpoint: { next: first, until: last + 1, failures: failures + 1 } };
}
