import { inventory } from "../support/inventory";
import { type Synthesized, synthesizedStack } from "../support/synthesized-stack";

const users = synthesizedStack("user-management");
const usersProd = synthesizedStack("user-management", "prod");
const stages = ["dev", "qa", "prod"];
const functions = [
  "create-user",
  "delete-user",
  "get-import",
  "get-user",
  "import-user",
  "import-users",
  "replace-user",
];

describe("the inventory", () => {
  it("is what the architecture shows, no more and no less", () => {
    expect(users.counts()).toEqual(
      inventory(
        { restApi: 1, apiStage: 3, usagePlan: 3, function: 21, bucket: 1, topic: 1, queue: 3, logArchive: 1 },
        {
          aws_cloudfront_distribution: 1,
          aws_cloudfront_response_headers_policy: 1,
          aws_cloudwatch_dashboard: 1,
          aws_cloudwatch_log_delivery: 1,
          aws_cloudwatch_log_delivery_destination: 1,
          aws_cloudwatch_log_delivery_source: 1,
          aws_cloudwatch_log_subscription_filter: 24,
          aws_cloudwatch_metric_alarm: 100,
          aws_dynamodb_table: 3,
          aws_lambda_function_event_invoke_config: 3,
          aws_lambda_permission: 18,
          aws_ssm_parameter: 2,
          terraform_data: 1,
        },
      ),
    );
  });
});

describe("the access matrix", () => {
  const granted = (stage: string): Record<string, string[]> => {
    const table = `\${aws_dynamodb_table.${stage}_users_`;
    const short = (right: string) =>
      right
        .replace(new RegExp(`${table.replace(/[${]/g, "\\$&")}\\w+\\.arn\\}`), "users")
        .replace(/\$\{aws_sqs_queue\.(\w+)_failed-imports_\w+\.arn\}/, "failed-imports of $1")
        .replace(/\$\{aws_lambda_alias\.(\w+)_import-user_live_\w+\.arn\}/, "import-user of $1")
        .replace("${aws_s3_bucket.logs.arn}", "logs")
        .replace("${aws_ssm_parameter.origin-secret.arn}", "origin-secret");
    return Object.fromEntries(functions.map((fn) => [fn, users.granted(`${stage}/${fn}`).map(short)]));
  };

  it.each(stages)("of the stage %s names what is the stage's own, and nothing else", (stage) => {
    const activity = `s3:PutObject logs/activity/user-management-${stage}/*`;
    const origin = stage === "prod" ? ["ssm:GetParameter origin-secret"] : [];

    expect(granted(stage)).toEqual({
      "create-user": ["dynamodb:PutItem users", "dynamodb:Query users", activity, ...origin],
      "delete-user": ["dynamodb:PutItem users", "dynamodb:Query users", activity, ...origin],
      "get-import": ["dynamodb:Query users", ...origin],
      "get-user": ["dynamodb:Query users", ...origin],
      "import-user": [
        "dynamodb:PutItem users",
        "dynamodb:Query users",
        activity,
        `sqs:SendMessage failed-imports of ${stage}`,
      ],
      "import-users": ["dynamodb:PutItem users", `lambda:InvokeFunction import-user of ${stage}`, ...origin],
      "replace-user": ["dynamodb:Query users", "dynamodb:UpdateItem users", activity, ...origin],
    });
  });
});

