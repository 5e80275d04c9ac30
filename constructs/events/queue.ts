import { LambdaEventSourceMapping } from "@cdktf/provider-aws/lib/lambda-event-source-mapping";
import { LambdaFunctionEventInvokeConfig } from "@cdktf/provider-aws/lib/lambda-function-event-invoke-config";
import { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue";
import { SqsQueuePolicy } from "@cdktf/provider-aws/lib/sqs-queue-policy";
import { type ITerraformDependable, Lazy } from "cdktf";
import { Construct } from "constructs";
import { lambdaLimits, sqsLimits } from "../../aws/limits";
import { inOrder, policyDocument, type Statement } from "../../aws/policy";
import type { NodeFunction } from "../compute/node-function";
import { Alarm } from "../observability/alarm";
import type { Metric, Statistic } from "../observability/metric";
import { StackContext } from "../synth/stack-context";
import { between, type Rule, validate } from "../synth/validation";

export interface QueueProps {
  /** Retention of a message in days. @default 14, the longest */
  readonly retentionDays?: number;
  /**
   * Visibility timeout of a message in seconds.
   *
   * @default six times the timeout of the function that it is delivered to, and the window; SQS's 30 without one
   */
  readonly visibilityTimeoutSeconds?: number;
  /** The dead-letter queue. @default none: a message is received again until it is too old */
  readonly deadLetters?: Queue;
  /** Receives of a message before it goes there, 1–1000. @default 5, the least that Lambda advises */
  readonly maxReceiveCount?: number;
  /** Whether messages of a group keep their order, and equal ones come once in five minutes. @default false */
  readonly fifo?: boolean;
}

/** Delivery of a queue's messages to a function. */
export interface DeliveryProps {
  /** Messages of one invocation at most: 10, or with a window 10,000. @default 10 */
  readonly batchSize?: number;
  /** Seconds for which a batch waits for more messages, up to 300. Never of a FIFO queue. @default 0 */
  readonly windowSeconds?: number;
  /** Invocations at once at most, 2–1000. @default as many as the account has room for */
  readonly concurrency?: number;
}

/** Retries of an asynchronous event on which a function fails. */
export interface RetryProps {
  /** Lambda's retries, after one minute and two. @default 2, the most */
  readonly retryAttempts?: number;
}

const daySeconds = 24 * 60 * 60;

/**
 * The least visibility timeout, by the function's timeout and the window, in seconds: throttled attempts count, too
 * (Lambda developer guide, "Creating and configuring an Amazon SQS event source mapping").
 */
const longestWorkSeconds = ({ timeoutSeconds }: NodeFunction, windowSeconds: number): number =>
  6 * timeoutSeconds + windowSeconds;

/**
 * An SQS queue: encrypted by SQS's own key, by TLS only. One that gets what failed for good (of a queue, a function, a table's
 * changes, a rule, a schedule) has to be watched by an alarm.
 *
 * @example
 * const failures = new Queue(this, "failures");
 * const things = new Queue(this, "things", { deadLetters: failures });
 * things.deliverTo(getThing, { batchSize: 5 });
 * alarms.watchDeadLetters(failures);
 */
export class Queue extends Construct {
  readonly name: string;
  readonly arn: string;
  readonly url: string;
  readonly resource: SqsQueue;
  private readonly sources: NodeFunction[] = [];
  private readonly visitors: ((fn: NodeFunction) => void)[] = [];
  private readonly literalName: string;
  private readonly retentionDays: number;
  /** Whether messages of a group keep their order. */
  readonly isFifo: boolean;
  private readonly policy: SqsQueuePolicy;
  private readonly admitted: Statement[] = [];
  private readonly failures: string[] = [];
  private readonly deliveries: { readonly fn: NodeFunction; readonly needsSeconds: number }[] = [];

  constructor(scope: Construct, id: string, props: QueueProps = {}) {
    super(scope, id);
    const { retentionDays = 14, visibilityTimeoutSeconds, deadLetters, maxReceiveCount = 5, fifo = false } = props;
    this.literalName = `${StackContext.of(this).nameOf(this)}${fifo ? ".fifo" : ""}`;
    this.retentionDays = retentionDays;
    this.isFifo = fifo;
    const hiddenSeconds = () => visibilityTimeoutSeconds ?? this.deliveries[0]?.needsSeconds;
    this.resource = new SqsQueue(this, "Default", {
      name: this.literalName,
      ...(fifo ? { fifoQueue: true, contentBasedDeduplication: true } : {}),
      messageRetentionSeconds: retentionDays * daySeconds,
      visibilityTimeoutSeconds: Lazy.numberValue({ produce: hiddenSeconds }),
      ...(deadLetters
        ? { redrivePolicy: JSON.stringify({ deadLetterTargetArn: deadLetters.arn, maxReceiveCount }) }
        : {}),
      sqsManagedSseEnabled: true,
    });
    this.name = this.resource.name;
    this.arn = this.resource.arn;
    this.url = this.resource.url;
    const byTlsOnly: Statement = {
      effect: "Deny",
      principals: "*",
      actions: ["sqs:*"],
      resources: [this.arn],
      conditions: { Bool: { "aws:SecureTransport": "false" } },
    };
    this.policy = new SqsQueuePolicy(this, "policy", {
      queueUrl: this.url,
      policy: Lazy.stringValue({
        produce: (context) => policyDocument([byTlsOnly, ...inOrder(context.resolve(this.admitted))]),
      }),
    });
    deadLetters?.takesFailures(`the messages of ${this.node.id}`);
    validate(this, () => [
      ...this.failureRules(),
      between("retentionDays", retentionDays, sqsLimits.retentionDays),
      between("maxReceiveCount", maxReceiveCount, sqsLimits.receiveCount),
      ...(visibilityTimeoutSeconds === undefined
        ? []
        : [between("visibilityTimeoutSeconds", visibilityTimeoutSeconds, sqsLimits.visibilityTimeoutSeconds)]),
      ...(deadLetters ? this.deadLetterRules(deadLetters) : []),
      ...this.deliveryRules(hiddenSeconds() ?? 0, deadLetters),
    ]);
  }

  /** Lets a function send messages. */
  grant(grantee: NodeFunction, operation: "SendMessage"): void {
    grantee.allow({ actions: [`sqs:${operation}`], resources: [this.arn] });
    grantee.calls("sqs");
  }

  /**
   * Lets an AWS service send messages for one resource, which no role can: a statement of the queue's own policy.
   *
   * @returns the policy, on which the configuration of the service depends
   */
  admit(service: string, sourceArn: string): ITerraformDependable {
    this.admitted.push({
      principals: [service],
      actions: ["sqs:SendMessage"],
      resources: [this.arn],
      conditions: { ArnEquals: { "aws:SourceArn": sourceArn } },
    });
    return this.policy;
  }

  /**
   * Gives messages to a function, in batches, with the right to take them. The function names those that failed
   * (`handleBatch`), which alone come again, and go to `deadLetters` in the end.
   */
  deliverTo(fn: NodeFunction, { batchSize = 10, windowSeconds = 0, concurrency }: DeliveryProps = {}): void {
    this.deliveries.push({ fn, needsSeconds: longestWorkSeconds(fn, windowSeconds) });
    // Lambda does it with the function's role.
    fn.allow({
      actions: ["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"],
      resources: [this.arn],
    });
    new LambdaEventSourceMapping(this, `delivery-to-${fn.node.id}`, {
      eventSourceArn: this.arn,
      functionName: fn.live.resource.arn,
      batchSize,
      ...(windowSeconds > 0 ? { maximumBatchingWindowInSeconds: windowSeconds } : {}),
      ...(concurrency === undefined ? {} : { scalingConfig: { maximumConcurrency: concurrency } }),
      functionResponseTypes: ["ReportBatchItemFailures"],
    });
    validate(this, () => [
      between("batchSize", batchSize, [1, windowSeconds > 0 ? 10_000 : 10]),
      between("windowSeconds", windowSeconds, lambdaLimits.batchWindowSeconds),
      [
        windowSeconds === 0 || !this.isFifo,
        `windowSeconds must be 0 of a FIFO queue, whose batches wait for nothing, got ${windowSeconds}; leave it out`,
      ],
      ...(concurrency === undefined ? [] : [between("concurrency", concurrency, lambdaLimits.mappingConcurrency)]),
    ]);
  }

  /**
   * Takes the asynchronous events that a function fails on for the last time, each with its error. Lambda sends them
   * with the function's role.
   */
  collectFailures(fn: NodeFunction, { retryAttempts = 2 }: RetryProps = {}): void {
    this.sources.push(fn);
    this.takesFailures(`the events of ${fn.node.id}`);
    fn.losesNoEvents();
    for (const visit of this.visitors) visit(fn);
    fn.allow({ actions: ["sqs:SendMessage"], resources: [this.arn] });
    new LambdaFunctionEventInvokeConfig(this, `failures-${fn.node.id}`, {
      functionName: fn.resource.functionName,
      qualifier: fn.live.resource.name,
      maximumRetryAttempts: retryAttempts,
      destinationConfig: { onFailure: { destination: this.arn } },
    });
    validate(this, () => [
      between("retryAttempts", retryAttempts, lambdaLimits.retryAttempts),
      [
        !this.isFifo,
        "fifo must not be set on a queue of failures, which Lambda sends in no order, got true; remove it",
      ],
    ]);
  }

  /** Says what it is that comes here when it fails for good: `rule paid`. Nobody would notice it without an alarm. */
  takesFailures(what: string): void {
    this.failures.push(what);
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

  /** Number of messages in the queue (AWS/SQS). */
  waitingMetric(): Metric {
    return this.metric("ApproximateNumberOfMessagesVisible", "Maximum", "waiting");
  }

  /** Number of messages sent to the queue (AWS/SQS). */
  arrivedMetric(): Metric {
    return this.metric("NumberOfMessagesSent", "Sum", "arrived");
  }

  private metric(name: string, statistic: Statistic, what: string): Metric {
    const dimensions = { QueueName: this.literalName };
    return { namespace: "AWS/SQS", name, dimensions, statistic, label: `${StackContext.of(this).idOf(this)} ${what}` };
  }

  /** Whether an alarm of the app is about this queue. */
  private get isWatched(): boolean {
    const isOwn = ({ namespace, dimensions }: Metric) =>
      namespace === "AWS/SQS" && dimensions["QueueName"] === this.literalName;
    return this.node.root.node.findAll().some((one) => one instanceof Alarm && one.metrics.some(isOwn));
  }

  private failureRules(): Rule[] {
    const [what] = this.failures;
    if (what === undefined) return [];
    const variable = this.node.id.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
    return [
      [
        this.isWatched,
        `an alarm must watch this queue, in which waits what failed for good of ${what}, got none; add alarms.watchDeadLetters(${variable})`,
      ],
    ];
  }

  private deadLetterRules({ isFifo, retentionDays }: Queue): Rule[] {
    const kind = (fifo: boolean) => (fifo ? "a FIFO queue" : "a standard queue");
    return [
      // SQS developer guide, "Using dead-letter queues": the queues are of one kind, and a message keeps its age.
      [
        isFifo === this.isFifo,
        `deadLetters must be ${kind(this.isFifo)} as this is, got ${kind(isFifo)}; set fifo on both, or on none`,
      ],
      [
        retentionDays >= this.retentionDays,
        `deadLetters must keep messages as long as this, ${this.retentionDays} days, got ${retentionDays}; raise its retentionDays`,
      ],
    ];
  }

  private deliveryRules(visibilityTimeoutSeconds: number, deadLetters: Queue | undefined): Rule[] {
    const [first] = this.deliveries;
    if (!first) return [];
    const { fn, needsSeconds } = first;
    return [
      [
        this.deliveries.length === 1,
        `a queue must be delivered to one function, which takes all of its messages, got ${this.deliveries.length}; give each a queue, and subscribe the queues to a topic`,
      ],
      [
        visibilityTimeoutSeconds >= needsSeconds,
        `visibilityTimeoutSeconds must be at least ${needsSeconds}, six times the timeout of ${fn.node.id} and the window, got ${visibilityTimeoutSeconds}; raise it, or leave it out`,
      ],
      [
        needsSeconds <= sqsLimits.visibilityTimeoutSeconds[1],
        `six times the timeout of ${fn.node.id} and the window must be at most ${sqsLimits.visibilityTimeoutSeconds[1]}, got ${needsSeconds}; lower them`,
      ],
      [
        deadLetters !== undefined,
        `deadLetters must be a queue for what ${fn.node.id} fails on, got none; make one, and have alarms watch it`,
      ],
    ];
  }
}
