import { lambdaLimits } from "../../aws/limits";

/** Bytes of an event beside its records. */
const MARGIN_BYTES = 1024;

/**
 * As many of the records, in their order, as one invocation takes, but one at least (Lambda developer guide, "How Lambda
 * processes records from stream and queue-based event sources", "Batching behavior": a batch ends where its payload
 * comes to 6 MB).
 *
 * @param contentOf a record as the event has it
 */
export function fitting<R>(records: readonly R[], contentOf: (record: R) => object): readonly R[] {
  let bytes = 0;
  const end = records.findIndex((record) => {
    bytes += Buffer.byteLength(JSON.stringify(contentOf(record))) + 1;
    return bytes > lambdaLimits.requestBytes - MARGIN_BYTES;
  });
  return end < 0 ? records : records.slice(0, Math.max(1, end));
}
