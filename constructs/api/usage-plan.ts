import { ApiGatewayApiKey } from "@cdktf/provider-aws/lib/api-gateway-api-key";
import { ApiGatewayUsagePlan } from "@cdktf/provider-aws/lib/api-gateway-usage-plan";
import { ApiGatewayUsagePlanKey } from "@cdktf/provider-aws/lib/api-gateway-usage-plan-key";
import { Construct } from "constructs";
import { apiGatewayLimits } from "../../aws/limits";
import { SystemStack } from "../synth/system-stack";
import { between, validate } from "../synth/validation";
import type { ApiStage } from "./api-stage";

export interface UsagePlanProps {
  readonly stage: ApiStage;
  /** For each key, requests a second. */
  readonly rateLimit: number;
  readonly burstLimit: number;
  readonly quotaPerDay: number;
}

/**
 * How much of a stage the holder of a key may use, and a first key. AWS makes up the key's value.
 *
 * @example
 * const { apiKeyId } = new UsagePlan(this, "usage-plan", { stage, rateLimit: 10, burstLimit: 20, quotaPerDay: 10_000 });
 */
export class UsagePlan extends Construct {
  /** The key's id, by which its value can be asked for. */
  readonly apiKeyId: string;

  constructor(scope: Construct, id: string, { stage, rateLimit, burstLimit, quotaPerDay }: UsagePlanProps) {
    super(scope, id);
    const name = SystemStack.of(this).nameOf(this);
    const plan = new ApiGatewayUsagePlan(this, "Default", {
      name,
      apiStages: [{ apiId: stage.resource.restApiId, stage: stage.resource.stageName }],
      throttleSettings: { rateLimit, burstLimit },
      quotaSettings: { limit: quotaPerDay, period: "DAY" },
    });
    const key = new ApiGatewayApiKey(this, "key", { name: `${name}-key`, enabled: true });
    new ApiGatewayUsagePlanKey(this, "key-in-plan", { usagePlanId: plan.id, keyId: key.id, keyType: "API_KEY" });
    this.apiKeyId = key.id;
    validate(this, () => [
      between("rateLimit", rateLimit, [1, apiGatewayLimits.requestsPerSecond]),
      between("burstLimit", burstLimit, [1, apiGatewayLimits.burst]),
      between("quotaPerDay", quotaPerDay, [1, apiGatewayLimits.quota]),
    ]);
  }
}
