import { LambdaPermission } from "@cdktf/provider-aws/lib/lambda-permission";
import type { Construct } from "constructs";
import type { NodeFunction } from "./node-function";

export interface ServicePermissionProps {
  /** `sns.amazonaws.com` */
  readonly principal: string;
  /** The one resource that the service may call it for. */
  readonly sourceArn: string;
  /** Whose resource that is, where its ARN does not say so: the account's id. */
  readonly sourceAccount?: string;
}

/** Lets an AWS service call the version of a function that serves, for one resource. */
export const permitService = (
  scope: Construct,
  id: string,
  fn: NodeFunction,
  props: ServicePermissionProps,
): LambdaPermission =>
  new LambdaPermission(scope, id, {
    functionName: fn.resource.functionName,
    qualifier: fn.live.resource.name,
    action: "lambda:InvokeFunction",
    ...props,
    // A function that is replaced loses its permissions without a word. Its ARN is unknown then, and only then.
    lifecycle: { replaceTriggeredBy: [`aws_lambda_function.${fn.resource.friendlyUniqueId}.arn`] },
  });
