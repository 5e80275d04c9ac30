import { NodeFunction } from "../../constructs/compute/node-function";
import { Bucket } from "../../constructs/data/bucket";
import { Secret } from "../../constructs/data/secret";
import { Queue } from "../../constructs/events/queue";
import { Network } from "../../constructs/network/network";
import { LogArchive } from "../../constructs/observability/log-archive";
import type { SystemStack } from "../../constructs/synth/system-stack";
import type { NetworkSettings } from "../../environments/environment";
import { thingEntry } from "../fixtures/thing-entry";
import { networkSettings } from "../support/network-settings";
import { emptyStack, problemsOf, synth } from "../support/stack";

const synthesized = (build: (stack: SystemStack) => unknown, environment = {}) => {
  const stack = emptyStack(environment);
  build(stack);
  return synth(stack);
};

const fn = (stack: SystemStack, network?: Network) =>
  new NodeFunction(stack, "get-thing", {
    entry: thingEntry,
    environment: { THINGS_TABLE: "things" },
    ...(network ? { network } : {}),
  });

describe("a queue", () => {
  it("lets a function send, where it is granted, and do nothing else", () => {
    const stack = synthesized((scope) => new Queue(scope, "work").grant(fn(scope), "SendMessage"));

    expect(stack.granted("get-thing").filter((right) => right.startsWith("sqs:"))).toEqual([
      "sqs:SendMessage ${aws_sqs_queue.work.arn}",
    ]);
  });

  it("is refused to a function whose network has no way to it", () => {
    const stack = emptyStack();
    const network = new Network(stack, "network", { ...networkSettings, natGateways: "none" });
    new Queue(stack, "work").grant(fn(stack, network), "SendMessage");

    expect(problemsOf(stack).join()).toMatch(/interfaceEndpoints must include sqs, which test-dev\/get-thing calls/);
  });
});

describe("a network", () => {
  const networkWith = (changes: Partial<NetworkSettings>) =>
    synthesized((stack) => fn(stack, new Network(stack, "network", { ...networkSettings, ...changes })));

  it.each([
    ["none", 0, []],
    ["single", 1, ["nat-a", "nat-a"]],
    ["per-az", 2, ["nat-a", "nat-b"]],
  ] as const)("with %s NAT gateways has %i, and routes private subnets there", (natGateways, count, targets) => {
    const stack = networkWith({ natGateways });
    const routes = ["nat-a-route", "nat-b-route"].slice(0, targets.length);

    expect(Object.keys(stack.all("aws_nat_gateway"))).toHaveLength(count);
    expect(Object.keys(stack.all("aws_eip"))).toHaveLength(count);
    expect(routes.map((route) => stack.at("aws_route", `network/subnets/${route}`)["nat_gateway_id"])).toEqual(
      targets.map((nat) => expect.stringContaining(`_${nat}_`)),
    );
  });

  it("lets functions call out by HTTPS, and nobody in", () => {
    const stack = networkWith({});

    expect(stack.at("aws_vpc_security_group_egress_rule", "network/functions-https")).toMatchObject({
      ip_protocol: "tcp",
      from_port: 443,
      to_port: 443,
    });
    expect(stack.all("aws_vpc_security_group_ingress_rule")).toEqual({});
    expect(stack.at("aws_security_group", "network/functions")).not.toHaveProperty("ingress");
  });

  it("lets functions, and only them, into interface endpoints", () => {
    const stack = networkWith({ natGateways: "none", interfaceEndpoints: ["ssm", "kms"] });

    expect(stack.at("aws_vpc_endpoint", "network/interface-endpoints/ssm")).toMatchObject({
      service_name: "com.amazonaws.us-east-1.ssm",
      vpc_endpoint_type: "Interface",
      private_dns_enabled: true,
    });
    expect(stack.at("aws_vpc_security_group_ingress_rule", "network/interface-endpoints/https")).toMatchObject({
      referenced_security_group_id: expect.stringContaining("aws_security_group.network_functions_"),
      from_port: 443,
    });
  });

  it("lets nothing through gateway endpoints while nothing is granted", () => {
    expect(networkWith({}).statements("aws_vpc_endpoint", "network/s3")).toEqual([
      { Effect: "Deny", Principal: "*", Action: ["s3:*"], Resource: ["*"] },
    ]);
  });

  it("gives interfaces to Lambda and not to the function's code", () => {
    const statements = networkWith({}).statements("aws_iam_role_policy", "get-thing/role/policy");
    const denied = statements.find(({ Effect }) => Effect === "Deny");

    expect(denied?.Action).toEqual(
      statements.find(({ Effect, Action }) => Effect === "Allow" && Action[0]?.startsWith("ec2:"))?.Action,
    );
    expect(denied?.Condition).toEqual({
      ArnLike: {
        "lambda:SourceFunctionArn": [
          "arn:aws:lambda:us-east-1:000000000000:function:test-dev-get-thing",
          "arn:aws:lambda:us-east-1:000000000000:function:test-dev-get-thing:*",
        ],
      },
    });
  });

  it("is routed before functions in it can be called", () => {
    const { depends_on = [] } = networkWith({}).at("aws_lambda_function", "get-thing");

    for (const needed of ["nat-a-route", "nat-b-route", "network_s3", "functions-https", "role_policy"]) {
      expect(depends_on).toContainEqual(expect.stringContaining(needed));
    }
  });
});

