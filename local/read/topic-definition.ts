import type { Graph, Resource } from "./graph";
import { keyOf } from "./keys";

/** Where a topic's messages go. */
export interface Subscription {
  readonly arn: string;
  readonly protocol: string;
  /** An e-mail address, or the ARN of a queue or function. */
  readonly endpoint: string;
  readonly raw: boolean;
}

export interface Topic {
  readonly arn: string;
  readonly subscriptions: readonly Subscription[];
  /** The key that its messages are encrypted with. Then a publisher must be allowed to use it, too. */
  readonly keyArn?: string;
}

function topic(graph: Graph, resource: Resource): Topic {
  resource.refuse("fifo_topic");
  const subscriptions = graph
    .all("aws_sns_topic_subscription")
    .filter((subscription) => subscription.text("topic_arn") === resource.arn)
    .map((subscription): Subscription => {
      subscription.refuse("filter_policy", "redrive_policy");
      return {
        arn: subscription.arn,
        protocol: subscription.text("protocol"),
        endpoint: subscription.text("endpoint"),
        raw: subscription.flag("raw_message_delivery"),
      };
    });
  return { arn: resource.arn, subscriptions, ...keyOf(graph, resource, "kms_master_key_id") };
}

/** The topics of a stack. */
export const topicsOf = (graph: Graph): readonly Topic[] =>
  graph.all("aws_sns_topic").map((resource) => topic(graph, resource));
