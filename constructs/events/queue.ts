import { LambdaFunctionEventInvokeConfig } from "@cdktf/provider-aws/lib/lambda-function-event-invoke-config";
import { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue";
import { SqsQueuePolicy } from "@cdktf/provider-aws/lib/sqs-queue-policy";
import { Construct } from "constructs";
import { lambdaLimits, sqsLimits } from "../../aws/limits";
import { policyDocument } from "../../aws/policy";
import type { NodeFunction } from "../compute/node-function";
import type { Metric, Statistic } from "../observability/metric";
import { StackContext } from "../synth/stack-context";
import { between, validate } from "../synth/validation";

export interface QueueProps {
  /** How long a message waits for somebody. @default 14, the longest */
  readonly retentionDays?: number;
}

/** What becomes of an event that a function fails on. */
export interface RetryProps {
  /** How often Lambda tries again, after one minute and two. @default 2, the most */
  readonly retryAttempts?: number;
}

const daySeconds = 24 * 60 * 60;

/**
 * An SQS queue: encrypted by SQS's own key, by TLS only.
 *
 * @example
 * const failures = new Queue(this, "failures");
 * failures.collectFailures(getThing, { retryAttempts: 1 });
 */
export class Queue extends Construct {
  readonly name: string;
  readonly arn: string;
  readonly url: string;
  readonly resource: SqsQueue;
  private readonly sources: NodeFunction[] = [];
  private readonly visitors: ((fn: NodeFunction) => void)[] = [];

  constructor(scope: Construct, id: string, { retentionDays = 14 }: QueueProps = {}) {
    super(scope, id);
    this.resource = new SqsQueue(this, "Default", {
      name: StackContext.of(this).nameOf(this),
      messageRetentionSeconds: retentionDays * daySeconds,
      sqsManagedSseEnabled: true,
    });
    this.name = this.resource.name;
    this.arn = this.resource.arn;
    this.url = this.resource.url;
    new SqsQueuePolicy(this, "policy", {
      queueUrl: this.url,
      policy: policyDocument([
        {
          effect: "Deny",
          principals: "*",
          actions: ["sqs:*"],
          resources: [this.arn],
          conditions: { Bool: { "aws:SecureTransport": "false" } },
        },
      ]),
    });
    validate(this, () => [between("retentionDays", retentionDays, sqsLimits.retentionDays)]);
  }

  /** Lets a function send messages. */
  grant(grantee: NodeFunction, operation: "SendMessage"): void {
    grantee.allow({ actions: [`sqs:${operation}`], resources: [this.arn] });
    grantee.calls("sqs");
  }

  /**
   * Takes the asynchronous events that a function fails on for the last time, each with its error. Lambda sends them
   * with the function's role.
   */
  collectFailures(fn: NodeFunction, { retryAttempts = 2 }: RetryProps = {}): void {
    this.sources.push(fn);
    for (const visit of this.visitors) visit(fn);
    fn.allow({ actions: ["sqs:SendMessage"], resources: [this.arn] });
    new LambdaFunctionEventInvokeConfig(this, `failures-${fn.node.id}`, {
      functionName: fn.resource.functionName,
      qualifier: fn.live.resource.name,
      maximumRetryAttempts: retryAttempts,
      destinationConfig: { onFailure: { destination: this.arn } },
    });
    validate(this, () => [between("retryAttempts", retryAttempts, lambdaLimits.retryAttempts)]);
  }

  /** The functions whose failures come here. Complete when the stack is. */
  get collectsFrom(): readonly NodeFunction[] {
    return this.sources.toSorted((a, b) => a.node.path.localeCompare(b.node.path, "en"));
  }

  /** Visits each function whose failures come here, those too that are added later. */
  forEachSource(visit: (fn: NodeFunction) => void): void {
    this.visitors.push(visit);
    this.sources.forEach(visit);
  }

  /** How many messages wait for somebody (AWS/SQS). */
  waitingMetric(): Metric {
    return this.metric("ApproximateNumberOfMessagesVisible", "Maximum", "waiting");
  }

  /** How many messages have come (AWS/SQS). */
  arrivedMetric(): Metric {
    return this.metric("NumberOfMessagesSent", "Sum", "arrived");
  }

  private metric(name: string, statistic: Statistic, what: string): Metric {
    const dimensions = { QueueName: StackContext.of(this).nameOf(this) };
    return { namespace: "AWS/SQS", name, dimensions, statistic, label: `${StackContext.of(this).idOf(this)} ${what}` };
  }
}
