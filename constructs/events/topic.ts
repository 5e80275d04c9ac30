import { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic";
import { SnsTopicPolicy } from "@cdktf/provider-aws/lib/sns-topic-policy";
import { SnsTopicSubscription } from "@cdktf/provider-aws/lib/sns-topic-subscription";
import { Construct } from "constructs";
import { policyDocument, type Statement } from "../../aws/policy";
import { NodeFunction } from "../compute/node-function";
import { permitService } from "../compute/service-permission";
import { keyStatement } from "../data/encryption-key";
import type { Metric } from "../observability/metric";
import { StackContext } from "../synth/stack-context";
import { literal } from "../synth/terraform-string";
import { type Rule, validate } from "../synth/validation";
import { Queue } from "./queue";

const isEmail = (text: string): boolean => /^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(text);

export interface TopicProps {
  /** Whether it is for CloudWatch's alarms, which go to the environment's e-mail addresses. @default for functions */
  readonly forAlarms?: boolean;
  /** Sender of its e-mails, as inboxes show it. @default stack and construct: `data-processor-dev failures` */
  readonly displayName?: string;
}

/** Which values a property may have: one of these, or one that a matcher fits, such as `{ prefix: "eu-" }`. */
type FilterValues = readonly (string | number | boolean | null | Readonly<Record<string, unknown>>)[];

/** Which messages a subscriber wants (SNS developer guide, "Subscription filter policies"). */
export interface FilterPolicy {
  readonly [property: string]: FilterValues | FilterPolicy;
}

export interface SubscriptionProps {
  /** Which messages come. @default all */
  readonly filter?: FilterPolicy;
  /**
   * Whether the filter is about the attributes that a message is published with, or about its body, which is JSON then.
   * @default "MessageAttributes"
   */
  readonly filterOn?: "MessageAttributes" | "MessageBody";
  /** Whether a queue gets the message as it was published, without SNS's envelope. @default true */
  readonly raw?: boolean;
}

/**
 * An SNS topic. By TLS only.
 *
 * @example
 * const news = new Topic(this, "news");
 * news.grant(getThing, "Publish");
 * news.subscribe("reader@example.com", { filter: { language: ["en"] } });
 */
export class Topic extends Construct {
  readonly arn: string;
  private emails = 0;
  private readonly keyArn: string | undefined;

  constructor(scope: Construct, id: string, props: TopicProps = {}) {
    super(scope, id);
    const stack = StackContext.of(this);
    const { forAlarms = false, displayName = `${stack.id} ${id}` } = props;
    const alarmEmails = forAlarms ? stack.environment.alarmEmails : [];
    const name = stack.nameOf(this);
    this.keyArn = stack.encrypt(forAlarms ? "alarmTopic" : "topic", () => [stack.arn("sns", name)]);
    // Without a key of one's own there is none: alarms could not use the one that AWS manages.
    const topic = new SnsTopic(this, "Default", {
      name,
      displayName,
      ...(this.keyArn ? { kmsMasterKeyId: this.keyArn } : {}),
    });
    this.arn = topic.arn;
    new SnsTopicPolicy(this, "policy", { arn: topic.arn, policy: policyDocument(this.statements(forAlarms)) });
    alarmEmails.forEach((endpoint, index) => {
      new SnsTopicSubscription(this, `email-${index + 1}`, { topicArn: topic.arn, protocol: "email", endpoint });
    });
    validate(this, () => [
      // SNS's own rule (API reference, SetTopicAttributes).
      [
        /^[\w\- \t]{1,100}$/.test(displayName),
        `displayName must be 1–100 letters, digits, spaces, - or _, got ${displayName}; choose a shorter or plainer one`,
      ],
      ...alarmEmails.map(
        (email): Rule => [isEmail(email), `alarmEmails must be e-mail addresses, got ${email}; correct it`],
      ),
    ]);
  }

  /** Lets a function publish. */
  grant(grantee: NodeFunction, operation: "Publish"): void {
    grantee.allow({ actions: [`sns:${operation}`], resources: [this.arn] });
    if (this.keyArn) {
      const actions = ["kms:Decrypt", "kms:GenerateDataKey"] as const;
      grantee.allow(keyStatement(this.keyArn, "topic", { arns: [this.arn], actions }));
    }
    grantee.calls("sns");
  }

  /** Has messages come to a queue, a function or an e-mail address, which somebody there has to confirm. */
  subscribe(subscriber: Queue | NodeFunction | string, props: SubscriptionProps = {}): void {
    const { filter, filterOn = "MessageAttributes", raw = true } = props;
    const wanted = filter ? { filterPolicy: literal(JSON.stringify(filter)), filterPolicyScope: filterOn } : {};
    const common = { topicArn: this.arn, ...wanted };
    if (subscriber instanceof Queue) {
      new SnsTopicSubscription(this, `to-${subscriber.node.id}`, {
        ...{ ...common, protocol: "sqs", endpoint: subscriber.arn, rawMessageDelivery: raw },
        dependsOn: [subscriber.admit("sns.amazonaws.com", this.arn)],
      });
    } else if (subscriber instanceof NodeFunction) {
      subscriber.takesEvents();
      const id = `to-${subscriber.node.id}`;
      const source = { principal: "sns.amazonaws.com", sourceArn: this.arn };
      new SnsTopicSubscription(this, id, {
        ...{ ...common, protocol: "lambda", endpoint: subscriber.live.resource.arn },
        dependsOn: [permitService(this, `${id}-permission`, subscriber, source)],
      });
    } else {
      this.emails += 1;
      const id = `subscriber-${this.emails}`;
      new SnsTopicSubscription(this, id, { ...common, protocol: "email", endpoint: subscriber });
    }
    validate(this, () => [
      [
        !(subscriber instanceof Queue && subscriber.isFifo),
        "subscribe must be given a standard queue, since messages here are in no group, got a FIFO queue; leave fifo out",
      ],
      [
        typeof subscriber !== "string" || isEmail(subscriber),
        `subscribe must be given an e-mail address, got ${subscriber}; correct it`,
      ],
      [
        filterOn === "MessageBody" || Object.values(filter ?? {}).every((values) => Array.isArray(values)),
        `filter must be lists of values by the attribute's name, got ${JSON.stringify(filter)}; for what is deeper, set filterOn to MessageBody`,
      ],
    ]);
  }

  /** Number of messages published (AWS/SNS). */
  publishedMetric(): Metric {
    const stack = StackContext.of(this);
    const dimensions = { TopicName: stack.nameOf(this) };
    const label = `${stack.idOf(this)} published`;
    return { namespace: "AWS/SNS", name: "NumberOfMessagesPublished", dimensions, statistic: "Sum", label };
  }

  private statements(forAlarms: boolean): Statement[] {
    const publish = { actions: ["sns:Publish"], resources: [this.arn] };
    const unencrypted: Statement = {
      ...publish,
      effect: "Deny",
      principals: "*",
      conditions: { Bool: { "aws:SecureTransport": "false" } },
    };
    if (!forAlarms) return [unencrypted];
    const stack = StackContext.of(this);
    const alarms: Statement = {
      ...publish,
      principals: ["cloudwatch.amazonaws.com"],
      conditions: {
        StringEquals: { "aws:SourceAccount": stack.accountId },
        ArnLike: { "aws:SourceArn": stack.arn("cloudwatch", `alarm:${stack.id}-*`) },
      },
    };
    return [alarms, unencrypted];
  }
}
