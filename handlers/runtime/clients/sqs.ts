import { SQSClient } from "@aws-sdk/client-sqs";
import { settings, withinDeadline } from "./client";

/** SQS, at the endpoint that the environment says: by itself the client asks the host in a queue's URL. */
export const sqsClient = (): SQSClient =>
  withinDeadline("SQS", new SQSClient({ ...settings(), useQueueUrlAsEndpoint: false }));
