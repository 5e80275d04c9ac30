import { PutObjectCommand } from "@aws-sdk/client-s3";
import { s3Client } from "./clients/s3";
import { bounded } from "./deadline";
import { requiredEnv } from "./env";
import { describeFailure } from "./failures";
import { count } from "./metrics";
import { logger, service } from "./telemetry";

/** One change by a caller. */
export interface Activity {
  /** The id of the caller's API key, never the key itself. */
  readonly who: string;
  /** The operation's id. */
  readonly what: string;
  /** The id of what was changed. */
  readonly subject: string;
  /** The version that came about, or that was deleted; absent when a lost answer took it along. */
  readonly version: number | undefined;
  readonly requestId: string;
}

/** An entry is written within this time or not at all: the change is done, and its client waits. */
const WRITE_MS = 1000;

const bucket = requiredEnv("LOG_BUCKET");
const client = s3Client();

/** One request makes one change, so its id and time make a key that no other entry has and that a retry repeats. */
function objectKey(when: string, requestId: string): string {
  const [year, month, day] = when.slice(0, 10).split("-");
  return `activity/${service}/${year}/${month}/${day}/${when.replaceAll(":", "")}-${requestId}.json`;
}

/**
 * Writes down a change that has happened: first to the log, then to the log bucket. A bucket that fails or hangs costs
 * a metric and a warning, never the request, which has succeeded already.
 *
 * @example
 * await recordActivity({ who: caller, what: "deleteRecord", subject: recordId, version: 3, requestId });
 */
export async function recordActivity(activity: Activity): Promise<void> {
  const entry = { when: new Date().toISOString(), ...activity };
  logger().info("activity", { activity: entry });
  try {
    const key = objectKey(entry.when, entry.requestId);
    const body = JSON.stringify(entry);
    const put = new PutObjectCommand({ Bucket: bucket, Key: key, Body: body, ContentType: "application/json" });
    await bounded(WRITE_MS, (abortSignal) => client.send(put, { abortSignal }));
  } catch (error) {
    count("ActivityWriteFailed");
    logger().warn("activity not written to the log bucket", { failure: describeFailure(error) });
  }
}
