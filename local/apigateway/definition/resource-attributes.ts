import { apiGatewayLimits } from "../../../aws/limits";
import { every, type GatewayDefinition, only } from "../../read/gateway-resources";
import { DefinitionError, notEmulated, onlyKnown } from "./definition-error";

/** Arguments of every resource that no request depends on. */
const everywhere = [
  "//",
  "id",
  "arn",
  "description",
  "tags",
  "tags_all",
  "provider",
  "lifecycle",
  "depends_on",
  "count",
];

const known = (...names: string[]): ReadonlySet<string> => new Set([...everywhere, ...names]);

const restApiAttributes = known(
  ...["name", "body", "binary_media_types", "api_key_source", "endpoint_configuration", "execution_arn"],
  // Whatever an import would warn of is refused here, whether it is to fail or not.
  ...[
    "parameters",
    "policy",
    "put_rest_api_mode",
    "fail_on_warnings",
    "root_resource_id",
    "created_date",
    "disable_execute_api_endpoint",
  ],
);
const stageAttributes = known(
  ...["stage_name", "rest_api_id", "deployment_id", "variables", "cache_cluster_enabled", "cache_cluster_size"],
  ...[
    "access_log_settings",
    "canary_settings",
    "xray_tracing_enabled",
    "invoke_url",
    "execution_arn",
    "documentation_version",
  ],
);
const canaryAttributes = known(...["deployment_id", "percent_traffic", "stage_variable_overrides", "use_stage_cache"]);
const settingsAttributes = known("rest_api_id", "stage_name", "method_path", "settings");
const settingAttributes = known(
  ...["metrics_enabled", "logging_level", "data_trace_enabled", "caching_enabled", "cache_ttl_in_seconds"],
  ...["cache_data_encrypted", "require_authorization_for_cache_control"],
  ...["unauthorized_cache_control_header_strategy", "throttling_rate_limit", "throttling_burst_limit"],
);
const planAttributes = known("name", "api_stages", "throttle_settings", "quota_settings", "product_code");
const keyAttributes = known("name", "value", "enabled", "customer_id", "created_date", "last_updated_date");

/** Refuses resources with attributes that the gateway does not read and that change answers. */
export function checkResources(definition: GatewayDefinition): void {
  const { restApi, stages, methodSettings, usagePlans, apiKeys } = definition;
  onlyKnown(restApi, `aws_api_gateway_rest_api ${restApi.name}`, restApiAttributes);
  if ((restApi.api_key_source ?? "HEADER") !== "HEADER") {
    throw notEmulated(`aws_api_gateway_rest_api ${restApi.name}`, `api_key_source ${restApi.api_key_source}`);
  }
  for (const stage of stages) checkStage(stage, `aws_api_gateway_stage ${stage.stage_name}`);
  for (const resource of methodSettings) {
    const place = `aws_api_gateway_method_settings ${resource.method_path}`;
    onlyKnown(resource, place, settingsAttributes);
    onlyKnown(only(resource.settings) ?? {}, place, settingAttributes);
  }
  for (const plan of usagePlans) checkPlan(plan, `aws_api_gateway_usage_plan ${plan.name}`);
  for (const key of apiKeys) checkKey(key, `aws_api_gateway_api_key ${key.name}`);
}

function checkStage(stage: GatewayDefinition["stages"][number], place: string): void {
  onlyKnown(stage, place, stageAttributes);
  const canary = only(stage.canary_settings);
  if (!canary) return;
  onlyKnown(canary, `${place}: canary_settings`, canaryAttributes);
  const percent = canary.percent_traffic ?? 0;
  if (!(percent >= 0 && percent <= 100)) {
    throw new DefinitionError(place, `canary_settings.percent_traffic must be 0–100, got ${percent}`);
  }
}

function checkPlan(plan: GatewayDefinition["usagePlans"][number], place: string): void {
  onlyKnown(plan, place, planAttributes);
  const quota = only(plan.quota_settings);
  if (quota?.offset) throw notEmulated(place, `quota_settings.offset ${quota.offset}`);
  if (quota && !["DAY", "WEEK", "MONTH"].includes(quota.period)) {
    throw new DefinitionError(place, `quota_settings.period must be DAY, WEEK or MONTH, got ${quota.period}`);
  }
  for (const stage of every(plan.api_stages)) onlyKnown(stage, place, known("api_id", "stage", "throttle"));
}

/** The bounds of CreateApiKey. */
function checkKey(key: GatewayDefinition["apiKeys"][number], place: string): void {
  onlyKnown(key, place, keyAttributes);
  if (key.value.length < 20) throw new DefinitionError(place, "API Key value should be at least 20 characters");
  if (key.value.length > apiGatewayLimits.apiKeyCharacters)
    throw new DefinitionError(
      place,
      `API Key value exceeds maximum size of ${apiGatewayLimits.apiKeyCharacters} characters`,
    );
}
