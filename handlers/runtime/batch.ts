import type { Context } from "aws-lambda";
import { withDeadline, workingTime } from "./deadline";
import { describeFailure, kindOf } from "./failures";
import { countFault } from "./faults";
import { logLine } from "./log-line";
import { issuesOf } from "./schema-mismatch";
import { beginLog, endLog, logger } from "./telemetry";
import { beginTrace, endTrace } from "./trace";

/** The records that have to come again; Lambda takes all others for done (developer guide, "Implementing partial batch responses"). */
export interface BatchResponse {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

/** A Lambda function that is given records in batches by an event source mapping. */
export type BatchHandler = (event: unknown, context: Context) => Promise<BatchResponse>;

/** Identity and order of the records of an event source. */
interface Source<R> {
  /** The identifier of a record among the batch item failures. */
  readonly idOf: (record: R) => string;
  /** Records of the same group are worked on one after the other; after one that fails, the others of its group wait with it. */
  readonly groupOf: (record: R) => string;
}

/** Records by group, each in the order in which they came. */
function grouped<R>(records: readonly R[], groupOf: Source<R>["groupOf"]): Map<string, R[]> {
  const groups = new Map<string, R[]>();
  for (const record of records) {
    const group = groups.get(groupOf(record));
    if (group) group.push(record);
    else groups.set(groupOf(record), [record]);
  }
  return groups;
}

function recordsIn<R>(event: unknown): readonly R[] {
  const { Records: records } = (event ?? {}) as { Records?: unknown };
  if (Array.isArray(records)) return records as R[];
  throw new Error("the event must be a batch, with a list of Records: give the function an event source mapping");
}

/**
 * Makes the Lambda handler of batches: works on each record within the function's time, and names those that failed, or
 * were not reached, so that they alone come again. A batch with a failure counts among the function's faults.
 */
export function batchHandler<R>({ idOf, groupOf }: Source<R>, work: (record: R) => Promise<void>): BatchHandler {
  return async (event, context) => {
    const startedAt = performance.now();
    const requestId = context.awsRequestId;
    const invocation = { context, requestId, isCold: beginLog(requestId, context) };
    const records = recordsIn<R>(event);
    const done = new Set<R>();
    let isOver = false;
    const failed = (what: string, thrown: unknown, of: object) =>
      logger().error(what, { ...of, kind: kindOf(thrown), failure: describeFailure(thrown), ...issuesOf(thrown) });
    const oneByOne = async (group: readonly R[]): Promise<void> => {
      for (const record of group) {
        // The answer is on its way: what still goes on belongs to nobody.
        if (isOver) return;
        try {
          await work(record);
        } catch (thrown) {
          if (!isOver) failed("record failed", thrown, { record: idOf(record) });
          return;
        }
        done.add(record);
      }
    };
    beginTrace();
    try {
      const groups = [...grouped(records, groupOf).values()];
      await withDeadline(workingTime(context), () => Promise.all(groups.map(oneByOne)));
    } catch (thrown) {
      failed("batch not finished", thrown, {});
    }
    isOver = true;
    const failures = records.filter((record) => !done.has(record));
    if (failures.length > 0) countFault(context);
    const counts = { records: records.length, failed: failures.length };
    const ms = Math.round((performance.now() - startedAt) * 10) / 10;
    logLine("INFO", "batch", invocation, { ...counts, ms });
    endTrace(context.functionName, {
      ...{ operation: context.functionName, request_id: requestId },
      fault: Number(failures.length > 0),
    });
    endLog();
    return { batchItemFailures: failures.map((record) => ({ itemIdentifier: idOf(record) })) };
  };
}
