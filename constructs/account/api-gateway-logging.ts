import { ApiGatewayAccount } from "@cdktf/provider-aws/lib/api-gateway-account";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicyAttachment } from "@cdktf/provider-aws/lib/iam-role-policy-attachment";
import { Construct } from "constructs";
import { arnOf } from "../../aws/arn";
import { trustPolicy } from "../../aws/policy";
import { StackContext } from "../synth/stack-context";

export interface ApiGatewayLoggingProps {
  /** The regions with APIs. */
  readonly regions: readonly string[];
}

/**
 * The role by which API Gateway writes logs. An account has one setting for it in each region, and destroying that
 * silences every API there, so one stack alone has this.
 *
 * @example
 * new ApiGatewayLogging(this, "api-gateway-logging", { regions: ["us-east-1"] });
 */
export class ApiGatewayLogging extends Construct {
  constructor(scope: Construct, id: string, { regions }: ApiGatewayLoggingProps) {
    super(scope, id);
    const stack = StackContext.of(this);
    const role = new IamRole(this, "role", {
      name: stack.nameOf(this),
      // It may not say whose it works for; nobody but the account itself can give it a role of the account.
      assumeRolePolicy: trustPolicy("apigateway.amazonaws.com", {
        StringEqualsIfExists: { "aws:SourceAccount": stack.accountId },
      }),
    });
    // AWS's own: API Gateway checks for these permissions when the role is set.
    const policy = new IamRolePolicyAttachment(this, "role-policy", {
      role: role.name,
      policyArn: arnOf("iam", "policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs", {
        partition: stack.partition,
        accountId: "aws",
      }),
    });
    for (const region of new Set(regions)) {
      new ApiGatewayAccount(this, region, { region, cloudwatchRoleArn: role.arn, dependsOn: [policy] });
    }
  }
}
