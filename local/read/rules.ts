import { parseFunctionName } from "../../aws/arn";
import { reservedVariables, variableName } from "../../aws/lambda-variables";
import { type Bounds, lambdaLimits, logRetentionPeriods, sqsLimits } from "../../aws/limits";
import { isAttributes, type Value } from "../../stack-json/values";
import { UserError } from "../lib/user-error";
import type { Graph, Resource } from "./graph";

/** What AWS would refuse when the stack is deployed. */
export interface Rule {
  readonly type: string;
  /** Dots lead into blocks: `dead_letter_config.target_arn`. */
  readonly argument: string;
  /** What it must be, for a person: `128–10240`. */
  readonly must: string;
  /** The page of AWS that says so: title, section. */
  readonly source: string;
  readonly holds: (value: Value, graph: Graph, resource: Resource) => boolean;
}

const numeric = (value: Value): number => (value === "" ? Number.NaN : Number(value));

/** A whole number in a range. */
const range = (type: string, argument: string, [least, most]: Bounds, source: string): Rule => ({
  ...{ type, argument, source },
  must: `a whole number ${least}–${most}`,
  holds: (value) => Number.isInteger(numeric(value)) && numeric(value) >= least && numeric(value) <= most,
});

const oneOf = (type: string, argument: string, allowed: readonly (string | number)[], source: string): Rule => ({
  ...{ type, argument, source },
  must: `one of ${allowed.join(", ")}`,
  holds: (value) => allowed.map(String).includes(String(value)),
});

const matches = (type: string, argument: string, [pattern, must]: readonly [RegExp, string], source: string): Rule => ({
  ...{ type, argument, must, source },
  holds: (value) => pattern.test(String(value)),
});

function isJson(value: Value): boolean {
  if (typeof value !== "string") return isAttributes(value);
  try {
    const parsed: unknown = JSON.parse(value);
    return typeof parsed === "object" && parsed !== null && !Array.isArray(parsed);
  } catch {
    return false;
  }
}

const json = (type: string, argument: string, source: string): Rule => ({
  ...{ type, argument, source },
  must: "a JSON object",
  holds: isJson,
});

/** What a resource may be called by others. */
const namesOf = (resource: Resource): readonly Value[] => {
  const computed = resource.type === "aws_sqs_queue" ? [resource.computed("url")] : [];
  const named = ["name", "bucket", "function_name"].flatMap((argument) => resource.attributes[argument] ?? []);
  const arn = resource.hasComputed("arn") ? [resource.arn] : [];
  return [resource.id, ...arn, ...computed, ...named];
};

const isCalled = (graph: Graph, types: readonly string[], name: Value): boolean =>
  types.some((type) => graph.all(type).some((resource) => namesOf(resource).includes(name)));

/** The function of a name or ARN, its version or alias included. */
function isFunction(graph: Graph, named: Value): boolean {
  const { name, qualifier } = parseFunctionName(String(named));
  const fn = graph.all("aws_lambda_function").find((candidate) => candidate.attributes["function_name"] === name);
  if (!fn || qualifier === undefined) return fn !== undefined;
  return isQualifier(graph, fn, qualifier);
}

function isQualifier(graph: Graph, fn: Resource, qualifier: string): boolean {
  const name = fn.text("function_name");
  const isOf = (alias: Resource) => parseFunctionName(alias.text("function_name")).name === name;
  const aliases = graph.all("aws_lambda_alias").filter(isOf);
  return ["$LATEST", fn.computed("version"), ...aliases.map((alias) => alias.text("name"))].includes(qualifier);
}

/** Something of the stack, by its ARN, id or name. */
const inStack = (type: string, argument: string, types: readonly string[], source: string): Rule => ({
  ...{ type, argument, source },
  must: `${types.join(" or ")} of this stack`,
  holds: (value, graph) =>
    isCalled(graph, types, value) || (types.includes("aws_lambda_function") && isFunction(graph, value)),
});

const functionInStack = (type: string, source: string): Rule =>
  inStack(type, "function_name", ["aws_lambda_function"], source);

