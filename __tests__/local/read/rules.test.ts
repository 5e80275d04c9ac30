import { checkRules, rules } from "../../../local/read/rules/rules";
import { graphOf } from "../support/stack-file";

const arn = (service: string, name: string) => `arn:aws:${service}:us-east-1:000000000000:${name}`;

/** A stack that AWS takes. */
const good = {
  aws_iam_role: { r: { name: "r", assume_role_policy: "{}" } },
  aws_iam_role_policy: { p: { role: "${aws_iam_role.r.name}", policy: "{}" } },
  aws_lambda_function: {
    f: {
      ...{ function_name: "f", runtime: "nodejs24.x", handler: "index.handler", memory_size: 256, timeout: 10 },
      ...{ publish: true, environment: { variables: { TABLE: "t" } } },
      dead_letter_config: { target_arn: "${aws_sqs_queue.dead.arn}" },
    },
  },
  aws_lambda_alias: { live: { name: "live", function_name: "${aws_lambda_function.f.function_name}" } },
  aws_lambda_permission: { p: { function_name: "f", qualifier: "live", statement_id: "api" } },
  aws_lambda_function_event_invoke_config: {
    c: {
      ...{ function_name: "f", qualifier: "live", maximum_retry_attempts: 2 },
      destination_config: { on_failure: { destination: "${aws_sqs_queue.dead.arn}" } },
    },
  },
  aws_lambda_event_source_mapping: {
    m: { event_source_arn: "${aws_sqs_queue.q.arn}", function_name: "${aws_lambda_function.f.arn}:live" },
  },
  aws_sqs_queue: {
    q: {
      name: "q",
      redrive_policy: '{"deadLetterTargetArn":"${aws_sqs_queue.dead.arn}","maxReceiveCount":3}',
    },
    dead: { name: "dead", visibility_timeout_seconds: 43_200 },
  },
  aws_sns_topic: { t: { name: "t" } },
  aws_sns_topic_subscription: {
    s: { topic_arn: "${aws_sns_topic.t.arn}", protocol: "sqs", endpoint: "${aws_sqs_queue.q.arn}" },
  },
  aws_api_gateway_rest_api: { a: { body: "{}" } },
  aws_api_gateway_deployment: { d: { rest_api_id: "${aws_api_gateway_rest_api.a.id}" } },
  aws_api_gateway_stage: {
    s: {
      ...{ rest_api_id: "${aws_api_gateway_rest_api.a.id}", stage_name: "dev", cache_cluster_size: "0.5" },
      deployment_id: "${aws_api_gateway_deployment.d.id}",
    },
  },
  aws_api_gateway_usage_plan: {
    p: {
      quota_settings: { limit: 1, period: "DAY" },
      api_stages: [{ api_id: "${aws_api_gateway_rest_api.a.id}" }],
    },
  },
  aws_dynamodb_table: {
    t: {
      ...{ name: "things", hash_key: "id", billing_mode: "PAY_PER_REQUEST" },
      ...{ attribute: [{ name: "id", type: "S" }], global_secondary_index: [{ hash_key: "id" }] },
    },
  },
  aws_s3_bucket: { b: { bucket: "a-bucket" } },
  aws_ssm_parameter: { p: { name: "/p", type: "SecureString" } },
  aws_cloudwatch_log_group: { l: { name: "l", retention_in_days: 30 } },
  aws_cognito_user_pool: {
    u: {
      ...{ name: "u", deletion_protection: "ACTIVE", mfa_configuration: "OPTIONAL", username_attributes: ["email"] },
      password_policy: { minimum_length: 12 },
    },
  },
  aws_cognito_user_pool_client: {
    c: {
      ...{ name: "c", user_pool_id: "${aws_cognito_user_pool.u.id}", allowed_oauth_flows: ["code"] },
      callback_urls: ["https://app.example.com/in", "http://localhost:5173/in", "app.example://in"],
    },
  },
  aws_cognito_resource_server: {
    s: {
      ...{ name: "s", identifier: "https://s.example.com", user_pool_id: "${aws_cognito_user_pool.u.id}" },
      scope: [{ scope_name: "read:all" }],
    },
  },
};

