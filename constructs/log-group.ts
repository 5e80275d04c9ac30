import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { Construct } from "constructs";
import { SystemStack } from "./system-stack";
import { oneOf, validate } from "./validation";

/** The periods in days that CloudWatch Logs knows (API reference, PutRetentionPolicy). Never expiring is not one here. */
const retentionPeriods = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827].concat([
  2192, 2557, 2922, 3288, 3653,
]);

export interface LogGroupProps {
  /** The group's full name: `/aws/lambda/records-dev-get-record`. */
  readonly name: string;
  /** @default the environment's */
  readonly retentionDays?: number;
}

/** A log group that forgets. It is made before what writes to it, or AWS makes one that never does. */
export class LogGroup extends Construct {
  readonly name: string;
  readonly arn: string;
  readonly resource: CloudwatchLogGroup;

  constructor(scope: Construct, id: string, props: LogGroupProps) {
    super(scope, id);
    const { name, retentionDays = SystemStack.of(this).environment.logRetentionDays } = props;
    this.resource = new CloudwatchLogGroup(this, "Default", { name, retentionInDays: retentionDays });
    this.name = this.resource.name;
    this.arn = this.resource.arn;
    validate(this, () => [oneOf("logRetentionDays", retentionDays, retentionPeriods)]);
  }
}
