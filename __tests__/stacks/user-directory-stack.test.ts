import { inventory } from "../support/inventory";
import { synthesizedStack } from "../support/synthesized-stack";

const directory = synthesizedStack("user-directory");
const directoryProd = synthesizedStack("user-directory", "prod");
const functions = ["create-user", "delete-user", "get-user", "list-users", "replace-user"];

const constructs = {
  ...{ network: 1, restApi: 1, apiStage: 1, usagePlan: 1, function: 5, bucket: 1, topic: 1, logArchive: 1 },
};
const own = {
  aws_cloudwatch_dashboard: 1,
  aws_cloudwatch_log_subscription_filter: 6,
  aws_cloudwatch_metric_alarm: 26,
  aws_dynamodb_table: 1,
  aws_lambda_permission: 5,
  // The way to Parameter Store.
  aws_security_group: 1,
  aws_ssm_parameter: 2,
  aws_vpc_endpoint: 1,
  aws_vpc_security_group_ingress_rule: 1,
};

it("has what the architecture shows, no more and no less", () => {
  expect(directory.counts()).toEqual(inventory(constructs, own));
});

it("of prod adds the e-mail subscription and rolling out in steps, and protects its data", () => {
  expect(directoryProd.counts()).toEqual(
    inventory(
      { ...constructs, rollout: 1 },
      { ...own, aws_codedeploy_deployment_group: 5, aws_sns_topic_subscription: 1 },
    ),
  );
  expect(directory.at("aws_dynamodb_table", "users")["deletion_protection_enabled"]).toBe(false);
  expect(directoryProd.at("aws_dynamodb_table", "users")["deletion_protection_enabled"]).toBe(true);
  expect(directoryProd.at("aws_s3_bucket", "logs")["force_destroy"]).toBe(false);
});

it("runs in us-west-2, traced, in private subnets without a way to the internet", () => {
  expect(directory.json.provider.aws[0]).toMatchObject({ region: "us-west-2" });
  for (const name of functions) {
    expect(directory.at("aws_lambda_function", name)).toMatchObject({
      architectures: ["arm64"],
      timeout: 30,
      tracing_config: { mode: "Active" },
      vpc_config: { subnet_ids: [expect.stringContaining("private-a"), expect.stringContaining("private-b")] },
    });
  }
  expect(directory.at("aws_api_gateway_stage", "stage")["xray_tracing_enabled"]).toBe(true);
  expect(new Set(Object.values(directory.all("aws_vpc_endpoint")).map(({ service_name }) => service_name))).toEqual(
    new Set(["s3", "dynamodb", "ssm"].map((service) => `com.amazonaws.us-west-2.${service}`)),
  );
});

it("lets through to Parameter Store for the secret that functions read, and for this account's principals", () => {
  expect(directory.statements("aws_vpc_endpoint", "network/interface-endpoints/ssm")).toEqual([
    {
      Effect: "Allow",
      Principal: "*",
      Action: ["ssm:GetParameter"],
      Resource: [expect.stringContaining("cursor-secret")],
      Condition: { StringEquals: { "aws:PrincipalAccount": "000000000000" } },
    },
  ]);
});

it("keeps users by id and finds them by address, on demand", () => {
  expect(directory.at("aws_dynamodb_table", "users")).toMatchObject({
    billing_mode: "PAY_PER_REQUEST",
    hash_key: "userId",
    global_secondary_index: [{ name: "emailIndex", hash_key: "email", projection_type: "ALL" }],
    point_in_time_recovery: { enabled: true },
    server_side_encryption: { enabled: true },
  });
});

it("keeps the index that the last release queries, where somebody may be served by it, and lets both be queried", () => {
  const index = "${aws_dynamodb_table.users.arn}/index";

  expect(directoryProd.at("aws_dynamodb_table", "users")["global_secondary_index"]).toEqual(
    ["emailIndex", "byEmail"].map((name) => ({ name, hash_key: "email", projection_type: "ALL" })),
  );
  expect(directoryProd.granted("list-users")).toEqual(
    expect.arrayContaining([`dynamodb:Query ${index}/emailIndex`, `dynamodb:Query ${index}/byEmail`]),
  );
  expect(directory.granted("list-users").filter((right) => right.startsWith("dynamodb:"))).toEqual([
    `dynamodb:Query ${index}/emailIndex`,
  ]);
});

it("says in its e-mails which system and environment they are about", () => {
  expect(directoryProd.at("aws_sns_topic", "alarms/topic")["display_name"]).toBe("user-directory-prod alarms");
});

it("carries all logs to a versioned bucket that S3 encrypts with AES256", () => {
  const collected = Object.values(directory.all("aws_cloudwatch_log_subscription_filter")).map(
    ({ log_group_name }) => /aws_cloudwatch_log_group\.(.+?)_[0-9A-F]{8}/.exec(String(log_group_name))?.[1],
  );

  expect(collected.sort()).toEqual([...functions.map((name) => `${name}_logs`), "stage_access-logs"].sort());
  expect(directory.at("aws_s3_bucket_versioning", "logs/versioning")).toMatchObject({
    versioning_configuration: { status: "Enabled" },
  });
  expect(
    JSON.stringify(directory.at("aws_s3_bucket_server_side_encryption_configuration", "logs/encryption")),
  ).toContain('"sse_algorithm":"AES256"');
});

it("outputs the API, both endpoints of users, the table, the log bucket and the key's id", () => {
  const { resources, versions, ...named } = directory.json.output;
  const url = "${aws_api_gateway_stage.stage.invoke_url}";

  expect(Object.fromEntries(Object.entries(named).map(([name, { value }]) => [name, value]))).toEqual({
    api_endpoint: url,
    users_endpoint: `${url}/users`,
    user_endpoint: `${url}/users/{userId}`,
    api_key_id: expect.stringContaining("aws_api_gateway_api_key."),
    users_table: "${aws_dynamodb_table.users.name}",
    log_bucket: "${aws_s3_bucket.logs.bucket}",
    dashboard_url: expect.stringContaining("region=us-west-2#dashboards/dashboard/user-directory-dev"),
  });
  expect(Object.keys(versions?.value as object)).toHaveLength(functions.length);
  expect(Object.keys(resources?.value as object)).toHaveLength(
    Object.values(directory.counts()).reduce((sum, count) => sum + count, 0),
  );
});