type Type = keyof typeof good;

/** The good stack with some arguments of one of its resources changed, or with a resource more. */
function changed(type: string, change: object): object {
  const [[name, attributes] = ["x", {}]] = Object.entries((good as Record<string, object>)[type] ?? {});
  return { ...good, [type]: { ...good[type as Type], [name]: { ...attributes, ...change } } };
}

const check = (resources: object) => () => checkRules(graphOf(resources));

test("what AWS takes is taken", () => {
  expect(check(good)).not.toThrow();
});

test.each<[type: string, change: object, message: string]>([
  ["aws_lambda_function", { memory_size: 127 }, "f: memory_size must be a whole number 128–10240, got 127"],
  ["aws_lambda_function", { memory_size: 10_241 }, "got 10241"],
  ["aws_lambda_function", { memory_size: "many" }, "got many"],
  ["aws_lambda_function", { timeout: 901 }, "f: timeout must be a whole number 1–900, got 901"],
  ["aws_lambda_function", { timeout: 0 }, "got 0"],
  ["aws_lambda_function", { timeout: 1.5 }, "got 1.5"],
  ["aws_lambda_function", { runtime: "nodejs16.x" }, "f: runtime must be nodejs18.x, nodejs20.x"],
  ["aws_lambda_function", { runtime: "python3.13" }, "got python3.13"],
  ["aws_lambda_function", { handler: "handler" }, "f: handler must be file.export"],
  ["aws_lambda_function", { ephemeral_storage: { size: 511 } }, "f: ephemeral_storage.size must be"],
  [
    "aws_lambda_function",
    { environment: { variables: { AWS_REGION: "x" } } },
    "f: environment.variables must be names",
  ],
  ["aws_lambda_function", { environment: [{ variables: { _HANDLER: "x" } }] }, "f: environment.variables"],
  ["aws_lambda_function", { environment: { variables: { "a-b": "x" } } }, "f: environment.variables"],
  ["aws_lambda_function", { environment: { variables: { LONG: "x".repeat(4096) } } }, "4 KB in all"],
  ["aws_lambda_function", { dead_letter_config: { target_arn: arn("sqs", "no") } }, `got ${arn("sqs", "no")}`],
  ["aws_lambda_alias", { function_name: "other" }, "live: function_name must be aws_lambda_function of this stack"],
  ["aws_lambda_alias", { name: "12" }, "live: name must be"],
  ["aws_sqs_queue", { name: "a.fifo" }, "name must be a name that ends with .fifo, if and only if fifo_queue is true"],
  ["aws_sqs_queue", { name: "a", fifo_queue: true }, "name must be a name that ends with .fifo"],
  ["aws_sns_topic", { name: "a", fifo_topic: true }, "name must be a name that ends with .fifo"],
  ["aws_sns_topic_subscription", { filter_policy: "[]" }, "filter_policy must be a JSON object, got []"],
  ["aws_sns_topic_subscription", { filter_policy_scope: "Body" }, "filter_policy_scope must be one of"],
  ["aws_lambda_permission", { function_name: "other" }, "p: function_name must be"],
  ["aws_lambda_permission", { qualifier: "$LATEST" }, "p: qualifier must be a version or an alias, $LATEST can have"],
  ["aws_lambda_permission", { qualifier: "old" }, "p: qualifier must be a version or alias of the function"],
  ["aws_lambda_permission", { function_name: `${arn("lambda", "function:f")}:old` }, "p: function_name must be"],
  ["aws_lambda_function_event_invoke_config", { function_name: "other" }, "c: function_name must be"],
  ["aws_lambda_function_event_invoke_config", { maximum_retry_attempts: 3 }, "a whole number 0–2, got 3"],
  ["aws_lambda_function_event_invoke_config", { maximum_retry_attempts: -1 }, "got -1"],
  ["aws_lambda_function_event_invoke_config", { maximum_event_age_in_seconds: 59 }, "60–21600, got 59"],
  ["aws_lambda_function_event_invoke_config", { qualifier: "old" }, "c: qualifier must be"],
  [
    "aws_lambda_function_event_invoke_config",
    { destination_config: { on_success: { destination: arn("sqs", "no") } } },
    "c: destination_config.on_success.destination must be aws_sqs_queue or aws_sns_topic or aws_lambda_function of this stack",
  ],
  [
    "aws_lambda_event_source_mapping",
    { event_source_arn: arn("sqs", "no") },
    `m: event_source_arn must be aws_sqs_queue`,
  ],
  ["aws_lambda_event_source_mapping", { function_name: "other" }, "m: function_name must be"],
  ["aws_lambda_event_source_mapping", { batch_size: 0 }, "m: batch_size must be a whole number 1–10000, got 0"],
  ["aws_lambda_event_source_mapping", { maximum_batching_window_in_seconds: 301 }, "0–300, got 301"],
  ["aws_sqs_queue", { visibility_timeout_seconds: 43_201 }, "q: visibility_timeout_seconds must be"],
  ["aws_sqs_queue", { message_retention_seconds: 59 }, "60–1209600, got 59"],
  ["aws_sqs_queue", { delay_seconds: 901 }, "0–900, got 901"],
  ["aws_sqs_queue", { receive_wait_time_seconds: 21 }, "0–20, got 21"],
  ["aws_sqs_queue", { max_message_size: 1023 }, "got 1023"],
  ["aws_sqs_queue", { redrive_policy: "{" }, "q: redrive_policy must be a JSON object, got {"],
  ["aws_sqs_queue", { redrive_policy: '{"maxReceiveCount":0}' }, "a deadLetterTargetArn of a queue of this stack"],
  ["aws_sns_topic_subscription", { topic_arn: arn("sns", "no") }, "s: topic_arn must be aws_sns_topic of this stack"],
  ["aws_sns_topic_subscription", { endpoint: arn("sqs", "no") }, "s: endpoint must be a queue or function"],
  ["aws_sns_topic_subscription", { protocol: "pigeon" }, "s: protocol must be one of"],
  [
    "aws_api_gateway_rest_api",
    { body: "openapi 3" },
    "a: body must be an OpenAPI document, in JSON or YAML, got openapi 3",
  ],
  ["aws_api_gateway_rest_api", { body: "a: &a [*a" }, "a: body must be an OpenAPI document"],
  ["aws_api_gateway_rest_api", { body: "" }, "a: body must be an OpenAPI document"],
  ["aws_api_gateway_rest_api", { body: "[]" }, "a: body must be an OpenAPI document"],
  ["aws_api_gateway_stage", { stage_name: "a b" }, "s: stage_name must be 1–128 letters, digits, - and _, got a b"],
  ["aws_api_gateway_stage", { rest_api_id: "abc" }, "s: rest_api_id must be aws_api_gateway_rest_api of this stack"],
  ["aws_api_gateway_stage", { deployment_id: "abc" }, "s: deployment_id must be"],
  ["aws_api_gateway_stage", { cache_cluster_size: "1" }, "s: cache_cluster_size must be one of 0.5"],
  ["aws_api_gateway_usage_plan", { quota_settings: { limit: 0, period: "HOUR" } }, "quota_settings.period must be"],
  ["aws_api_gateway_usage_plan", { api_stages: [{ api_id: "abc" }] }, "p: api_stages.api_id must be"],
  ["aws_dynamodb_table", { name: "x" }, "t: name must be 3–255 letters"],
  ["aws_dynamodb_table", { hash_key: "other" }, "t: hash_key must be an attribute that the table declares, got other"],
  ["aws_dynamodb_table", { global_secondary_index: [{ hash_key: "o" }] }, "t: global_secondary_index.hash_key must be"],
  ["aws_dynamodb_table", { attribute: [{ name: "id", type: "BOOL" }] }, "t: attribute.type must be one of S, N, B"],
  ...["global_secondary_index", "local_secondary_index"].map((index): [string, object, string] => [
    "aws_dynamodb_table",
    { [index]: [{ hash_key: "id", range_key: "id", projection_type: "SOME" }] },
    `t: ${index}.projection_type must be one of ALL, KEYS_ONLY, INCLUDE, got SOME`,
  ]),
  ["aws_s3_bucket", { bucket: "A_bucket" }, "b: bucket must be 3–63 small letters"],
  ["aws_ssm_parameter", { type: "Secret" }, "p: type must be one of"],
  ["aws_cloudwatch_log_group", { retention_in_days: 31 }, "l: retention_in_days must be one of"],
  ["aws_cognito_user_pool", { deletion_protection: "ON" }, "u: deletion_protection must be one of ACTIVE, INACTIVE"],
  ["aws_cognito_user_pool", { mfa_configuration: "YES" }, "u: mfa_configuration must be one of OFF, ON, OPTIONAL"],
  ["aws_cognito_user_pool", { username_attributes: ["name"] }, "u: username_attributes must be one of"],
  ["aws_cognito_user_pool", { password_policy: { minimum_length: 5 } }, "minimum_length must be a whole number 6–99"],
  ["aws_cognito_user_pool_client", { user_pool_id: "us-east-1_a" }, "c: user_pool_id must be aws_cognito_user_pool of"],
  ["aws_cognito_user_pool_client", { allowed_oauth_flows: ["password"] }, "c: allowed_oauth_flows must be one of code"],
  ...["http://app.example.com", "http://localhost.example.com", "https://a.example/#in", "/in"].map(
    (url): [string, object, string] => [
      "aws_cognito_user_pool_client",
      { callback_urls: [url] },
      `c: callback_urls must be an absolute URI without fragment, by HTTPS unless it is on localhost, got ${url}`,
    ],
  ),
  ["aws_cognito_user_pool_client", { logout_urls: ["out"] }, "c: logout_urls must be an absolute URI"],
  ["aws_cognito_resource_server", { user_pool_id: "x" }, "s: user_pool_id must be"],
  ["aws_cognito_resource_server", { identifier: "a b" }, "s: identifier must be 1–256 characters without spaces"],
  ["aws_cognito_resource_server", { scope: [{ scope_name: "a/b" }] }, "s: scope.scope_name must be 1–256 characters"],
  ["aws_iam_role_policy", { policy: "no" }, "p: policy must be a JSON object, got no"],
  ["aws_iam_role_policy", { role: "nobody" }, "p: role must be aws_iam_role of this stack, got nobody"],
])("%s with %o is refused at boot, as AWS would at deployment", (type, change, message) => {
  expect(check(changed(type, change))).toThrow(message);
});

test("everything that is wrong is said together, each with where AWS says so", () => {
  expect(check(changed("aws_lambda_function", { timeout: 901, memory_size: 1 }))).toThrow(
    [
      "aws_lambda_function.f: memory_size must be a whole number 128–10240, got 1; AWS refuses it, too (Lambda developer guide, Lambda quotas)",
      "aws_lambda_function.f: timeout must be a whole number 1–900, got 901; AWS refuses it, too (Lambda developer guide, Lambda quotas)",
    ].join("\n"),
  );
});

test("a value that is long is cut in the message", () => {
  expect(check(changed("aws_api_gateway_rest_api", { body: "x".repeat(100_000) }))).toThrow(/got x{200}…; AWS/);
});

test("each rule names its source and what is right", () => {
  for (const { must, source } of rules) expect([must, source]).not.toContain("");
});
