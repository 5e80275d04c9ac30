import { PublishCommand } from "@aws-sdk/client-sns";
import { snsClient } from "./clients";
import { withDeadline } from "./deadline";
import { debug } from "./debug";
import { requiredEnv } from "./env";
import { describeFailure } from "./failures";
import type { Failure } from "./handle";
import { count } from "./metrics";
import { pauseOf } from "./pause";
import { environment, logger, service } from "./telemetry";

/** A failure is told within this time or not at all: its client waits, and a function keeps a second for its answer. */
const PUBLISH_MS = 800;

/** An outage fails every request, and nobody reads thousands of e-mails: each instance of a function tells one in this time. */
const PAUSE_MS = 5 * 60 * 1000;

const topicArn = requiredEnv("FAILURE_TOPIC_ARN");
const client = snsClient();
const pause = pauseOf(PAUSE_MS);

/**
 * Tells a topic that a request failed: which function, with which error, and the request's id, by which logs and traces
 * are found, and how many others this instance has not told since the one before. Nothing of what was sent. A topic that
 * fails or hangs costs a metric and a warning; the client is answered what it would have been anyway.
 */
export async function publishFailure({ code, requestId }: Failure): Promise<void> {
  const others = pause.pass();
  if (others === undefined) {
    debug("notice kept back: one was sent a short time ago", () => ({}));
    return;
  }
  try {
    const message = {
      function: process.env["AWS_LAMBDA_FUNCTION_NAME"],
      ...{ code, requestId },
      ...(others > 0 ? { others } : {}),
    };
    const publish = new PublishCommand({
      TopicArn: topicArn,
      Subject: `${service} ${environment}: a request failed`,
      Message: JSON.stringify(message),
    });
    // Time of its own: the request's may be over.
    await withDeadline(PUBLISH_MS, () => client.send(publish));
  } catch (error) {
    pause.reopen();
    count("FailureNotPublished");
    logger().warn("failure not published", { failure: describeFailure(error) });
  }
}
