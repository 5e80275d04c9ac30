import { PublishCommand } from "@aws-sdk/client-sns";
import { snsClient } from "./clients/sns";
import { withDeadline } from "./deadline";
import { optionalEnv, requiredEnv } from "./env";
import { describeFailure } from "./failures";
import type { Failure } from "./handle";
import { count } from "./metrics";
import { environment, logger, service } from "./telemetry";

/**
 * A failure is published within this time or not at all: its client waits, and a function keeps a second for its
 * answer.
 */
const PUBLISH_MS = 800;

const topicArn = requiredEnv("FAILURE_TOPIC_ARN");
const client = snsClient();

/**
 * Notifies a topic that a request failed: which function, with which error, and the request's id, by which logs and
 * traces are found. Nothing of what was sent. A topic that fails or hangs costs a metric and a warning; the client is
 * answered what it would have been anyway.
 *
 * @example
 * export const handler = handle(recordsApi.routes.getRecord, work, { onFailure: publishFailure });
 */
export async function publishFailure({ code, requestId }: Failure): Promise<void> {
  try {
    const message = { function: optionalEnv("AWS_LAMBDA_FUNCTION_NAME"), code, requestId };
    const publish = new PublishCommand({
      TopicArn: topicArn,
      Subject: `${service} ${environment}: a request failed`,
      Message: JSON.stringify(message),
    });
    // Time of its own: the request's may be over.
    await withDeadline(PUBLISH_MS, () => client.send(publish));
  } catch (error) {
    count("FailureNotPublished");
    logger().warn("failure not published", { failure: describeFailure(error) });
  }
}
