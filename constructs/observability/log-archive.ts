import { CloudwatchLogStream } from "@cdktf/provider-aws/lib/cloudwatch-log-stream";
import { CloudwatchLogSubscriptionFilter } from "@cdktf/provider-aws/lib/cloudwatch-log-subscription-filter";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { KinesisFirehoseDeliveryStream } from "@cdktf/provider-aws/lib/kinesis-firehose-delivery-stream";
import { Construct } from "constructs";
import { policyDocument, trustPolicy } from "../../aws/policy";
import type { Bucket } from "../data/bucket";
import { StackContext } from "../synth/stack-context";
import { LogGroup } from "./log-group";
import type { Metric, Statistic } from "./metric";

export interface LogArchiveProps {
  /** Bucket of the archive. */
  readonly bucket: Bucket;
  /** Prefix in the bucket: `logs/`. */
  readonly prefix: string;
}

/**
 * A Firehose that carries log groups into a bucket: one line an event, gzip, a folder a day.
 *
 * @example
 * const archive = new LogArchive(this, "log-archive", { bucket, prefix: "logs/" });
 * archive.collect(stage.accessLogs, getThing.logGroup);
 */
export class LogArchive extends Construct {
  private readonly stream: KinesisFirehoseDeliveryStream;
  private readonly subscriberRole: IamRole;
  private readonly subscriberPolicy: IamRolePolicy;

  constructor(scope: Construct, id: string, { bucket, prefix }: LogArchiveProps) {
    super(scope, id);
    const stack = StackContext.of(this);
    const name = stack.nameOf(this);
    const { accountId } = stack;
    // Its own failures. Never collected: a failing stream would feed itself.
    const failures = new LogGroup(this, "failures", { name: `/aws/kinesisfirehose/${name}` });
    const failureStream = new CloudwatchLogStream(this, "failures-stream", { name: "s3", logGroupName: failures.name });
    const role = new IamRole(this, "role", {
      name,
      assumeRolePolicy: trustPolicy("firehose.amazonaws.com", {
        StringEquals: { "aws:SourceAccount": accountId },
        ArnLikeIfExists: { "aws:SourceArn": stack.arn("firehose", `deliverystream/${name}`) },
      }),
    });
    const policy = new IamRolePolicy(this, "role-policy", {
      role: role.name,
      policy: policyDocument([
        { actions: ["s3:AbortMultipartUpload", "s3:PutObject"], resources: [`${bucket.arn}/${prefix}*`] },
        {
          actions: ["s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"],
          resources: [bucket.arn],
        },
        { actions: ["logs:PutLogEvents"], resources: [`${failures.arn}:log-stream:${failureStream.name}`] },
      ]),
    });
    this.stream = new KinesisFirehoseDeliveryStream(this, "Default", {
      name,
      destination: "extended_s3",
      serverSideEncryption: { enabled: true, keyType: "AWS_OWNED_CMK" },
      extendedS3Configuration: {
        roleArn: role.arn,
        bucketArn: bucket.arn,
        prefix: `${prefix}!{timestamp:yyyy/MM/dd}/`,
        errorOutputPrefix: `${prefix}failed/!{firehose:error-output-type}/!{timestamp:yyyy/MM/dd}/`,
        // Small objects are never moved to cheaper storage, so wait for large ones, five minutes at most.
        bufferingSize: 64,
        bufferingInterval: 300,
        compressionFormat: "GZIP",
        cloudwatchLoggingOptions: { enabled: true, logGroupName: failures.name, logStreamName: failureStream.name },
        processingConfiguration: { enabled: true, processors: unwrapLogEvents },
      },
      dependsOn: [policy],
    });
    this.subscriberRole = new IamRole(this, "subscriber-role", {
      name: `${name}-subscriber`,
      assumeRolePolicy: trustPolicy("logs.amazonaws.com", {
        StringEquals: { "aws:SourceAccount": accountId },
        ArnLike: { "aws:SourceArn": stack.arn("logs", "*") },
      }),
    });
    this.subscriberPolicy = new IamRolePolicy(this, "subscriber-policy", {
      role: this.subscriberRole.name,
      policy: policyDocument([
        { actions: ["firehose:PutRecord", "firehose:PutRecordBatch"], resources: [this.stream.arn] },
      ]),
    });
  }

  /** Has everything in the log groups carried to the bucket. */
  collect(...logGroups: readonly LogGroup[]): void {
    for (const logGroup of logGroups) {
      new CloudwatchLogSubscriptionFilter(this, StackContext.of(this).idOf(logGroup), {
        name: "archive",
        logGroupName: logGroup.name,
        filterPattern: "",
        destinationArn: this.stream.arn,
        roleArn: this.subscriberRole.arn,
        // Subscribing sends a test record at once.
        dependsOn: [this.subscriberPolicy],
      });
    }
  }

  /** Bytes taken in: what the archive costs (AWS/Firehose). */
  incomingBytesMetric(): Metric {
    return this.metric("IncomingBytes", "Sum", "Archived bytes");
  }

  /** Age of the oldest line that has not reached the bucket, in seconds (AWS/Firehose). */
  delayMetric(): Metric {
    return this.metric("DeliveryToS3.DataFreshness", "Maximum", "Oldest line not archived (s)");
  }

  private metric(name: string, statistic: Statistic, label: string): Metric {
    const dimensions = { DeliveryStreamName: StackContext.of(this).nameOf(this) };
    return { namespace: "AWS/Firehose", name, dimensions, statistic, label };
  }
}

/** CloudWatch Logs sends gzip'ed envelopes of many events; these take them apart, one line an event. */
const unwrapLogEvents = [
  { type: "Decompression", parameters: [{ parameterName: "CompressionFormat", parameterValue: "GZIP" }] },
  { type: "CloudWatchLogProcessing", parameters: [{ parameterName: "DataMessageExtraction", parameterValue: "true" }] },
  { type: "AppendDelimiterToRecord", parameters: [{ parameterName: "Delimiter", parameterValue: "\\n" }] },
];
