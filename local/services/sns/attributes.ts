import { parseArn } from "../../../aws/arn";
import { isObject } from "../../../lib/json";
import type { Subscription, Topic } from "../../read/topic-definition";
import type { Element } from "../xml";

/** Delivery to HTTP endpoints where nothing else is said (SNS API reference, GetTopicAttributes). */
const delivery = {
  defaultHealthyRetryPolicy: {
    ...{ minDelayTarget: 20, maxDelayTarget: 20, numRetries: 3, numMaxDelayRetries: 0 },
    ...{ numNoDelayRetries: 0, numMinDelayRetries: 0, backoffFunction: "linear" },
  },
  disableSubscriptionOverrides: false,
  defaultRequestPolicy: { headerContentType: "text/plain; charset=UTF-8" },
};

function effectiveDelivery(own: string | undefined): string {
  const given: unknown = own === undefined ? {} : JSON.parse(own);
  const http = isObject(given) && isObject(given["http"]) ? given["http"] : {};
  return JSON.stringify({ http: { ...delivery, ...http } });
}

/** The policy that SNS gives a topic which has none: the account it is in may use it, as its own policies say. */
const defaultPolicy = (arn: string): string =>
  JSON.stringify({
    Version: "2008-10-17",
    Id: "__default_policy_ID",
    Statement: [
      {
        Sid: "__default_statement_ID",
        Effect: "Allow",
        Principal: { AWS: "*" },
        Action: [
          ...["SNS:GetTopicAttributes", "SNS:SetTopicAttributes", "SNS:AddPermission", "SNS:RemovePermission"],
          ...["SNS:DeleteTopic", "SNS:Subscribe", "SNS:ListSubscriptionsByTopic", "SNS:Publish"],
        ],
        Resource: arn,
        Condition: { StringEquals: { "AWS:SourceOwner": ownerOf(arn) } },
      },
    ],
  });

export const ownerOf = (arn: string): string => parseArn(arn)?.accountId ?? "";

/** A map as the protocol has it. */
const mapOf = (attributes: Readonly<Record<string, string | undefined>>): Element => ({
  entry: Object.entries(attributes).flatMap(([key, value]) => (value === undefined ? [] : [{ key, value }])),
});

/** The attributes of a topic (SNS API reference, GetTopicAttributes). */
export function topicAttributes({ arn, subscriptions, fifo, settings = {} }: Topic): Element {
  const { displayName, policy, deliveryPolicy, keyName, signatureVersion, tracing } = settings;
  return mapOf({
    TopicArn: arn,
    Owner: ownerOf(arn),
    DisplayName: displayName ?? "",
    Policy: policy ?? defaultPolicy(arn),
    DeliveryPolicy: deliveryPolicy,
    EffectiveDeliveryPolicy: effectiveDelivery(deliveryPolicy),
    SubscriptionsConfirmed: String(subscriptions.length),
    SubscriptionsPending: "0",
    SubscriptionsDeleted: "0",
    KmsMasterKeyId: keyName,
    SignatureVersion: signatureVersion,
    TracingConfig: tracing,
    FifoTopic: fifo && "true",
    ContentBasedDeduplication: fifo && String(fifo.contentBasedDeduplication),
  });
}

/** The attributes of a subscription (SNS API reference, GetSubscriptionAttributes). */
export function subscriptionAttributes({ arn: TopicArn }: Topic, subscription: Subscription): Element {
  const { arn, protocol, endpoint, raw, filter, roleArn } = subscription;
  return mapOf({
    SubscriptionArn: arn,
    TopicArn,
    Owner: ownerOf(TopicArn),
    Protocol: protocol,
    Endpoint: endpoint,
    RawMessageDelivery: String(raw),
    PendingConfirmation: "false",
    ConfirmationWasAuthenticated: "true",
    FilterPolicy: filter && JSON.stringify(filter.policy),
    FilterPolicyScope: filter?.scope,
    SubscriptionRoleArn: roleArn,
  });
}
