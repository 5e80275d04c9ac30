import type { ResourceType } from "./resource-type";

/** Queues and topics. */
export const eventsTypes = {
  aws_sns_topic: {
    noun: "topic",
    service: "sns",
    icon: "architecture-service/AmazonSimpleNotificationService",
    emulated: true,
    replacing: ["name", "name_prefix", "fifo_topic"],
    replacingIsVerified: true,
    actions: {
      create: "CreateTopic SetTopicAttributes",
      read: "GetTopicAttributes ListTagsForResource",
      update: "SetTopicAttributes",
      tag: "TagResource UntagResource",
      delete: "DeleteTopic",
    },
  },
  aws_sns_topic_policy: {
    noun: "topic policy",
    service: "sns",
    emulated: true,
    replacing: ["arn"],
    actions: {
      create: "SetTopicAttributes",
      read: "GetTopicAttributes",
      update: "SetTopicAttributes",
      delete: "SetTopicAttributes",
    },
  },
  aws_sns_topic_subscription: {
    noun: "subscription",
    service: "sns",
    icon: "resource/Email",
    emulated: true,
    replacing: ["endpoint", "protocol", "topic_arn"],
    replacingIsVerified: true,
    actions: {
      create: "Subscribe",
      read: "GetSubscriptionAttributes",
      update: "SetSubscriptionAttributes",
      delete: "Unsubscribe",
    },
  },
  aws_sqs_queue: {
    noun: "queue",
    service: "sqs",
    icon: "architecture-service/AmazonSimpleQueueService",
    emulated: true,
    lostWithIt: "its messages are lost",
    replacing: ["name", "name_prefix", "fifo_queue"],
    replacingIsVerified: true,
    actions: {
      create: "CreateQueue SetQueueAttributes",
      read: "GetQueueAttributes GetQueueUrl ListQueueTags",
      update: "SetQueueAttributes",
      tag: "TagQueue UntagQueue",
      delete: "DeleteQueue",
    },
  },
  aws_sqs_queue_policy: {
    noun: "queue policy",
    service: "sqs",
    emulated: true,
    replacing: ["queue_url"],
    actions: {
      create: "SetQueueAttributes",
      read: "GetQueueAttributes",
      update: "SetQueueAttributes",
      delete: "SetQueueAttributes",
    },
  },
  aws_sqs_queue_redrive_allow_policy: {
    noun: "queue redrive allow policy",
    service: "sqs",
    notEmulated: "redrive allow policies",
    actions: {
      create: "SetQueueAttributes",
      read: "GetQueueAttributes",
      update: "SetQueueAttributes",
      delete: "SetQueueAttributes",
    },
  },
  aws_sqs_queue_redrive_policy: {
    noun: "queue redrive policy",
    service: "sqs",
    emulated: true,
    actions: {
      create: "SetQueueAttributes",
      read: "GetQueueAttributes",
      update: "SetQueueAttributes",
      delete: "SetQueueAttributes",
    },
  },
} as const satisfies Readonly<Record<string, ResourceType>>;