/** A version or alias that the named function has. */
const qualifierOf = (type: string, source: string): Rule => ({
  ...{ type, argument: "qualifier", source },
  must: "a version or alias of the function in this stack",
  holds: (value, graph, resource) => {
    const { name } = parseFunctionName(resource.text("function_name"));
    const fn = graph.all("aws_lambda_function").find((candidate) => candidate.attributes["function_name"] === name);
    return fn === undefined || isQualifier(graph, fn, String(value));
  },
});

const targets = ["aws_sqs_queue", "aws_sns_topic", "aws_lambda_function"];
const delivered: Readonly<Record<string, string>> = { sqs: "aws_sqs_queue", lambda: "aws_lambda_function" };

const lambdaQuotas = "Lambda developer guide, Lambda quotas";
const configuration = "Lambda API reference, FunctionConfiguration";
const eventConfig = "Lambda API reference, PutFunctionEventInvokeConfig";
const mappings = "Lambda API reference, CreateEventSourceMapping";
const addPermission = "Lambda API reference, AddPermission";
const queueAttributes = "SQS API reference, SetQueueAttributes";
const subscribe = "SNS API reference, Subscribe";
const gatewayStage = "API Gateway API reference, CreateStage";
const gatewayUsage = "API Gateway API reference, CreateUsagePlan";
const createTable = "DynamoDB API reference, CreateTable";
const policyGrammar = "IAM user guide, Grammar of the IAM JSON policy language";
const visibility = sqsLimits.visibilityTimeoutSeconds;

const lambdaRules: readonly Rule[] = [
  range("aws_lambda_function", "memory_size", lambdaLimits.memoryMb, lambdaQuotas),
  range("aws_lambda_function", "timeout", lambdaLimits.timeoutSeconds, lambdaQuotas),
  range("aws_lambda_function", "ephemeral_storage.size", [512, 10_240], lambdaQuotas),
  range("aws_lambda_function", "reserved_concurrent_executions", [-1, 1_000_000], configuration),
  matches(
    "aws_lambda_function",
    "runtime",
    [/^nodejs(?:18|20|22|24)\.x$/, "nodejs18.x, nodejs20.x, nodejs22.x or nodejs24.x"],
    "Lambda developer guide, Lambda runtimes",
  ),
  matches(
    "aws_lambda_function",
    "function_name",
    [/^[\w-]{1,64}$/, "1–64 letters, digits, - and _"],
    "Lambda API reference, CreateFunction",
  ),
  matches("aws_lambda_function", "handler", [/^\S+\.\S+$/, "file.export"], configuration),
  oneOf("aws_lambda_function", "tracing_config.mode", ["Active", "PassThrough"], configuration),
  oneOf("aws_lambda_function", "logging_config.log_format", ["JSON", "Text"], "Lambda API reference, LoggingConfig"),
  oneOf("aws_lambda_function", "architectures", ["arm64", "x86_64"], configuration),
  inStack("aws_lambda_function", "dead_letter_config.target_arn", targets.slice(0, 2), configuration),
  {
    ...{ type: "aws_lambda_function", argument: "environment.variables" },
    must: `names of letters, digits and _ that are not Lambda's own (${[...reservedVariables].slice(2, 4).join(", ")} …), 4 KB in all`,
    source: "Lambda developer guide, Working with Lambda environment variables",
    holds: (variables) => {
      const all = Object.entries(isAttributes(variables) ? variables : {});
      const bytes = all.reduce((sum, [name, value]) => sum + Buffer.byteLength(`${name}${value}`), 0);
      return bytes <= 4096 && all.every(([name]) => variableName.test(name) && !reservedVariables.has(name));
    },
  },
  functionInStack("aws_lambda_alias", "Lambda API reference, CreateAlias"),
  matches(
    "aws_lambda_alias",
    "name",
    [/^(?!\d+$)[\w-]{1,128}$/, "letters, digits, - and _, not digits alone"],
    "Lambda API reference, CreateAlias",
  ),
  functionInStack("aws_lambda_permission", addPermission),
  {
    ...{ type: "aws_lambda_permission", argument: "qualifier", source: addPermission },
    must: "a version or an alias, $LATEST can have no permission of its own; leave it out for the function itself",
    holds: (value) => value !== "$LATEST",
  },
  qualifierOf("aws_lambda_permission", addPermission),
  matches("aws_lambda_permission", "statement_id", [/^[\w-]{1,100}$/, "1–100 letters, digits, - and _"], addPermission),
  functionInStack("aws_lambda_function_event_invoke_config", eventConfig),
  qualifierOf("aws_lambda_function_event_invoke_config", eventConfig),
  range("aws_lambda_function_event_invoke_config", "maximum_retry_attempts", lambdaLimits.retryAttempts, eventConfig),
  range("aws_lambda_function_event_invoke_config", "maximum_event_age_in_seconds", [60, 21_600], eventConfig),
  ...["on_failure", "on_success"].map((when) =>
    inStack(
      "aws_lambda_function_event_invoke_config",
      `destination_config.${when}.destination`,
      targets,
      "Lambda API reference, DestinationConfig",
    ),
  ),
  inStack("aws_lambda_event_source_mapping", "event_source_arn", ["aws_sqs_queue"], mappings),
  functionInStack("aws_lambda_event_source_mapping", mappings),
  range("aws_lambda_event_source_mapping", "batch_size", [1, 10_000], mappings),
  range("aws_lambda_event_source_mapping", "maximum_batching_window_in_seconds", [0, 300], mappings),
  range("aws_lambda_event_source_mapping", "scaling_config.maximum_concurrency", [2, 1000], mappings),
];

