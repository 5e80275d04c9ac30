import type { CloudfrontDistribution } from "@cdktf/provider-aws/lib/cloudfront-distribution";
import { CloudwatchLogDelivery } from "@cdktf/provider-aws/lib/cloudwatch-log-delivery";
import { CloudwatchLogDeliveryDestination } from "@cdktf/provider-aws/lib/cloudwatch-log-delivery-destination";
import { CloudwatchLogDeliverySource } from "@cdktf/provider-aws/lib/cloudwatch-log-delivery-source";
import { Construct } from "constructs";
import { arnOf } from "../../aws/arn";
import type { Bucket } from "../data/bucket";
import { StackContext } from "../synth/stack-context";

export interface DistributionLogsProps {
  readonly distribution: CloudfrontDistribution;
  readonly bucket: Bucket;
}

/** CloudFront is everywhere; its logs are delivered from here. */
const region = "us-east-1";

/**
 * A distribution's access logs, as JSON lines below `AWSLogs/` in a bucket. Standard logging v2, since the older kind
 * wants a bucket with ACLs.
 *
 * @example
 * new DistributionLogs(this, "logs", { distribution: distribution.resource, bucket });
 */
export class DistributionLogs extends Construct {
  constructor(scope: Construct, id: string, { distribution, bucket }: DistributionLogsProps) {
    super(scope, id);
    const stack = StackContext.of(this);
    const { partition, accountId } = stack;
    const name = stack.nameOf(this);
    const admission = bucket.admit({
      principals: ["delivery.logs.amazonaws.com"],
      actions: ["s3:PutObject"],
      resources: [`${bucket.arn}/AWSLogs/${accountId}/CloudFront/*`],
      conditions: {
        StringEquals: { "s3:x-amz-acl": "bucket-owner-full-control", "aws:SourceAccount": accountId },
        ArnLike: { "aws:SourceArn": arnOf("logs", `delivery-source:${name}`, { partition, region, accountId }) },
      },
    });
    const source = new CloudwatchLogDeliverySource(this, "source", {
      region,
      name,
      logType: "ACCESS_LOGS",
      resourceArn: distribution.arn,
    });
    const destination = new CloudwatchLogDeliveryDestination(this, "destination", {
      region,
      name,
      outputFormat: "json",
      deliveryDestinationConfiguration: [{ destinationResourceArn: bucket.arn }],
      dependsOn: [admission],
    });
    new CloudwatchLogDelivery(this, "Default", {
      region,
      deliverySourceName: source.name,
      deliveryDestinationArn: destination.arn,
    });
  }
}
