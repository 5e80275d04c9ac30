import { SendMessageCommand } from "@aws-sdk/client-sqs";
import type { Context } from "aws-lambda";
import { sqsClient } from "./clients/sqs";
import { requiredEnv } from "./env";

const client = sqsClient();
const queueUrl = requiredEnv("FAILED_EVENTS_QUEUE_URL");

/**
 * Puts an event into the queue of those that failed, for somebody to decide about: one that another attempt can't mend, and
 * whose failure is no fault of the function. The message has the form of Lambda's own (Lambda developer guide, "Capturing
 * records of Lambda asynchronous invocations").
 *
 * @example
 * if (isInvalid(event)) await putAside(event, context, "INVALID");
 */
export async function putAside(event: unknown, context: Context, kind: string): Promise<void> {
  const message = {
    version: "1.0",
    timestamp: new Date().toISOString(),
    requestContext: {
      requestId: context.awsRequestId,
      functionArn: context.invokedFunctionArn,
      condition: "PutAside",
      approximateInvokeCount: 1,
    },
    requestPayload: event,
    responsePayload: { errorType: "EventFailed", errorMessage: kind },
  };
  await client.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: JSON.stringify(message) }));
}
