import { createHash } from "node:crypto";
import { arnOf, bucketArn, functionArn, invocationUri, parameterArn, parseFunctionName } from "../../aws/arn";
import { resourceType } from "../../aws/catalogue";
import { userPoolIssuer } from "../../aws/user-pool";
import { isObject, type Json } from "../../lib/json";

/** The resource that a computed attribute belongs to. */
export interface ComputedFrom {
  readonly type: string;
  readonly name: string;
  readonly stack: string;
  readonly region: string;
  readonly accountId: string;
  /** An argument or computed attribute of the same resource. */
  readonly text: (attribute: string) => string;
  /** The same as it is. */
  readonly value: (attribute: string) => Json;
  /** A value that AWS would make up and that has to stay the same: an API key. */
  readonly secret: (length: number) => string;
}

type Rule = (from: ComputedFrom) => Json;

/** Ten letters and digits, like the ids of API Gateway; the same for the same resource. */
const shortId = ({ stack, type, name }: ComputedFrom): string =>
  BigInt(`0x${createHash("sha256").update(`${stack}/${type}.${name}`).digest("hex").slice(0, 16)}`)
    .toString(36)
    .padStart(10, "0")
    .slice(-10);

/** Letters and digits without a meaning, the same for the same resource. @param length - up to 40 */
const digits = ({ stack, type, name }: ComputedFrom, length: number): string =>
  BigInt(`0x${createHash("sha256").update(`${stack}/${type}.${name}`).digest("hex")}`)
    .toString(36)
    .padStart(length, "0")
    .slice(-length);

const uuid = (from: ComputedFrom): string => {
  const hex = createHash("sha256").update(`${from.stack}/${from.type}.${from.name}`).digest("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    "-",
  );
};

const arn =
  (service: string, resource: (from: ComputedFrom) => string): Rule =>
  (from) =>
    arnOf(service, resource(from), from);
const global =
  (resource: (from: ComputedFrom) => string, service = "iam"): Rule =>
  (from) =>
    arnOf(service, resource(from), { accountId: from.accountId });
const same =
  (attribute: string): Rule =>
  ({ text }) =>
    text(attribute);

/** Rules of another bus than the account's own have its name before theirs. */
const ruleId = (text: ComputedFrom["text"]): string =>
  text("event_bus_name") === "default" ? text("name") : `${text("event_bus_name")}/${text("name")}`;

const isScope = (scope: Json): scope is { readonly scope_name: string } =>
  isObject(scope) && typeof scope["scope_name"] === "string";

const gatewayArn =
  (path: (from: ComputedFrom) => string): Rule =>
  (from) =>
    arnOf("apigateway", path(from), { region: from.region });
const ofFunction: Rule = (from) => functionArn(from.text("function_name"), from);
/** Its function by its name or ARN. */
const ofAlias: Rule = (from) =>
  functionArn(parseFunctionName(from.text("function_name")).name, from, from.text("name"));
const ofVersion: Rule = (from) => functionArn(from.text("function_name"), from, publishedVersion(from));
const queueUrl: Rule = ({ region, accountId, text }) =>
  `https://sqs.${region}.amazonaws.com/${accountId}/${text("name")}`;
const executionArn = arn("execute-api", ({ text }) => text("id"));
/** A function that publishes has one version here: the one that was synthesized. */
const publishedVersion = ({ text }: ComputedFrom): string => (text("publish") === "true" ? "1" : "$LATEST");
const invoke =
  (target: Rule): Rule =>
  (from) =>
    invocationUri(from.region, String(target(from)));

