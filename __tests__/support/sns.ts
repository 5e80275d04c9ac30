import { Authorization } from "../../local/services/authorization";
import type { ServiceEvent } from "../../local/services/configuration";
import { snsService } from "../../local/services/sns/service";
import { Topics } from "../../local/services/sns/topics";
import { Queues } from "../../local/services/sqs/queues";
import type { AwsServer } from "./aws-server";
import { startService } from "./service";

/** A topic that keeps what was published. */
export interface TopicServer {
  readonly server: AwsServer;
  readonly arn: string;
  readonly messages: readonly { readonly subject?: string; readonly message: string }[];
}

/** Starts SNS with a topic that nobody has subscribed to. */
export async function startTopic(arn: string): Promise<TopicServer> {
  const messages: { subject?: string; message: string }[] = [];
  const emit = (event: ServiceEvent): void => {
    if (event.event === "message") messages.push(event);
  };
  const authorization = new Authorization(emit);
  const topics = new Topics({ queues: new Queues(""), authorization, emit, invoke: async () => undefined });
  topics.configure([{ arn, subscriptions: [] }]);
  return { server: await startService(snsService(topics)), arn, messages };
}
