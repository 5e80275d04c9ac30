import { FlowLog as AwsFlowLog } from "@cdktf/provider-aws/lib/flow-log";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { Construct } from "constructs";
import { policyDocument, trustPolicy } from "../../aws/policy";
import { LogGroup } from "../observability/log-group";
import { StackContext } from "../synth/stack-context";

export interface FlowLogProps {
  readonly vpcId: string;
}

/**
 * Accepted and rejected traffic of a VPC, in a log group.
 *
 * @example
 * new FlowLog(this, "flow-log", { vpcId: "vpc-0123456789abcdef0" });
 */
export class FlowLog extends Construct {
  constructor(scope: Construct, id: string, { vpcId }: FlowLogProps) {
    super(scope, id);
    const stack = StackContext.of(this);
    const logGroup = new LogGroup(this, "logs", { name: `/aws/vpc/${stack.nameOf(this)}` });
    const role = new IamRole(this, "role", {
      name: stack.nameOf(this),
      assumeRolePolicy: trustPolicy("vpc-flow-logs.amazonaws.com", {
        StringEquals: { "aws:SourceAccount": stack.accountId },
        ArnLike: { "aws:SourceArn": stack.arn("ec2", "vpc-flow-log/*") },
      }),
    });
    const policy = new IamRolePolicy(this, "role-policy", {
      role: role.name,
      policy: policyDocument([
        {
          actions: ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"],
          resources: [`${logGroup.arn}:*`],
        },
        // Describing has no narrower resource than all of a region's groups.
        { actions: ["logs:DescribeLogGroups"], resources: [stack.arn("logs", "log-group:*")] },
      ]),
    });
    new AwsFlowLog(this, "Default", {
      vpcId,
      trafficType: "ALL",
      logDestinationType: "cloud-watch-logs",
      logDestination: logGroup.arn,
      iamRoleArn: role.arn,
      dependsOn: [policy],
    });
  }
}
