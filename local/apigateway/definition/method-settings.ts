import { apiGatewayLimits } from "../../../aws/limits";
import { type GatewayDefinition, type MethodSettings, only } from "../../read/gateway-resources";
import { DefinitionError } from "./definition-error";
import type { RouteDefinition } from "./route-definition";

/** The effective settings of a method of a stage. */
export interface EffectiveSettings {
  readonly cachingEnabled: boolean;
  readonly cacheTtlInSeconds: number;
  readonly cacheDataEncrypted: boolean;
  readonly requireAuthorizationForCacheControl: boolean;
  readonly unauthorizedCacheControlHeaderStrategy: string;
  readonly throttlingRateLimit: number | undefined;
  readonly throttlingBurstLimit: number | undefined;
}

/** Values of the settings that a single one on `*\/*` leaves out (recorded). */
const defaults: EffectiveSettings = {
  cachingEnabled: false,
  cacheTtlInSeconds: 300,
  cacheDataEncrypted: false,
  requireAuthorizationForCacheControl: true,
  unauthorizedCacheControlHeaderStrategy: "SUCCEED_WITH_RESPONSE_HEADER",
  throttlingRateLimit: undefined,
  throttlingBurstLimit: undefined,
};

const strategies = ["FAIL_WITH_403", "SUCCEED_WITH_RESPONSE_HEADER", "SUCCEED_WITHOUT_RESPONSE_HEADER"];

/** The settings that a stage has for all methods, and for single ones. */
export class StageSettings {
  private readonly common: MethodSettings | undefined;
  private readonly single = new Map<string, MethodSettings>();

  constructor({ methodSettings, restApi }: GatewayDefinition, stage: string, routes: readonly RouteDefinition[]) {
    const ours = methodSettings.filter(
      ({ rest_api_id, stage_name }) => stage_name === stage && (rest_api_id ?? restApi.id) === restApi.id,
    );
    let common: MethodSettings | undefined;
    for (const { method_path, settings } of ours) {
      const values = only(settings) ?? {};
      checkSettings(values, `aws_api_gateway_method_settings ${method_path}`);
      if (method_path === "*/*") common = values;
      else this.single.set(methodAt(method_path, routes), values);
    }
    this.common = common;
  }

  /** The effective settings of a method. @param name - `/path/METHOD` */
  of(name: string, method: string): EffectiveSettings {
    const single = this.single.get(name);
    const common = withDefaults(this.common ?? {}, defaults);
    if (!single) return { ...common, cachingEnabled: common.cachingEnabled && method === "GET" };
    return withDefaults(single, { ...common, throttlingRateLimit: undefined, throttlingBurstLimit: undefined });
  }
}

function checkSettings(
  { unauthorized_cache_control_header_strategy: strategy, ...rest }: MethodSettings,
  place: string,
) {
  if (strategy !== undefined && !strategies.includes(strategy)) {
    throw new DefinitionError(
      place,
      `unauthorized_cache_control_header_strategy must be one of ${strategies.join(", ")}`,
    );
  }
  const ttl = rest.cache_ttl_in_seconds ?? 0;
  const [least, most] = apiGatewayLimits.cacheTtlSeconds;
  if (!(ttl >= least && ttl <= most)) {
    throw new DefinitionError(place, `cache_ttl_in_seconds must be ${least}–${most}, got ${ttl}`);
  }
}

/**
 * A single method's settings over those for all. Terraform's provider never sends what is off or zero, except the
 * time to live, so nothing can be switched off for one method; limits it does not name are sent as -1: none.
 */
function withDefaults(settings: MethodSettings, below: EffectiveSettings): EffectiveSettings {
  const limit = (value: number | undefined) => (value === undefined || value < 0 ? undefined : value);
  return {
    cachingEnabled: settings.caching_enabled || below.cachingEnabled,
    cacheTtlInSeconds: settings.cache_ttl_in_seconds ?? below.cacheTtlInSeconds,
    cacheDataEncrypted: settings.cache_data_encrypted || below.cacheDataEncrypted,
    requireAuthorizationForCacheControl:
      settings.require_authorization_for_cache_control ?? below.requireAuthorizationForCacheControl,
    unauthorizedCacheControlHeaderStrategy:
      settings.unauthorized_cache_control_header_strategy ?? below.unauthorizedCacheControlHeaderStrategy,
    throttlingRateLimit: limit(settings.throttling_rate_limit) ?? below.throttlingRateLimit,
    throttlingBurstLimit: limit(settings.throttling_burst_limit) ?? below.throttlingBurstLimit,
  };
}

/** `/path/METHOD` for a method path as the API takes it: slashes as `~1`, or one segment without any. */
function methodAt(methodPath: string, routes: readonly RouteDefinition[]): string {
  const place = `aws_api_gateway_method_settings ${methodPath}`;
  const split = methodPath.lastIndexOf("/");
  const resource = methodPath.slice(0, split);
  if (resource.includes("/")) {
    throw new DefinitionError(place, "has no effect: write every slash of the path as ~1, as in ~1items~1{itemId}/GET");
  }
  const path = resource.replaceAll("~1", "/");
  const name = `${path.startsWith("/") ? path : `/${path}`}${methodPath.slice(split)}`;
  if (!routes.some((route) => `${route.path}/${route.method}` === name)) {
    throw new DefinitionError(place, "names no method of the API");
  }
  return name;
}