/** Type → attribute → how AWS makes it. `id` is listed where it is more than ten characters of no meaning. */
const rules: Readonly<Record<string, Readonly<Record<string, Rule>>>> = {
  aws_acm_certificate: { arn: arn("acm", (from) => `certificate/${uuid(from)}`) },
  aws_api_gateway_api_key: { value: ({ secret }) => secret(40) },
  aws_api_gateway_rest_api: {
    arn: gatewayArn(({ text }) => `/restapis/${text("id")}`),
    execution_arn: executionArn,
    root_resource_id: shortId,
  },
  aws_api_gateway_stage: {
    id: ({ text }) => `ags-${text("rest_api_id")}-${text("stage_name")}`,
    arn: gatewayArn(({ text }) => `/restapis/${text("rest_api_id")}/stages/${text("stage_name")}`),
    execution_arn: arn("execute-api", ({ text }) => `${text("rest_api_id")}/${text("stage_name")}`),
    invoke_url: ({ region, text }) =>
      `https://${text("rest_api_id")}.execute-api.${region}.amazonaws.com/${text("stage_name")}`,
  },
  aws_api_gateway_usage_plan: { arn: gatewayArn(({ text }) => `/usageplans/${text("id")}`) },
  aws_cloudfront_distribution: {
    arn: global(({ text }) => `distribution/${text("id")}`, "cloudfront"),
    domain_name: ({ text }) => `${text("id")}.cloudfront.net`,
  },
  aws_cloudwatch_event_bus: { arn: arn("events", ({ text }) => `event-bus/${text("name")}`), id: same("name") },
  aws_cloudwatch_event_rule: {
    arn: arn("events", ({ text }) => `rule/${ruleId(text)}`),
    id: ({ text }) => ruleId(text),
    // Every account has one.
    event_bus_name: () => "default",
  },
  aws_cloudwatch_event_target: { event_bus_name: () => "default", target_id: shortId },
  aws_cloudwatch_log_group: { arn: arn("logs", ({ text }) => `log-group:${text("name")}`), id: same("name") },
  aws_cloudwatch_log_stream: { id: same("name") },
  aws_cognito_resource_server: {
    id: ({ text }) => `${text("user_pool_id")}|${text("identifier")}`,
    scope_identifiers: ({ text, value }) =>
      [value("scope")].flat().flatMap((scope) => (isScope(scope) ? [`${text("identifier")}/${scope.scope_name}`] : [])),
    scope: () => [],
  },
  aws_cognito_user_pool: {
    arn: arn("cognito-idp", ({ text }) => `userpool/${text("id")}`),
    id: (from) => `${from.region}_${digits(from, 9)}`,
    endpoint: ({ region, text }) => userPoolIssuer(region, text("id")).replace("https://", ""),
  },
  aws_cognito_user_pool_client: {
    id: (from) => digits(from, 26),
    client_secret: ({ text, secret }) => (text("generate_secret") === "true" ? secret(51) : ""),
    // Terraform's default.
    generate_secret: () => false,
  },
  aws_dynamodb_table: {
    arn: arn("dynamodb", ({ text }) => `table/${text("name")}`),
    id: same("name"),
    stream_arn: ({ text }) => `${text("arn")}/stream/${text("stream_label")}`,
    // When it was enabled: the same at each start, as its ARN has to be.
    stream_label: () => "2026-01-01T00:00:00.000",
  },
  aws_iam_policy: { arn: global(({ text }) => `policy/${text("name")}`), id: same("arn") },
  aws_iam_role: { arn: global(({ text }) => `role/${text("name")}`), id: same("name"), unique_id: shortId },
  aws_kinesis_firehose_delivery_stream: { arn: arn("firehose", ({ text }) => `deliverystream/${text("name")}`) },
  aws_kms_alias: { arn: arn("kms", ({ text }) => text("name")), id: same("name") },
  aws_kms_key: { arn: arn("kms", (from) => `key/${uuid(from)}`), id: uuid, key_id: uuid },
  aws_lambda_alias: { arn: ofAlias, id: same("arn"), invoke_arn: invoke(ofAlias) },
  aws_lambda_event_source_mapping: { id: uuid, uuid },
  aws_lambda_function: {
    arn: ofFunction,
    id: same("function_name"),
    invoke_arn: invoke(ofFunction),
    qualified_arn: ofVersion,
    qualified_invoke_arn: invoke(ofVersion),
    version: publishedVersion,
    // Terraform's default.
    publish: () => false,
  },
  aws_s3_bucket: {
    arn: ({ text }) => bucketArn(text("bucket")),
    id: same("bucket"),
    bucket_domain_name: ({ text }) => `${text("bucket")}.s3.amazonaws.com`,
    bucket_regional_domain_name: ({ region, text }) => `${text("bucket")}.s3.${region}.amazonaws.com`,
  },
  aws_s3_object: { id: ({ text }) => `${text("bucket")}/${text("key")}`, version_id: shortId },
  aws_scheduler_schedule: {
    arn: arn("scheduler", ({ text }) => `schedule/${text("group_name")}/${text("name")}`),
    id: ({ text }) => `${text("group_name")}/${text("name")}`,
    // AWS's own.
    group_name: () => "default",
  },
  aws_scheduler_schedule_group: {
    arn: arn("scheduler", ({ text }) => `schedule-group/${text("name")}`),
    id: same("name"),
  },
  aws_sns_topic: { arn: arn("sns", ({ text }) => text("name")), id: same("arn") },
  aws_sns_topic_subscription: { arn: (from) => `${from.text("topic_arn")}:${uuid(from)}`, id: same("arn") },
  aws_sqs_queue: { arn: arn("sqs", ({ text }) => text("name")), id: queueUrl, url: queueUrl },
  aws_ssm_parameter: {
    arn: (from) => parameterArn(from.text("name"), from),
    id: same("name"),
    version: ({ text }) => Number(text("value_wo_version")),
  },
  terraform_data: { id: uuid, output: same("input") },
};

function ruleOf(type: string, attribute: string): Rule | undefined {
  const ofType = rules[type];
  return ofType && Object.hasOwn(ofType, attribute) ? ofType[attribute] : undefined;
}

/** Whether there is a rule for an attribute. */
export const isComputed = (type: string, attribute: string): boolean =>
  attribute === "id" || ruleOf(type, attribute) !== undefined;

/**
 * An attribute that AWS computes, as AWS would.
 *
 * @returns undefined when there is no rule for it
 */
export function computed(attribute: string, from: ComputedFrom): Json | undefined {
  const rule = ruleOf(from.type, attribute);
  if (rule) return rule(from);
  if (attribute !== "id") return undefined;
  return !resourceType(from.type)?.emulated ? `${from.type.replace("aws_", "")}-${shortId(from)}` : shortId(from);
}
