import { sqsLimits } from "../../../aws/limits";
import { inStack, isCalled, isFunction, isJson, json, matches, oneOf, type Rule, range } from "./rule";

const delivered: Readonly<Record<string, string>> = { sqs: "aws_sqs_queue", lambda: "aws_lambda_function" };
const queueAttributes = "SQS API reference, SetQueueAttributes";
const subscribe = "SNS API reference, Subscribe";
const visibility = sqsLimits.visibilityTimeoutSeconds;

/** A name that ends as those do that keep an order, and no other. */
const orderedName = (type: string, flag: string, source: string): Rule => ({
  ...{ type, argument: "name", source },
  must: `a name that ends with .fifo, if and only if ${flag} is true`,
  accepts: (value, _, resource) => String(value).endsWith(".fifo") === resource.flag(flag),
});

/** Rules of SQS and SNS. */
export const messageRules: readonly Rule[] = [
  range("aws_sqs_queue", "visibility_timeout_seconds", visibility, queueAttributes),
  range("aws_sqs_queue", "message_retention_seconds", [60, 1_209_600], queueAttributes),
  range("aws_sqs_queue", "delay_seconds", sqsLimits.delaySeconds, queueAttributes),
  range("aws_sqs_queue", "receive_wait_time_seconds", sqsLimits.waitSeconds, queueAttributes),
  range("aws_sqs_queue", "max_message_size", [1024, sqsLimits.messageBytes], queueAttributes),
  matches(
    "aws_sqs_queue",
    "name",
    [/^[\w-]{1,75}(?:\.fifo)?$|^[\w-]{1,80}$/, "1–80 letters, digits, - and _"],
    "SQS API reference, CreateQueue",
  ),
  orderedName("aws_sqs_queue", "fifo_queue", "SQS API reference, CreateQueue"),
  orderedName("aws_sns_topic", "fifo_topic", "SNS API reference, CreateTopic"),
  json("aws_sns_topic_subscription", "filter_policy", subscribe),
  oneOf("aws_sns_topic_subscription", "filter_policy_scope", ["MessageAttributes", "MessageBody"], subscribe),
  ...["aws_sqs_queue", "aws_sqs_queue_redrive_policy"].flatMap((type): Rule[] => [
    json(type, "redrive_policy", queueAttributes),
    {
      ...{ type, argument: "redrive_policy", source: queueAttributes },
      must: "a deadLetterTargetArn of a queue of this stack and a maxReceiveCount of 1–1000",
      accepts: (value, graph) => {
        if (!isJson(value)) return true;
        const { deadLetterTargetArn: arn, maxReceiveCount } = JSON.parse(String(value));
        const count = Number(maxReceiveCount);
        return isCalled(graph, ["aws_sqs_queue"], arn) && Number.isInteger(count) && count >= 1 && count <= 1000;
      },
    },
  ]),
  inStack("aws_sqs_queue_redrive_policy", "queue_url", ["aws_sqs_queue"], queueAttributes),
  matches(
    "aws_sns_topic",
    "name",
    [/^[\w-]{1,256}(?:\.fifo)?$/, "1–256 letters, digits, - and _"],
    "SNS API reference, CreateTopic",
  ),
  inStack("aws_sns_topic_subscription", "topic_arn", ["aws_sns_topic"], subscribe),
  oneOf(
    "aws_sns_topic_subscription",
    "protocol",
    ["application", "email", "email-json", "firehose", "http", "https", "lambda", "sms", "sqs"],
    subscribe,
  ),
  {
    ...{ type: "aws_sns_topic_subscription", argument: "endpoint", source: subscribe },
    must: "a queue or function of this stack, as the protocol says",
    accepts: (value, graph, resource) => {
      const type = delivered[String(resource.attributes["protocol"])];
      if (type === undefined) return true;
      return isCalled(graph, [type], value) || (type === "aws_lambda_function" && isFunction(graph, value));
    },
  },
];
