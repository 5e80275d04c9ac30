import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { Construct } from "constructs";
import { StackContext } from "../synth/stack-context";

export interface LogGroupProps {
  /** The group's full name: `/aws/lambda/records-dev-get-record`. */
  readonly name: string;
}

/**
 * A log group that forgets after the time that its stack says. It is made before what writes to it, or AWS makes one
 * that never does.
 *
 * @example
 * new LogGroup(this, "logs", { name: "/things" });
 */
export class LogGroup extends Construct {
  readonly name: string;
  readonly arn: string;
  readonly resource: CloudwatchLogGroup;

  constructor(scope: Construct, id: string, { name }: LogGroupProps) {
    super(scope, id);
    const stack = StackContext.of(this);
    const kmsKeyId = stack.encrypt("logGroup", () => [stack.arn("logs", `log-group:${name}`)]);
    this.resource = new CloudwatchLogGroup(this, "Default", {
      name,
      retentionInDays: stack.logRetentionDays,
      ...(kmsKeyId ? { kmsKeyId } : {}),
    });
    this.name = this.resource.name;
    this.arn = this.resource.arn;
  }
}