describe("a function", () => {
  it("outside of a network asks for no interfaces", () => {
    const stack = synthesized((scope) => fn(scope));

    expect(stack.at("aws_lambda_function", "get-thing")).not.toHaveProperty("vpc_config");
    expect(JSON.stringify(stack.all("aws_iam_role_policy"))).not.toContain("ec2:");
  });

  it("writes to its own log group, made before it, and can make no other", () => {
    const stack = synthesized((scope) => fn(scope));

    expect(stack.at("aws_lambda_function", "get-thing")["logging_config"]).toMatchObject({
      log_group: expect.stringContaining("aws_cloudwatch_log_group.get-thing_logs_"),
    });
    expect(JSON.stringify(stack.all("aws_iam_role_policy"))).not.toContain("logs:CreateLogGroup");
  });
});

describe("a bucket", () => {
  const stack = synthesized((scope) => new Bucket(scope, "logs"));

  it("is private, versioned, encrypted and named for its account and region", () => {
    expect(stack.at("aws_s3_bucket", "logs")["bucket"]).toBe("test-dev-logs-000000000000-us-east-1");
    expect(stack.at("aws_s3_bucket_public_access_block", "logs/public-access")).toMatchObject({
      block_public_acls: true,
      block_public_policy: true,
      ignore_public_acls: true,
      restrict_public_buckets: true,
    });
    expect(stack.at("aws_s3_bucket_versioning", "logs/versioning")).toMatchObject({
      versioning_configuration: { status: "Enabled" },
    });
    expect(JSON.stringify(stack.at("aws_s3_bucket_server_side_encryption_configuration", "logs/encryption"))).toContain(
      "AES256",
    );
  });

  it("lets versions be listed by whom it is granted to, and by nobody who may list objects alone", () => {
    const listing = (grant: "grantList" | "grantListVersions") =>
      JSON.stringify(synthesized((scope) => new Bucket(scope, "logs")[grant](fn(scope))).all("aws_iam_role_policy"));

    expect(listing("grantListVersions")).toContain("s3:ListBucketVersions");
    expect(listing("grantList")).not.toContain("s3:ListBucketVersions");
  });

  it("refuses what does not come by TLS", () => {
    expect(stack.statements("aws_s3_bucket_policy", "logs/policy")).toEqual([
      {
        Effect: "Deny",
        Principal: "*",
        Action: ["s3:*"],
        Resource: ["${aws_s3_bucket.logs.arn}", "${aws_s3_bucket.logs.arn}/*"],
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      },
    ]);
  });
});

describe("a secret", () => {
  const stack = synthesized((scope) =>
    new Secret(scope, "api-token", { description: "what for" }).grantRead(fn(scope)),
  );

  it("comes from an ephemeral variable without default and goes to a write-only argument", () => {
    expect(stack.json.variable["test_api_token"]).toEqual({
      description: "what for",
      ephemeral: true,
      nullable: false,
      sensitive: true,
      type: "string",
    });
    expect(stack.at("aws_ssm_parameter", "api-token")).toMatchObject({
      name: "/test/dev/api-token",
      type: "SecureString",
      value_wo: "${var.test_api_token}",
      value_wo_version: "${var.secret_versions.test_api_token}",
    });
    expect(stack.at("aws_ssm_parameter", "api-token")).not.toHaveProperty("value");
  });

  it("may be read by whom it is granted to, under its own ARN", () => {
    expect(stack.statements("aws_iam_role_policy", "get-thing/role/policy")).toContainEqual({
      Effect: "Allow",
      Action: ["ssm:GetParameter"],
      Resource: ["${aws_ssm_parameter.api-token.arn}"],
    });
  });
});

describe("a log archive", () => {
  const stack = synthesized((scope) => {
    const archive = new LogArchive(scope, "archive", { bucket: new Bucket(scope, "logs"), prefix: "logs/" });
    archive.collect(fn(scope).logGroup);
  });

  it("unpacks what CloudWatch Logs sends, one line an event, and keeps it compressed under the prefix", () => {
    const { extended_s3_configuration: configuration } = stack.at("aws_kinesis_firehose_delivery_stream", "archive");

    expect(configuration).toMatchObject({ prefix: expect.stringMatching(/^logs\//), compression_format: "GZIP" });
    expect(JSON.stringify(configuration)).toMatch(/Decompression.*CloudWatchLogProcessing.*AppendDelimiterToRecord/);
  });

  it("waits for large objects, five minutes at most, and says in a log of its own what it can't write", () => {
    const { extended_s3_configuration: configuration } = stack.at("aws_kinesis_firehose_delivery_stream", "archive");

    expect(configuration).toMatchObject({
      ...{ buffering_size: 64, buffering_interval: 300 },
      processing_configuration: { enabled: true },
      cloudwatch_logging_options: {
        enabled: true,
        log_group_name: expect.stringMatching(/^\$\{aws_cloudwatch_log_group\.archive_failures_\w+\.name\}$/),
        log_stream_name: expect.stringMatching(/^\$\{aws_cloudwatch_log_stream\.archive_failures-stream_\w+\.name\}$/),
      },
    });
  });

  it("may write below its prefix and nowhere else", () => {
    const puts = stack
      .statements("aws_iam_role_policy", "archive/role-policy")
      .filter(({ Action }) => Action.includes("s3:PutObject"));

    expect(puts.map(({ Resource }) => Resource)).toEqual([["${aws_s3_bucket.logs.arn}/logs/*"]]);
  });

  it("does not collect its own failures, which would feed it for ever", () => {
    expect(JSON.stringify(stack.all("aws_cloudwatch_log_subscription_filter"))).not.toContain("failures");
  });
});
