import { inventory } from "../support/inventory";
import { synthesizedStack } from "../support/synthesized-stack";

const processor = synthesizedStack("data-processor");
const processorProd = synthesizedStack("data-processor", "prod");
const functions = ["get-hello", "process-data"];
const key = "${aws_kms_key.key.arn}";

const constructs = {
  network: 1,
  natGateway: 1,
  restApi: 1,
  apiStage: 1,
  usagePlan: 1,
  function: 2,
  bucket: 1,
  topic: 2,
};
const own = {
  aws_cloudwatch_dashboard: 1,
  aws_cloudwatch_metric_alarm: 11,
  aws_kms_alias: 1,
  aws_kms_key: 1,
  aws_lambda_permission: 2,
  aws_s3_object: 2,
  aws_ssm_parameter: 3,
};

it("has what the architecture shows, no more and no less", () => {
  expect(processor.counts()).toEqual(inventory(constructs, own));
});

it("of prod adds the e-mail subscriptions, a NAT gateway and rolling out in steps", () => {
  expect(processorProd.counts()).toEqual(
    inventory(
      { ...constructs, rollout: 1 },
      {
        ...own,
        aws_codedeploy_deployment_group: 2,
        aws_eip: 1,
        aws_nat_gateway: 1,
        aws_sns_topic_subscription: 1,
      },
    ),
  );
});

it("lets functions do this and nothing else", () => {
  const decrypt = `kms:Decrypt ${key}`;

  expect(new Set(processor.granted("get-hello"))).toEqual(
    new Set([
      decrypt,
      `kms:GenerateDataKey ${key}`,
      "sns:Publish ${aws_sns_topic.failures.arn}",
      "ssm:GetParameter ${aws_ssm_parameter.api-key.arn}",
    ]),
  );
  expect(new Set(processor.granted("process-data"))).toEqual(
    new Set([
      decrypt,
      `kms:GenerateDataKey ${key}`,
      "sns:Publish ${aws_sns_topic.failures.arn}",
      "ssm:GetParameter ${aws_ssm_parameter.api-key.arn}",
      "ssm:GetParameter ${aws_ssm_parameter.database-connection-string.arn}",
    ]),
  );
});

it("lets functions use the key for what they work with, each thing by its own name", () => {
  const contexts = processor
    .statements("aws_iam_role_policy", "process-data/role/policy")
    .filter(({ Resource }) => Resource?.includes(key))
    .map(({ Condition }) => Object.entries(Condition?.["ArnLike"] ?? {}).flat(2));
  const fn = "arn:aws:lambda:us-west-2:000000000000:function:data-processor-dev-process-data";

  expect(contexts).toEqual([
    ["kms:EncryptionContext:aws:sns:topicArn", "${aws_sns_topic.failures.arn}"],
    ["kms:EncryptionContext:PARAMETER_ARN", "${aws_ssm_parameter.api-key.arn}"],
    ["kms:EncryptionContext:PARAMETER_ARN", "${aws_ssm_parameter.database-connection-string.arn}"],
    ["kms:EncryptionContext:aws:lambda:FunctionArn", fn, `${fn}:*`],
  ]);
});

it("encrypts everything that it keeps with its own key", () => {
  const keyed: Record<string, string> = {
    aws_cloudwatch_log_group: "kms_key_id",
    aws_lambda_function: "kms_key_arn",
    aws_s3_object: "kms_key_id",
    aws_sns_topic: "kms_master_key_id",
    aws_ssm_parameter: "key_id",
  };

  for (const [type, argument] of Object.entries(keyed)) {
    // What is no secret is read by whoever may see which versions serve.
    const kept = Object.values(processor.all(type)).filter((resource) => resource["type"] !== "String");
    for (const resource of kept) expect(resource[argument]).toBe(key);
  }
  expect(processor.at("aws_s3_bucket_server_side_encryption_configuration", "code/encryption")["rule"]).toEqual([
    {
      apply_server_side_encryption_by_default: { kms_master_key_id: key, sse_algorithm: "aws:kms" },
      bucket_key_enabled: true,
    },
  ]);
});

it("deploys code from the bucket, under keys that are made of its contents", () => {
  for (const name of functions) {
    const fn = processor.at("aws_lambda_function", name);
    const object = processor.at("aws_s3_object", `${name}/code`);
    const sha256 = Buffer.from(fn["source_code_hash"] as string, "base64").toString("hex");

    expect(object).toMatchObject({ key: `functions/${name}/${sha256}.zip`, source: `functions/${name}.zip` });
    expect([fn["s3_bucket"], fn["s3_key"]]).toEqual([
      expect.stringMatching(/^\$\{aws_s3_object\..*\.bucket\}$/),
      expect.stringMatching(/^\$\{aws_s3_object\..*\.key\}$/),
    ]);
    expect(fn).not.toHaveProperty("filename");
  }
});

it("runs for 300 s at most with 512 MB, in private subnets, while API Gateway waits 29 s", () => {
  const { paths } = JSON.parse(processor.at("aws_api_gateway_rest_api", "api")["body"] as string);

  for (const name of functions) {
    expect(processor.at("aws_lambda_function", name)).toMatchObject({
      memory_size: 512,
      timeout: 300,
      architectures: ["arm64"],
      vpc_config: { subnet_ids: [expect.stringContaining("private-a"), expect.stringContaining("private-b")] },
    });
  }
  expect(paths["/data"].post["x-amazon-apigateway-integration"].timeoutInMillis).toBe(29_000);
  expect(paths["/data"].post.security).toEqual([{ apiKey: [] }]);
  expect(paths["/hello"].get.security).toEqual([]);
});

it.each(["dev", "qa", "prod"] as const)("keeps logs for a week, also in %s", (environment) => {
  const groups = Object.values(synthesizedStack("data-processor", environment).all("aws_cloudwatch_log_group"));

  expect(new Set(groups.map((group) => group["retention_in_days"]))).toEqual(new Set([7]));
});

it("reads its secrets where it says, and gives them to no variable", () => {
  const names = Object.values(processor.all("aws_ssm_parameter")).map(({ name, type }) => `${type} ${name}`);

  expect(names.sort()).toEqual([
    "SecureString /data-processor/dev/api/key",
    "SecureString /data-processor/dev/database/connection-string",
    "String /data-processor/dev/serving",
  ]);
  expect(processor.at("aws_lambda_function", "process-data")["environment"]).toMatchObject({
    variables: {
      BATCH_SIZE: "100",
      API_KEY_PARAMETER: "${aws_ssm_parameter.api-key.name}",
      CONNECTION_STRING_PARAMETER: "${aws_ssm_parameter.database-connection-string.name}",
    },
  });
});

it("outputs URLs, the key's id, topic, bucket, alias and dashboard, and every resource", () => {
  const { resources, versions: _, ...named } = processor.json.output;
  const url = "${aws_api_gateway_stage.stage.invoke_url}";

  expect(Object.fromEntries(Object.entries(named).map(([name, { value }]) => [name, value]))).toMatchObject({
    api_url: url,
    hello_url: `${url}/hello`,
    data_url: `${url}/data`,
    failure_topic: "${aws_sns_topic.failures.arn}",
    key_alias: expect.stringContaining("aws_kms_alias."),
    dashboard_url: expect.stringContaining("region=us-west-2#dashboards/dashboard/data-processor-dev"),
  });
  expect(Object.keys(resources?.value as object)).toHaveLength(
    Object.values(processor.counts()).reduce((sum, count) => sum + count, 0),
  );
});
