/** A Terraform block as synthesizers write it: alone, or as a list of one. */
export type Block<T> = T | readonly T[];

/** The one value of a block that occurs at most once. */
export function only<T extends object>(block: Block<T> | undefined): T | undefined {
  return Array.isArray(block) ? block[0] : (block as T | undefined);
}

/** All values of a block that may occur more than once. */
export function every<T extends object>(block: Block<T> | undefined): readonly T[] {
  if (block === undefined) return [];
  return Array.isArray(block) ? block : [block as T];
}

/** Attributes that are not named here are checked at boot: harmless ones pass, all others are refused by name. */
interface Attributes {
  readonly [attribute: string]: unknown;
}

/** `aws_api_gateway_rest_api`, its references already resolved. */
export interface RestApiResource extends Attributes {
  readonly id: string;
  readonly name: string;
  /** The OpenAPI 3.0 document: an object, or its text, JSON or YAML. */
  readonly body: unknown;
  readonly binary_media_types?: readonly string[];
  readonly api_key_source?: string;
  /** Of the import. */
  readonly parameters?: Readonly<Record<string, string>>;
  readonly endpoint_configuration?: Block<{ readonly types?: readonly string[] }>;
}

/** `aws_api_gateway_stage`. */
export interface StageResource extends Attributes {
  readonly stage_name: string;
  readonly rest_api_id?: string;
  readonly deployment_id?: string;
  readonly variables?: Readonly<Record<string, string>>;
  readonly cache_cluster_enabled?: boolean;
  readonly canary_settings?: Block<{
    readonly deployment_id?: string;
    readonly percent_traffic?: number;
    readonly stage_variable_overrides?: Readonly<Record<string, string>>;
    readonly use_stage_cache?: boolean;
  }>;
  readonly xray_tracing_enabled?: boolean;
  readonly access_log_settings?: Block<{ readonly destination_arn?: string; readonly format: string }>;
}

/** The settings of `aws_api_gateway_method_settings`. */
export interface MethodSettings extends Attributes {
  readonly caching_enabled?: boolean;
  readonly cache_ttl_in_seconds?: number;
  readonly cache_data_encrypted?: boolean;
  readonly require_authorization_for_cache_control?: boolean;
  readonly unauthorized_cache_control_header_strategy?: string;
  readonly throttling_rate_limit?: number;
  readonly throttling_burst_limit?: number;
}

/** `aws_api_gateway_method_settings`: `*\/*`, or every slash of a path as `~1` and the method after the last slash. */
export interface MethodSettingsResource extends Attributes {
  readonly rest_api_id?: string;
  readonly stage_name: string;
  readonly method_path: string;
  readonly settings: Block<MethodSettings>;
}

/** Requests a second, and how many at once. */
export interface ThrottleSettings {
  readonly rate_limit?: number;
  readonly burst_limit?: number;
}

/** `aws_api_gateway_usage_plan`. */
export interface UsagePlanResource extends Attributes {
  readonly id: string;
  readonly name: string;
  readonly api_stages?: Block<{
    readonly api_id: string;
    readonly stage: string;
    readonly throttle?: Block<ThrottleSettings & { readonly path: string }>;
  }>;
  readonly throttle_settings?: Block<ThrottleSettings>;
  readonly quota_settings?: Block<{ readonly limit: number; readonly period: string; readonly offset?: number }>;
}

/** `aws_api_gateway_api_key`, with the value that AWS would make up. */
export interface ApiKeyResource extends Attributes {
  readonly id: string;
  readonly name: string;
  readonly value: string;
  /** @default true, as Terraform sends it */
  readonly enabled?: boolean;
}

/** `aws_api_gateway_usage_plan_key`. */
export interface UsagePlanKeyResource extends Attributes {
  readonly key_id: string;
  readonly usage_plan_id: string;
}

/** The resource policy of a REST API. */
export interface ApiPolicy {
  readonly json: string;
  /** The place of it in the stack: `aws_api_gateway_rest_api_policy.api`. */
  readonly address: string;
}

/** Everything of a stack that decides how one REST API answers. Resources of other APIs are ignored. */
export interface GatewayDefinition {
  readonly region: string;
  readonly accountId: string;
  readonly restApi: RestApiResource;
  readonly policy?: ApiPolicy | undefined;
  readonly stages: readonly StageResource[];
  readonly methodSettings: readonly MethodSettingsResource[];
  readonly usagePlans: readonly UsagePlanResource[];
  readonly apiKeys: readonly ApiKeyResource[];
  readonly usagePlanKeys: readonly UsagePlanKeyResource[];
}
