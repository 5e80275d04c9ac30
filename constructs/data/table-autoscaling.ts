import { AppautoscalingPolicy } from "@cdktf/provider-aws/lib/appautoscaling-policy";
import { AppautoscalingTarget } from "@cdktf/provider-aws/lib/appautoscaling-target";
import type { DynamodbTable } from "@cdktf/provider-aws/lib/dynamodb-table";
import { Construct } from "constructs";
import { dynamoDbLimits } from "../../aws/limits";
import { StackContext } from "../synth/stack-context";
import { between, validate } from "../synth/validation";

/** Capacity that is paid for whether it is used or not, and follows the load. The same for reads and for writes. */
export interface Capacity {
  /** Units at the start, and the least there are. */
  readonly minimum: number;
  readonly maximum: number;
  /** Target utilization in percent: AWS accepts 20–90. */
  readonly targetPercent: number;
}

export interface TableAutoscalingProps {
  readonly table: DynamodbTable;
  readonly capacity: Capacity;
}

/**
 * Application Auto Scaling for the reads and the writes of a provisioned table.
 *
 * @example
 * const capacity = { minimum: 5, maximum: 50, targetPercent: 70 };
 * new TableAutoscaling(this, "autoscaling", { table: table.resource, capacity });
 */
export class TableAutoscaling extends Construct {
  constructor(scope: Construct, id: string, { table, capacity }: TableAutoscalingProps) {
    super(scope, id);
    const { minimum, maximum, targetPercent } = capacity;
    for (const kind of ["Read", "Write"]) {
      const target = new AppautoscalingTarget(this, `${kind.toLowerCase()}-target`, {
        serviceNamespace: "dynamodb",
        resourceId: `table/${table.name}`,
        scalableDimension: `dynamodb:table:${kind}CapacityUnits`,
        minCapacity: minimum,
        maxCapacity: maximum,
      });
      new AppautoscalingPolicy(this, `${kind.toLowerCase()}-policy`, {
        name: `${StackContext.of(this).nameOf(this)}-${kind.toLowerCase()}`,
        policyType: "TargetTrackingScaling",
        serviceNamespace: target.serviceNamespace,
        resourceId: target.resourceId,
        scalableDimension: target.scalableDimension,
        targetTrackingScalingPolicyConfiguration: {
          targetValue: targetPercent,
          predefinedMetricSpecification: { predefinedMetricType: `DynamoDB${kind}CapacityUtilization` },
        },
      });
    }
    validate(this, () => [
      between("capacity.minimum", minimum, dynamoDbLimits.capacityUnits),
      between("capacity.maximum", maximum, [minimum, dynamoDbLimits.capacityUnits[1]]),
      between("capacity.targetPercent", targetPercent, dynamoDbLimits.targetUtilizationPercent),
    ]);
  }
}