const messageRules: readonly Rule[] = [
  range("aws_sqs_queue", "visibility_timeout_seconds", visibility, queueAttributes),
  range("aws_sqs_queue", "message_retention_seconds", [60, 1_209_600], queueAttributes),
  range("aws_sqs_queue", "delay_seconds", sqsLimits.delaySeconds, queueAttributes),
  range("aws_sqs_queue", "receive_wait_time_seconds", sqsLimits.waitSeconds, queueAttributes),
  range("aws_sqs_queue", "max_message_size", [1024, sqsLimits.messageBytes], queueAttributes),
  matches(
    "aws_sqs_queue",
    "name",
    [/^[\w-]{1,75}(?:\.fifo)?$|^[\w-]{1,80}$/, "1–80 letters, digits, - and _"],
    "SQS API reference, CreateQueue",
  ),
  ...["aws_sqs_queue", "aws_sqs_queue_redrive_policy"].flatMap((type): Rule[] => [
    json(type, "redrive_policy", queueAttributes),
    {
      ...{ type, argument: "redrive_policy", source: queueAttributes },
      must: "a deadLetterTargetArn of a queue of this stack and a maxReceiveCount of 1–1000",
      holds: (value, graph) => {
        if (!isJson(value)) return true;
        const { deadLetterTargetArn: arn, maxReceiveCount } = JSON.parse(String(value));
        const count = Number(maxReceiveCount);
        return isCalled(graph, ["aws_sqs_queue"], arn) && Number.isInteger(count) && count >= 1 && count <= 1000;
      },
    },
  ]),
  inStack("aws_sqs_queue_redrive_policy", "queue_url", ["aws_sqs_queue"], queueAttributes),
  matches(
    "aws_sns_topic",
    "name",
    [/^[\w-]{1,256}(?:\.fifo)?$/, "1–256 letters, digits, - and _"],
    "SNS API reference, CreateTopic",
  ),
  inStack("aws_sns_topic_subscription", "topic_arn", ["aws_sns_topic"], subscribe),
  oneOf(
    "aws_sns_topic_subscription",
    "protocol",
    ["application", "email", "email-json", "firehose", "http", "https", "lambda", "sms", "sqs"],
    subscribe,
  ),
  {
    ...{ type: "aws_sns_topic_subscription", argument: "endpoint", source: subscribe },
    must: "a queue or function of this stack, as the protocol says",
    holds: (value, graph, resource) => {
      const type = delivered[String(resource.attributes["protocol"])];
      if (type === undefined) return true;
      return isCalled(graph, [type], value) || (type === "aws_lambda_function" && isFunction(graph, value));
    },
  },
];

