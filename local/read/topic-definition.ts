import { isObject, type JsonObject } from "../../lib/json";
import type { Graph, Resource } from "./graph";
import { keyOf } from "./keys";
import { tagsOf } from "./tags";

/** A subscription of a topic. */
export interface Subscription {
  readonly arn: string;
  readonly protocol: string;
  /** An e-mail address, or the ARN of a queue or function. */
  readonly endpoint: string;
  readonly raw: boolean;
  /** With which Firehose is written to. */
  readonly roleArn?: string;
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
  /** What is only shown to who asks for it. */
  readonly settings?: TopicSettings;
}

interface TopicSettings {
  readonly displayName?: string;
  /** Both in JSON. */
  readonly policy?: string;
  readonly deliveryPolicy?: string;
  /** The key as the stack names it. */
  readonly keyName?: string;
  readonly signatureVersion?: string;
  readonly tracing?: string;
  readonly tags?: Readonly<Record<string, string>>;
}

function filterOf(subscription: Resource): Pick<Subscription, "filter"> {
  const json = subscription.optionalText("filter_policy");
  if (json === undefined) return {};
  const policy: unknown = JSON.parse(json);
  if (!isObject(policy)) throw subscription.notEmulated("filter_policy that is no object");
  const isOfBody = subscription.optionalText("filter_policy_scope") === "MessageBody";
  return { filter: { policy, scope: isOfBody ? "MessageBody" : "MessageAttributes" } };
}

function settingsOf(graph: Graph, resource: Resource): TopicSettings {
  const separate = graph.all("aws_sns_topic_policy").find((policy) => policy.text("arn") === resource.arn);
  const texts = {
    displayName: resource.optionalText("display_name"),
    policy: (separate ?? resource).optionalText("policy"),
    deliveryPolicy: resource.optionalText("delivery_policy"),
    keyName: resource.optionalText("kms_master_key_id"),
    signatureVersion: resource.has("signature_version") ? String(resource.number("signature_version")) : undefined,
    tracing: resource.optionalText("tracing_config"),
  };
  const given = Object.entries(texts).filter(([, text]) => text !== undefined);
  return { ...Object.fromEntries(given), tags: tagsOf(graph, resource) };
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
        ...(subscription.has("subscription_role_arn") ? { roleArn: subscription.text("subscription_role_arn") } : {}),
        ...filterOf(subscription),
      };
    });
  const fifo = resource.flag("fifo_topic")
    ? { fifo: { contentBasedDeduplication: resource.flag("content_based_deduplication") } }
    : {};
  const key = keyOf(graph, resource, "kms_master_key_id");
  return { arn: resource.arn, subscriptions, ...fifo, ...key, settings: settingsOf(graph, resource) };
}

/** The topics of a stack. */
export const topicsOf = (graph: Graph): readonly Topic[] =>
  graph.all("aws_sns_topic").map((resource) => topic(graph, resource));