describe("the stages", () => {
  it.each(stages)("%s picks its own functions by stage variables, and only it may call them", (stage) => {
    const { variables } = users.at("aws_api_gateway_stage", `${stage}-stage`) as { variables: Record<string, string> };
    const { body } = users.at("aws_api_gateway_rest_api", "api") as { body: string };
    const permissions = Object.values(users.all("aws_lambda_permission")).filter((permission) =>
      String(permission["function_name"]).startsWith(`\${aws_lambda_function.${stage}_`),
    );

    expect(variables).toEqual({
      createUser: `user-management-dev-${stage}-create-user`,
      getImport: `user-management-dev-${stage}-get-import`,
      getUser: `user-management-dev-${stage}-get-user`,
      replaceUser: `user-management-dev-${stage}-replace-user`,
      deleteUser: `user-management-dev-${stage}-delete-user`,
      importUsers: `user-management-dev-${stage}-import-users`,
    });
    for (const name of Object.keys(variables))
      expect(body).toContain(`function:$\${stageVariables.${name}}:live/invocations`);
    expect(permissions).toHaveLength(6);
    for (const { source_arn } of permissions) expect(source_arn).toContain(`.execution_arn}/${stage}/`);
  });

  it.each([
    ["dev", 50, 100, "INFO", true, "DEBUG"],
    ["qa", 50, 100, "INFO", true, "DEBUG"],
    ["prod", 500, 1000, "ERROR", true, "INFO"],
  ])("%s has a throttle, log levels and metrics of its own", (stage, rate, burst, level, metrics, functionLevel) => {
    const { settings } = users.at("aws_api_gateway_method_settings", `${stage}-stage/settings`);

    expect(settings).toMatchObject({
      throttling_rate_limit: rate,
      throttling_burst_limit: burst,
      logging_level: level,
      metrics_enabled: metrics,
    });
    expect(users.at("aws_lambda_function", `${stage}/get-user`)).toMatchObject({
      timeout: 30,
      memory_size: 512,
      tracing_config: { mode: "Active" },
      logging_config: { application_log_level: functionLevel },
      environment: { variables: { POWERTOOLS_SERVICE_NAME: `user-management-${stage}` } },
    });
  });

  it.each(stages)("%s keeps its users and its failed imports to itself", (stage) => {
    expect(users.at("aws_dynamodb_table", `${stage}/users`)).toMatchObject({
      billing_mode: "PAY_PER_REQUEST",
      hash_key: "userId",
      range_key: "createdDate",
      point_in_time_recovery: { enabled: true },
    });
    expect(users.at("aws_sqs_queue", `${stage}/failed-imports`)).toMatchObject({
      name: `user-management-dev-${stage}-failed-imports`,
      message_retention_seconds: 14 * 24 * 60 * 60,
      sqs_managed_sse_enabled: true,
    });
    const failures = users.at(
      "aws_lambda_function_event_invoke_config",
      `${stage}/failed-imports/failures-import-user`,
    );
    expect(failures).toMatchObject({ maximum_retry_attempts: 2 });
    expect(JSON.stringify(failures["destination_config"])).toContain(`aws_sqs_queue.${stage}_failed-imports`);
  });
});

it("keeps logs for 30 days, in every environment", () => {
  for (const environment of ["dev", "qa", "prod"] as const) {
    const groups = Object.values(synthesizedStack("user-management", environment).all("aws_cloudwatch_log_group"));
    expect(new Set(groups.map((group) => group["retention_in_days"]))).toEqual(new Set([30]));
  }
});

it("outputs what people use, by stage", () => {
  const { resources: _, ...named } = users.json.output;

  expect(Object.keys(named).sort()).toEqual(
    [
      "api_key_ids",
      "api_urls",
      "dashboard_url",
      "distribution_url",
      "failed_imports_urls",
      "log_bucket",
      "users_tables",
      "versions",
    ].sort(),
  );
  for (const name of ["api_key_ids", "api_urls", "failed_imports_urls", "users_tables"])
    expect(Object.keys(named[name]?.value as object)).toEqual(expect.arrayContaining(stages));
});

it("is tagged as Production in prod", () => {
  const tags = (stack: Synthesized) => stack.json.provider.aws[0]["default_tags"];

  expect(tags(usersProd)).toEqual([{ tags: { Environment: "Production", System: "user-management" } }]);
  expect(tags(users)).toEqual([{ tags: { Environment: "Development", System: "user-management" } }]);
});
