import { readOpenApi } from "../openapi-document";
import { inStack, matches, oneOf, type Rule, range } from "./rule";

const gatewayStage = "API Gateway API reference, CreateStage";
const gatewayUsage = "API Gateway API reference, CreateUsagePlan";

/** Rules of API Gateway. */
export const gatewayRules: readonly Rule[] = [
  {
    type: "aws_api_gateway_rest_api",
    argument: "body",
    must: "an OpenAPI document, in JSON or YAML",
    source: "API Gateway developer guide, Develop REST APIs using OpenAPI",
    accepts: (value) => typeof value === "string" && readOpenApi(value) !== undefined,
  },
  inStack("aws_api_gateway_stage", "rest_api_id", ["aws_api_gateway_rest_api"], gatewayStage),
  inStack("aws_api_gateway_stage", "deployment_id", ["aws_api_gateway_deployment"], gatewayStage),
  inStack("aws_api_gateway_deployment", "rest_api_id", ["aws_api_gateway_rest_api"], gatewayStage),
  inStack("aws_api_gateway_method_settings", "rest_api_id", ["aws_api_gateway_rest_api"], gatewayStage),
  matches("aws_api_gateway_stage", "stage_name", [/^[\w-]{1,128}$/, "1–128 letters, digits, - and _"], gatewayStage),
  oneOf(
    "aws_api_gateway_stage",
    "cache_cluster_size",
    ["0.5", "1.6", "6.1", "13.5", "28.4", "58.2", "118", "237"],
    gatewayStage,
  ),
  range("aws_api_gateway_method_settings", "settings.cache_ttl_in_seconds", [0, 3600], gatewayStage),
  oneOf("aws_api_gateway_usage_plan", "quota_settings.period", ["DAY", "WEEK", "MONTH"], gatewayUsage),
  range("aws_api_gateway_usage_plan", "quota_settings.limit", [1, 2_147_483_647], gatewayUsage),
  inStack("aws_api_gateway_usage_plan", "api_stages.api_id", ["aws_api_gateway_rest_api"], gatewayUsage),
  inStack("aws_api_gateway_usage_plan_key", "key_id", ["aws_api_gateway_api_key"], gatewayUsage),
  inStack("aws_api_gateway_usage_plan_key", "usage_plan_id", ["aws_api_gateway_usage_plan"], gatewayUsage),
  matches(
    "aws_api_gateway_api_key",
    "value",
    [/^.{20,128}$/s, "20–128 characters"],
    "API Gateway API reference, CreateApiKey",
  ),
];
