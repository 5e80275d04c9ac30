import { isObject, type JsonObject } from "../../lib/json";
import type { Graph, Resource } from "./graph";
import { keyOf } from "./keys";

/** A subscription of a topic. */
export interface Subscription {
  readonly arn: string;
  readonly protocol: string;
  /** An e-mail address, or the ARN of a queue or function. */
  readonly endpoint: string;
  readonly raw: boolean;
  /** Which messages it wants; all without one. */
  readonly filter?: { readonly policy: JsonObject; readonly scope: "MessageAttributes" | "MessageBody" };
}

export interface Topic {
  readonly arn: string;
  readonly subscriptions: readonly Subscription[];
  /** Of a topic that keeps the order in each group of messages. */
  readonly fifo?: { readonly contentBasedDeduplication: boolean };
  /** The key that its messages are encrypted with. Then a publisher must be allowed to use it, too. */
  readonly keyArn?: string;
}

function filterOf(subscription: Resource): Pick<Subscription, "filter"> {
  const json = subscription.optionalText("filter_policy");
  if (json === undefined) return {};
  const policy: unknown = JSON.parse(json);
  if (!isObject(policy)) throw subscription.notEmulated("filter_policy that is no object");
  const isOfBody = subscription.optionalText("filter_policy_scope") === "MessageBody";
  return { filter: { policy, scope: isOfBody ? "MessageBody" : "MessageAttributes" } };
}

function topic(graph: Graph, resource: Resource): Topic {
  if (resource.optionalText("fifo_throughput_scope") === "MessageGroup") resource.refuse("fifo_throughput_scope");
  const subscriptions = graph
    .all("aws_sns_topic_subscription")
    .filter((subscription) => subscription.text("topic_arn") === resource.arn)
    .map((subscription): Subscription => {
      subscription.refuse("redrive_policy");
      return {
        arn: subscription.arn,
        protocol: subscription.text("protocol"),
        endpoint: subscription.text("endpoint"),
        raw: subscription.flag("raw_message_delivery"),
        ...filterOf(subscription),
      };
    });
  const fifo = resource.flag("fifo_topic")
    ? { fifo: { contentBasedDeduplication: resource.flag("content_based_deduplication") } }
    : {};
  return { arn: resource.arn, subscriptions, ...fifo, ...keyOf(graph, resource, "kms_master_key_id") };
}

/** The topics of a stack. */
export const topicsOf = (graph: Graph): readonly Topic[] =>
  graph.all("aws_sns_topic").map((resource) => topic(graph, resource));
