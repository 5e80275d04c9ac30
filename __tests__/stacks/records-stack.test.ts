import { Testing } from "cdktf";
import { NodeFunction } from "../../constructs/compute/node-function";
import { dev } from "../../environments/dev";
import { RecordsStack } from "../../stacks/records-stack";
import { inventory } from "../support/inventory";
import { problemsOf } from "../support/stack";
import { type Synthesized, synthesizedStack } from "../support/synthesized-stack";

const records = synthesizedStack("records");
const recordsProd = synthesizedStack("records", "prod");
const functions = ["create-record", "delete-record", "get-record", "list-records", "replace-record"];

describe("the inventory", () => {
  it("is what the architecture shows, no more and no less", () => {
    const constructs = { restApi: 1, apiStage: 1, usagePlan: 1, function: 5, bucket: 1, topic: 1, logArchive: 1 };

    expect(records.counts()).toEqual(
      inventory(
        { ...constructs, network: 1, natGateway: 1 },
        {
          // One that says how long answers are kept.
          aws_api_gateway_method_settings: 1,
          aws_cloudwatch_dashboard: 1,
          aws_cloudwatch_log_subscription_filter: 6,
          aws_cloudwatch_metric_alarm: 22,
          aws_dynamodb_table: 1,
          aws_lambda_permission: 5,
          aws_ssm_parameter: 2,
        },
      ),
    );
  });

  it("of prod adds a NAT gateway with its address, the e-mail subscription, and what rolls functions out", () => {
    const count = (stack: Synthesized, type: string) => Object.keys(stack.all(type)).length;
    const differing = Object.keys(recordsProd.json.resource).filter(
      (type) => count(recordsProd, type) !== count(records, type),
    );

    expect(differing.sort()).toEqual([
      "aws_codedeploy_app",
      "aws_codedeploy_deployment_group",
      "aws_eip",
      "aws_iam_role",
      "aws_iam_role_policy",
      "aws_nat_gateway",
      "aws_sns_topic_subscription",
    ]);
    expect(count(recordsProd, "aws_nat_gateway")).toBe(2);
  });
});

describe("the network", () => {
  const table = "${aws_dynamodb_table.records.arn}";
  const activity = "${aws_s3_bucket.logs.arn}/activity/records/*";

  it("lets through to S3 and DynamoDB for what the roles grant, and for this account's principals", () => {
    const own = { StringEquals: { "aws:PrincipalAccount": dev.accountId } };

    expect(records.statements("aws_vpc_endpoint", "network/s3")).toEqual([
      { Effect: "Allow", Principal: "*", Action: ["s3:PutObject"], Resource: [activity], Condition: own },
    ]);
    expect(records.statements("aws_vpc_endpoint", "network/dynamodb")).toEqual([
      {
        Effect: "Allow",
        Principal: "*",
        Action: ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"],
        Resource: [table],
        Condition: own,
      },
      {
        Effect: "Allow",
        Principal: "*",
        Action: ["dynamodb:Query"],
        Resource: [`${table}/index/bySource`],
        Condition: own,
      },
    ]);
  });
});

describe("the system", () => {
  it("runs every function on arm64, traced, in the private subnets, with only names in its environment", () => {
    for (const name of functions) {
      const fn = records.at("aws_lambda_function", name);
      const { variables } = fn["environment"] as { variables: Record<string, string> };

      expect(fn).toMatchObject({ runtime: "nodejs24.x", architectures: ["arm64"], tracing_config: { mode: "Active" } });
      expect(JSON.stringify(fn["vpc_config"])).toMatch(/private-a.*private-b/);
      expect(
        Object.keys(variables).filter(
          (key) =>
            !/^(ENVIRONMENT|CORS_ORIGINS|POWERTOOLS_SERVICE_NAME|LOG_LEVEL|OPERATION_ID|RECORDS_TABLE|LOG_BUCKET|CURSOR_SECRET_(PARAMETER|VERSION))$/.test(
              key,
            ),
        ),
      ).toEqual([]);
    }
  });

  it("carries every function's logs and the access logs to the bucket", () => {
    const subscribed = Object.values(records.all("aws_cloudwatch_log_subscription_filter")).map(
      (filter) => /aws_cloudwatch_log_group\.(.+?)_[0-9A-F]{8}/.exec(filter["log_group_name"] as string)?.[1],
    );

    expect(subscribed.sort()).toEqual([...functions.map((name) => `${name}_logs`), "stage_access-logs"].sort());
  });

  it("ages the logs in the bucket: infrequent access at 30 days, Glacier at 90, gone at 365, activity at three years, old versions at 30", () => {
    const { rule } = records.at("aws_s3_bucket_lifecycle_configuration", "logs/lifecycle") as { rule: object[] };

    expect(rule).toEqual([
      expect.objectContaining({
        filter: [{ prefix: "logs/" }],
        transition: [
          { days: 30, storage_class: "STANDARD_IA" },
          { days: 90, storage_class: "GLACIER" },
        ],
        expiration: [{ days: 365 }],
      }),
      expect.objectContaining({ filter: [{ prefix: "activity/" }], expiration: [{ days: 1095 }] }),
      expect.objectContaining({ filter: [{ prefix: "" }], noncurrent_version_expiration: [{ noncurrent_days: 30 }] }),
    ]);
  });

  it("watches functions, API, table and activity", () => {
    const names = Object.values(records.all("aws_cloudwatch_metric_alarm")).map(({ alarm_name }) => alarm_name);
    const perFunction = functions.flatMap((name) => ["faults", "slow", "throttles"].map((what) => `${name}-${what}`));
    const others = [
      "activity-failures",
      "api-5xx-rate",
      "api-faults",
      "api-latency",
      "log-archive-delay",
      "table-system-errors",
      "table-throttles",
    ];

    expect(names.sort()).toEqual([...perFunction, ...others].map((name) => `records-dev-alarms-${name}`).sort());
  });

  it("outputs what people use, and the id of every managed resource", () => {
    const { resources, ...named } = records.json.output;
    const addresses = Object.entries(records.json.resource).flatMap(([type, all]) =>
      Object.keys(all).map((name) => `${type}.${name}`),
    );

    expect(Object.keys(named).sort()).toEqual([
      "api_key_id",
      "api_url",
      "dashboard_url",
      "log_bucket",
      "records_table",
      "versions",
    ]);
    expect(resources?.value).toEqual(Object.fromEntries(addresses.map((address) => [address, `\${${address}.id}`])));
  });

  it("protects data from deletion outside dev", () => {
    expect(records.at("aws_dynamodb_table", "records")["deletion_protection_enabled"]).toBe(false);
    expect(records.at("aws_s3_bucket", "logs")["force_destroy"]).toBe(true);
    expect(recordsProd.at("aws_dynamodb_table", "records")["deletion_protection_enabled"]).toBe(true);
    expect(recordsProd.at("aws_s3_bucket", "logs")["force_destroy"]).toBe(false);
  });
});

it("is the file that is named where a function has a variable that nothing reads", () => {
  const made = new RecordsStack(Testing.app(), dev);
  for (const construct of made.node.findAll()) {
    if (construct instanceof NodeFunction && construct.node.id === "get-record")
      construct.addEnvironment("COLOUR", "red");
  }

  expect(problemsOf(made)).toEqual([expect.stringContaining("got COLOUR")]);
  expect(problemsOf(made)[0]).toContain("remove it in stacks/records-stack.ts");
});
