import { every, type GatewayDefinition, only, type UsagePlanResource } from "../../read/gateway-resources";
import { DefinitionError } from "../definition/definition-error";
import { type Refusal, refusal } from "../response/refusal";
import { Quota, type QuotaStore } from "./quota";
import { bucketFor, type TokenBucket } from "./token-bucket";

/** An API key, and what its usage plan lets its holder do with a stage. */
export interface ApiKey {
  readonly id: string;
  readonly value: string;
  readonly throttle: TokenBucket | undefined;
  /** By `/path/METHOD`, instead of the plan's own. */
  readonly methodThrottles: ReadonlyMap<string, TokenBucket>;
  readonly quota: Quota | undefined;
}

/** The keys that open a stage, by value. */
export type ApiKeys = ReadonlyMap<string, ApiKey>;

/** The enabled keys that a plan connects with the stage. */
export function readApiKeys(definition: GatewayDefinition, stage: string, store: QuotaStore): ApiKeys {
  const keys = new Map<string, ApiKey>();
  const byId = new Map(definition.apiKeys.map((key) => [key.id, key]));
  const plans = new Map(definition.usagePlans.map((plan) => [plan.id, plan]));
  for (const { key_id, usage_plan_id } of definition.usagePlanKeys) {
    const [key, plan] = [byId.get(key_id), plans.get(usage_plan_id)];
    if (!key || !plan || key.enabled === false) continue;
    const access = accessOf(plan, definition, stage);
    if (!access || keys.has(key.value)) continue;
    const limits = only(plan.throttle_settings);
    const quota = only(plan.quota_settings);
    const throttles = every(access.throttle).flatMap(({ path, rate_limit, burst_limit }) => {
      const bucket = bucketFor(rate_limit, burst_limit);
      return bucket ? [[path, bucket] as const] : [];
    });
    keys.set(key.value, {
      id: key.id,
      value: key.value,
      throttle: bucketFor(limits?.rate_limit, limits?.burst_limit),
      methodThrottles: new Map(throttles),
      quota: quota && new Quota(`${plan.name}/${key.name}`, quota, store),
    });
  }
  return keys;
}

function accessOf(plan: UsagePlanResource, { restApi, stages }: GatewayDefinition, stage: string) {
  const ours = every(plan.api_stages).filter(({ api_id }) => api_id === restApi.id);
  const unknown = ours.find((access) => !stages.some(({ stage_name }) => stage_name === access.stage));
  if (unknown) {
    const named = `{api: ${unknown.api_id}, stage: ${unknown.stage}}`;
    throw new DefinitionError(
      `aws_api_gateway_usage_plan ${plan.name}`,
      `Invalid API Stage ${named} specified for usageplan ${plan.id}`,
    );
  }
  return ours.find((access) => access.stage === stage);
}

/** Takes a request from a key's throttle and quota. @param method - as in `/path/METHOD` */
export function useApiKey(
  key: ApiKey,
  method: string,
  { startedAt, steadyStart }: { readonly startedAt: number; readonly steadyStart: number },
): Refusal | undefined {
  const throttle = key.methodThrottles.get(method) ?? key.throttle;
  if (throttle && !throttle.take(steadyStart)) {
    return refusal("THROTTLED", "Too Many Requests", { reason: "the usage plan's throttle for this key" });
  }
  if (key.quota && !key.quota.take(startedAt)) {
    return refusal("QUOTA_EXCEEDED", "Limit Exceeded", { reason: "the usage plan's quota for this key is used up" });
  }
  return undefined;
}
