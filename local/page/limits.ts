import type { System } from "../run/system";

type Gateway = NonNullable<System["gateway"]>;
type Plan = Gateway["usagePlans"][number];

const listOf = <T extends object>(block: T | readonly T[] | undefined): readonly T[] =>
  block === undefined ? [] : Array.isArray(block) ? block : [block as T];

/** A key, and the usage plan by which it opens a stage. */
export interface KeyUse {
  readonly key: string;
  readonly plan: Plan | undefined;
}

/** By which key, of which plan, a request came. */
export function keyUseOf({ gateway }: System, keyId: string, stage: string | undefined): KeyUse | undefined {
  const key = gateway?.apiKeys.find(({ id }) => id === keyId);
  if (!gateway || !key) return undefined;
  const planIds = gateway.usagePlanKeys.filter(({ key_id }) => key_id === keyId).map((each) => each.usage_plan_id);
  const plans = gateway.usagePlans.filter(({ id }) => planIds.includes(id));
  const plan = plans.find(({ api_stages }) => listOf(api_stages).some((access) => access.stage === stage));
  return { key: key.name, plan };
}

/** Why a key that a request was sent with does not open a stage; undefined where no key of the API has this value. */
export function uselessKey({ gateway }: System, value: string, stage: string | undefined): string | undefined {
  const key = gateway?.apiKeys.find((one) => one.value === value);
  if (!gateway || !key) return undefined;
  if (key.enabled === false) return `Key ${key.name} is not enabled.`;
  const planIds = gateway.usagePlanKeys.filter(({ key_id }) => key_id === key.id).map((each) => each.usage_plan_id);
  const plans = gateway.usagePlans.filter(({ id }) => planIds.includes(id));
  if (plans.length === 0) return `Key ${key.name} is in no usage plan.`;
  const stages = plans.flatMap(({ api_stages }) => listOf(api_stages).map((access) => access.stage));
  const names = plans.map(({ name }) => name).join(", ");
  return `Key ${key.name} is of plan ${names}, which opens stage ${stages.join(", ")} and not ${stage}.`;
}

const dayMs = 86_400_000;

/** When the period of a quota ends that is running, in milliseconds since 1970: periods are those of UTC. */
export function quotaEndsAt(period: string, now: number): number {
  const today = new Date(now);
  const [year, month, day] = [today.getUTCFullYear(), today.getUTCMonth(), today.getUTCDate()];
  if (period === "MONTH") return Date.UTC(year, month + 1, 1);
  if (period === "DAY") return Date.UTC(year, month, day + 1);
  return Date.UTC(year, month, day) + (7 - ((today.getUTCDay() + 6) % 7)) * dayMs;
}

/** The throttle of a plan's keys, in requests a second; that of a method if it has one of its own. */
export function throttleOf(
  plan: Plan | undefined,
  stage: string | undefined,
  method: string,
): { readonly rate: number; readonly burst: number } | undefined {
  const access = listOf(plan?.api_stages).find((each) => each.stage === stage);
  const own = listOf(access?.throttle).find(({ path }) => path === method);
  const [settings = own] = own ? [own] : listOf(plan?.throttle_settings);
  if (settings?.rate_limit === undefined) return undefined;
  return { rate: settings.rate_limit, burst: settings.burst_limit ?? settings.rate_limit };
}

/** The quota of a plan. */
export const quotaOf = (plan: Plan | undefined): { readonly limit: number; readonly period: string } | undefined =>
  listOf(plan?.quota_settings)[0];
