import { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic";
import { SnsTopicPolicy } from "@cdktf/provider-aws/lib/sns-topic-policy";
import { SnsTopicSubscription } from "@cdktf/provider-aws/lib/sns-topic-subscription";
import { Construct } from "constructs";
import { policyDocument, type Statement } from "../../aws/policy";
import type { NodeFunction } from "../compute/node-function";
import { keyStatement } from "../data/encryption-key";
import type { Metric } from "../observability/metric";
import { StackContext } from "../synth/stack-context";
import { type Rule, validate } from "../synth/validation";

export interface TopicProps {
  /** Whether it is for CloudWatch's alarms, which go to the environment's e-mail addresses. @default for functions */
  readonly forAlarms?: boolean;
  /** Who its e-mails are from, as inboxes show it. @default stack and construct: `data-processor-dev failures` */
  readonly displayName?: string;
}

/**
 * An SNS topic. By TLS only.
 *
 * @example
 * const failures = new Topic(this, "failures");
 * failures.grant(getThing, "Publish");
 */
export class Topic extends Construct {
  readonly arn: string;
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
        (email): Rule => [
          /^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(email),
          `alarmEmails must be e-mail addresses, got ${email}; correct it`,
        ],
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

  /** How many messages were published (AWS/SNS). */
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