const gatewayRules: readonly Rule[] = [
  json("aws_api_gateway_rest_api", "body", "API Gateway developer guide, Develop REST APIs using OpenAPI"),
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

const dataRules: readonly Rule[] = [
  matches(
    "aws_dynamodb_table",
    "name",
    [/^[\w.-]{3,255}$/, "3–255 letters, digits, -, _ and ."],
    "DynamoDB developer guide, Supported data types and naming rules",
  ),
  oneOf("aws_dynamodb_table", "billing_mode", ["PAY_PER_REQUEST", "PROVISIONED"], createTable),
  oneOf("aws_dynamodb_table", "attribute.type", ["S", "N", "B"], createTable),
  ...["hash_key", "range_key"].flatMap((key) =>
    [key, `global_secondary_index.${key}`, `local_secondary_index.${key}`].map(
      (argument): Rule => ({
        ...{ type: "aws_dynamodb_table", argument, source: createTable },
        must: "an attribute that the table declares",
        holds: (value, _, table) => table.blocks("attribute").some(({ attributes }) => attributes["name"] === value),
      }),
    ),
  ),
  matches(
    "aws_s3_bucket",
    "bucket",
    [/^(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, "3–63 small letters, digits, . and -"],
    "S3 user guide, General purpose bucket naming rules",
  ),
  inStack("aws_s3_bucket_cors_configuration", "bucket", ["aws_s3_bucket"], "S3 API reference, PutBucketCors"),
  oneOf(
    "aws_ssm_parameter",
    "type",
    ["String", "StringList", "SecureString"],
    "Systems Manager API reference, PutParameter",
  ),
  oneOf(
    "aws_cloudwatch_log_group",
    "retention_in_days",
    [0, ...logRetentionPeriods],
    "CloudWatch Logs API reference, PutRetentionPolicy",
  ),
  range("aws_kms_key", "deletion_window_in_days", [7, 30], "KMS API reference, ScheduleKeyDeletion"),
];

const policyRules: readonly Rule[] = [
  ["aws_iam_role", "assume_role_policy"],
  ["aws_iam_role_policy", "policy"],
  ["aws_iam_policy", "policy"],
  ["aws_kms_key", "policy"],
  ["aws_kms_key_policy", "policy"],
  ["aws_s3_bucket_policy", "policy"],
  ["aws_sns_topic", "policy"],
  ["aws_sns_topic_policy", "policy"],
  ["aws_sqs_queue", "policy"],
  ["aws_sqs_queue_policy", "policy"],
].map(([type = "", argument = ""]) => json(type, argument, policyGrammar));

const roleRules: readonly Rule[] = ["aws_iam_role_policy", "aws_iam_role_policy_attachment"].map((type) =>
  inStack(type, "role", ["aws_iam_role"], "IAM API reference, PutRolePolicy, AttachRolePolicy"),
);

/** What AWS refuses, type by type. */
export const rules: readonly Rule[] = [
  ...lambdaRules,
  ...messageRules,
  ...gatewayRules,
  ...dataRules,
  ...policyRules,
  ...roleRules,
];

/** The values at an argument: of each block on the way, and of each item of a list. */
function valuesAt(value: Value | undefined, path: readonly string[]): readonly Value[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value.flatMap((item: Value) => valuesAt(item, path));
  const [next, ...rest] = path;
  if (next === undefined) return [value];
  return isAttributes(value) ? valuesAt(value[next], rest) : [];
}

const shown = (value: Value): string => {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
};

/**
 * Looks at everything in a stack that AWS would refuse at deployment.
 *
 * @throws UserError with a line for each: the resource, its argument, what it must be, and where AWS says so
 */
export function checkRules(graph: Graph): void {
  const problems = rules.flatMap((rule) =>
    graph.all(rule.type).flatMap((resource) =>
      valuesAt(resource.attributes, rule.argument.split("."))
        .filter((value) => !rule.holds(value, graph, resource))
        .map(
          (value) =>
            `${resource.address}: ${rule.argument} must be ${rule.must}, got ${shown(value)}; AWS refuses it, too (${rule.source})`,
        ),
    ),
  );
  if (problems.length > 0) throw new UserError(problems.join("\n"));
}
