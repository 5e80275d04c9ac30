import { Testing } from "cdktf";
import { dev } from "../../environments/dev";
import { ItemsStack } from "../../stacks/items-stack";
import { inventory } from "../support/inventory";
import { synth } from "../support/stack";
import { synthesizedStack } from "../support/synthesized-stack";

const items = synthesizedStack("items");
const itemsProd = synthesizedStack("items", "prod");
const functions = ["create-item", "delete-item", "get-item", "list-items"];

const constructs = { network: 1, restApi: 1, apiStage: 1, usagePlan: 1, function: 4, bucket: 1, topic: 1 };
const own = {
  aws_appautoscaling_policy: 2,
  aws_appautoscaling_target: 2,
  aws_cloudwatch_dashboard: 1,
  aws_cloudwatch_metric_alarm: 25,
  aws_dynamodb_table: 1,
  aws_lambda_permission: 4,
  aws_s3_bucket_cors_configuration: 1,
  aws_ssm_parameter: 1,
};

describe("the inventory", () => {
  it("is what the architecture shows, no more and no less", () => {
    expect(items.counts()).toEqual(inventory(constructs, own));
  });

  it("of prod adds the e-mail subscription, and what rolls functions out", () => {
    expect(itemsProd.counts()).toEqual(
      inventory(
        { ...constructs, rollout: 1 },
        { ...own, aws_codedeploy_deployment_group: 4, aws_sns_topic_subscription: 1 },
      ),
    );
  });

  it("with a domain adds certificate, records, domain name and mapping", () => {
    const domain = { name: "items.example.com", hostedZoneId: "Z0123456789ABCDEFGHIJ" };
    const named = synth(new ItemsStack(Testing.app(), { ...dev, items: { ...dev.items, domain } }));

    expect(named.counts()).toEqual({
      ...items.counts(),
      aws_acm_certificate: 1,
      aws_acm_certificate_validation: 1,
      aws_api_gateway_base_path_mapping: 1,
      aws_api_gateway_domain_name: 1,
      aws_route53_record: 2,
    });
    expect(named.json.output["api_url"]?.value).toBe("https://items.example.com");
  });
});

describe("the access matrix", () => {
  const table = "${aws_dynamodb_table.items.arn}";
  const assets = "${aws_s3_bucket.assets.arn}/assets/*";

  it.each([
    ["create-item", [`dynamodb:PutItem ${table}`, `s3:PutObject ${assets}`]],
    ["delete-item", [`dynamodb:PutItem ${table}`, `dynamodb:UpdateItem ${table}`, `s3:PutObject ${assets}`]],
    [
      "get-item",
      [
        `dynamodb:GetItem ${table}`,
        `s3:GetObject ${assets}`,
        "s3:ListBucket ${aws_s3_bucket.assets.arn}",
        `s3:PutObject ${assets}`,
      ],
    ],
    ["list-items", [`dynamodb:Query ${table}`]],
  ])("lets %s do this and nothing else", (fn, expected) => {
    expect(items.granted(fn)).toEqual(expected);
  });
});

describe("the system", () => {
  it("runs every function with 512 MB for up to 30 s, traced, in the private subnets of two zones", () => {
    for (const name of functions) {
      const fn = items.at("aws_lambda_function", name);

      expect(fn).toMatchObject({ memory_size: 512, timeout: 30, tracing_config: { mode: "Active" } });
      expect(JSON.stringify(fn["vpc_config"])).toMatch(/private-a.*private-b/);
    }
  });

  it("asks for a key on every route", () => {
    const { paths } = JSON.parse(items.at("aws_api_gateway_rest_api", "api")["body"] as string);
    const operations = Object.values<Record<string, { operationId?: string; security: unknown }>>(paths).flatMap(
      (path) => Object.values(path).filter(({ operationId }) => operationId),
    );

    expect(operations.map(({ security }) => security)).toEqual(functions.map(() => [{ apiKey: [] }]));
  });

  it("lets a key ask 100 times a second, 200 at once, 10,000 a day, and all together 50 and 100", () => {
    expect(items.at("aws_api_gateway_usage_plan", "usage-plan")).toMatchObject({
      throttle_settings: { rate_limit: 100, burst_limit: 200 },
      quota_settings: { limit: 10_000, period: "DAY" },
    });
    expect(items.at("aws_api_gateway_method_settings", "stage/settings")).toMatchObject({
      settings: { throttling_rate_limit: 50, throttling_burst_limit: 100 },
    });
  });

  it("scales the table from 5 to 50 units, which one partition serves: it has the whole list", () => {
    const targets = Object.values(items.all("aws_appautoscaling_target"));

    expect(targets.map(({ min_capacity, max_capacity }) => [min_capacity, max_capacity])).toEqual([
      [5, 50],
      [5, 50],
    ]);
    // DynamoDB's own bounds for a partition are 1000 writes and 3000 reads a second.
    for (const { max_capacity } of targets) expect(max_capacity).toBeLessThanOrEqual(1000);
  });

  it("has a stream of the table's changes with old and new images, and API Gateway log each step", () => {
    expect(items.at("aws_dynamodb_table", "items")).toMatchObject({
      stream_enabled: true,
      stream_view_type: "NEW_AND_OLD_IMAGES",
    });
    expect(items.at("aws_api_gateway_method_settings", "stage/settings")).toMatchObject({
      settings: { logging_level: "INFO", data_trace_enabled: false },
    });
  });

  it("expires tombstones, and what stands in the place of deleted assets, when no URL for an upload is good any more", () => {
    expect(items.at("aws_dynamodb_table", "items")).toMatchObject({
      ttl: { enabled: true, attribute_name: "expiresAt" },
    });
    expect(items.at("aws_s3_bucket_lifecycle_configuration", "assets/lifecycle")["rule"]).toContainEqual({
      ...{ id: "age-assets", status: "Enabled" },
      filter: [{ and: [{ prefix: "assets/", object_size_less_than: 1 }] }],
      expiration: [{ days: 1 }],
    });
  });

  it("lets pages of the environment's origins up- and download assets", () => {
    expect(items.at("aws_s3_bucket_cors_configuration", "assets/browsers")).toMatchObject({
      cors_rule: [
        {
          allowed_origins: dev.corsOrigins,
          allowed_methods: ["GET", "PUT"],
          allowed_headers: ["content-type", "if-none-match"],
        },
      ],
    });
  });

  it("alarms when functions fail in 2 periods or take over 25 s in 3", () => {
    const alarm = (name: string) => items.at("aws_cloudwatch_metric_alarm", `alarms/${name}`);

    for (const name of functions) {
      expect(alarm(`${name}-errors`)).toMatchObject({
        comparison_operator: "GreaterThanOrEqualToThreshold",
        threshold: 1,
        datapoints_to_alarm: 2,
        evaluation_periods: 2,
      });
      expect(alarm(`${name}-duration`)).toMatchObject({
        comparison_operator: "GreaterThanThreshold",
        threshold: 25_000,
        datapoints_to_alarm: 3,
        evaluation_periods: 3,
      });
    }
  });

  it("keeps logs for two weeks in every environment", () => {
    for (const stack of [items, itemsProd])
      for (const group of Object.values(stack.all("aws_cloudwatch_log_group")))
        expect(group["retention_in_days"]).toBe(14);
  });

  it("outputs what people use", () => {
    const { resources: _, ...named } = items.json.output;

    expect(Object.keys(named).sort()).toEqual([
      "api_key_id",
      "api_url",
      "assets_bucket",
      "dashboard_url",
      "items_table",
      "versions",
    ]);
  });
});
