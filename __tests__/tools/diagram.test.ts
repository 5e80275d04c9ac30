import type { StackJson } from "../../stack-json/document";
import { Architecture } from "../../tools/diagram/architecture";
import { Stack } from "../../tools/diagram/stack";
import { allow, committedPicture, draw, edgesOf, functionThat, provider } from "../support/diagram";

it("draws a call straight to its resource where there is no network", () => {
  const edges = edgesOf({
    ...functionThat("sqs:SendMessage", "arn:aws:sqs:us-east-1:000000000000:failed-imports"),
    aws_sqs_queue: { failures: { name: "failed-imports" } },
  });

  expect(edges).toEqual(["aws_lambda_function.worker aws_sqs_queue.failures SendMessage"]);
});

it("draws what Lambda fetches for a function as one arrow, by the mapping and not by the role", () => {
  const polls = JSON.stringify({
    Statement: [
      {
        Effect: "Allow",
        Action: ["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"],
        Resource: ["${aws_sqs_queue.work.arn}"],
      },
    ],
  });
  const edges = edgesOf({
    ...functionThat("sqs:ReceiveMessage", "*"),
    aws_iam_role_policy: { worker: { role: "${aws_iam_role.worker.name}", policy: polls } },
    aws_lambda_alias: { live: { function_name: "${aws_lambda_function.worker.function_name}" } },
    aws_lambda_event_source_mapping: {
      work: { event_source_arn: "${aws_sqs_queue.work.arn}", function_name: "${aws_lambda_alias.live.arn}" },
    },
    aws_sqs_queue: { work: { name: "work" } },
  });

  expect(edges).toEqual(["aws_sqs_queue.work aws_lambda_function.worker events"]);
});

it("draws a table's indexes beside it, global and local ones, each with what reads it", () => {
  const edges = edgesOf({
    ...functionThat("dynamodb:Query", "${aws_dynamodb_table.readings.arn}/index/byValue"),
    aws_dynamodb_table: {
      readings: {
        ...{ name: "readings", global_secondary_index: [{ name: "byDay" }] },
        local_secondary_index: [{ name: "byValue" }],
      },
    },
  });

  expect(edges).toEqual(["aws_lambda_function.worker aws_dynamodb_table.readings/byValue Query"]);
});

it("draws a queue and a function that are subscribed as what they are, and who gets e-mail as subscribers", () => {
  const { parts, edges } = new Architecture(
    new Stack({
      provider,
      resource: {
        aws_lambda_function: { worker: { function_name: "worker" } },
        aws_sns_topic: { news: { name: "news" } },
        aws_sns_topic_subscription: {
          fn: {
            topic_arn: "${aws_sns_topic.news.arn}",
            protocol: "lambda",
            endpoint: "${aws_lambda_function.worker.arn}",
          },
          mail: { topic_arn: "${aws_sns_topic.news.arn}", protocol: "email", endpoint: "a@example.com" },
          queue: { topic_arn: "${aws_sns_topic.news.arn}", protocol: "sqs", endpoint: "${aws_sqs_queue.work.arn}" },
        },
        aws_sqs_queue: { work: { name: "work" } },
      },
    }),
  );

  expect(parts.find(({ type }) => type === "aws_sns_topic_subscription")?.resources).toHaveLength(1);
  expect(edges.map(({ from, to }) => [from, to])).toEqual([
    ["aws_sns_topic.news", "aws_sns_topic_subscription"],
    ["aws_sns_topic.news", "aws_lambda_function.worker"],
    ["aws_sns_topic.news", "aws_sqs_queue.work"],
  ]);
});

it("ties what refers to each other without a role", () => {
  const edges = edgesOf({
    aws_cloudfront_distribution: { cdn: { origin: [{ origin_path: "/${aws_api_gateway_stage.prod.stage_name}" }] } },
    aws_api_gateway_rest_api: { api: { body: '{"paths":{}}' } },
    aws_api_gateway_stage: { prod: { stage_name: "prod", rest_api_id: "${aws_api_gateway_rest_api.api.id}" } },
    aws_kms_key: { key: {} },
    aws_s3_object: { code: { bucket: "${aws_s3_bucket.code.bucket}" } },
    aws_s3_bucket: { code: { bucket: "code" } },
    aws_lambda_function: { worker: { function_name: "worker", s3_bucket: "${aws_s3_object.code.bucket}" } },
    aws_sns_topic: { errors: { name: "errors" } },
    aws_sns_topic_subscription: { mail: { topic_arn: "${aws_sns_topic.errors.arn}", endpoint: "a@example.com" } },
  });

  expect(edges).toEqual([
    "clients aws_cloudfront_distribution.cdn",
    "clients aws_api_gateway_rest_api.api",
    "aws_cloudfront_distribution.cdn aws_api_gateway_rest_api.api",
    "aws_s3_bucket.code aws_lambda_function.worker code",
    "aws_sns_topic.errors aws_sns_topic_subscription",
  ]);
});

it("draws one of several stages that have functions of their own: the one behind CloudFront", () => {
  const uri = "arn:aws:lambda:us-east-1:000000000000:function:$${stageVariables.stage}-get-user/invocations";
  const operation = { "x-amazon-apigateway-integration": { uri } };
  const stage = (name: string) => ({ stage_name: name, variables: { stage: name } });
  const { parts, edges } = new Architecture(
    new Stack({
      provider,
      resource: {
        aws_api_gateway_rest_api: { api: { body: JSON.stringify({ paths: { "/users": { get: operation } } }) } },
        aws_api_gateway_stage: { dev: stage("dev"), prod: stage("prod") },
        aws_cloudfront_distribution: { cdn: { origin: "${aws_api_gateway_stage.prod.invoke_url}" } },
        aws_lambda_function: { d: { function_name: "dev-get-user" }, p: { function_name: "prod-get-user" } },
      },
    }),
  );

  expect(parts.map(({ id }) => id)).not.toContain("aws_lambda_function.d");
  expect(edges).toContainEqual({
    from: "aws_api_gateway_rest_api.api",
    to: "aws_lambda_function.p",
    labels: ["GET /users"],
  });
});

/** So many functions, each of which may do the same with a parameter. */
function readers(count: number): NonNullable<StackJson["resource"]> {
  const names = Array.from({ length: count }, (_, at) => `reader-${at}`);
  const each = (of: (name: string) => Readonly<Record<string, unknown>>) =>
    Object.fromEntries(names.map((name) => [name, of(name)]));
  return {
    aws_lambda_function: each((name) => ({ function_name: name, role: `\${aws_iam_role.${name}.arn}` })),
    aws_iam_role: each(() => ({ assume_role_policy: allow("sts:AssumeRole", "*") })),
    aws_iam_role_policy: each((name) => ({
      role: `\${aws_iam_role.${name}.name}`,
      policy: allow("ssm:GetParameter", "${aws_ssm_parameter.secret.arn}"),
    })),
    aws_ssm_parameter: { secret: { name: "/secret" } },
  };
}

it("joins the arrows of functions that make the same call, and of many draws one from their frame", () => {
  const stacks = Object.fromEntries(
    [1, 2, 4, 5, 9].map((count) => [`of${count}-dev`, { provider, resource: readers(count) }]),
  );
  const { picture } = draw(stacks);
  const labels = (count: number) => picture(`of${count}`).match(/>GetParameter[^<]*</g);
  expect([1, 2, 4].map(labels)).toEqual([[">GetParameter<"], [">GetParameter<"], [">GetParameter<"]]);
  expect(labels(5)).toEqual([">GetParameter, by 5 functions<"]);
  expect(labels(9)).toEqual([">GetParameter, by 9 functions<"]);
});

it("follows the reader's colour scheme, for every colour that has to change", () => {
  const svg = committedPicture("account");
  const rules = /<style>@media \(prefers-color-scheme: dark\) \{(.*)\}<\/style>/.exec(svg)?.[1] ?? "";
  for (const color of ["white", "#1f2328", "#57606a"]) expect(rules).toContain(`[fill="${color}"]{fill:#`);
});

it("leaves out an endpoint that no call takes", () => {
  const endpoint = (service: string) => ({ service_name: `com.amazonaws.us-east-1.${service}` });
  const { parts } = new Architecture(
    new Stack({
      provider,
      resource: {
        ...functionThat("dynamodb:GetItem", "${aws_dynamodb_table.t.arn}", { vpc_config: { subnet_ids: [] } }),
        aws_dynamodb_table: { t: { name: "t" } },
        aws_vpc_endpoint: { dynamodb: endpoint("dynamodb"), s3: endpoint("s3") },
      },
    }),
  );
  const endpoints = parts.filter(({ type }) => type === "aws_vpc_endpoint").map(({ id }) => id);
  expect(endpoints).toEqual(["aws_vpc_endpoint.dynamodb"]);
});

it("draws who may assume which role, and what managed policies let that role do with the stack's own", () => {
  const trust = (principal: object) =>
    JSON.stringify({
      Statement: [{ Effect: "Allow", Principal: principal, Action: ["sts:AssumeRoleWithWebIdentity"] }],
    });
  const resource = {
    aws_iam_openid_connect_provider: { ci: { url: "https://token.example.com" } },
    aws_iam_role: {
      deploy: {
        assume_role_policy: trust({ Federated: ["arn:aws:iam::000000000000:oidc-provider/token.example.com"] }),
      },
      // What is not somebody's who signs in has no box.
      service: { assume_role_policy: trust({ Service: ["firehose.amazonaws.com"] }) },
    },
    aws_iam_policy: { state: { policy: allow("s3:PutObject", "arn:aws:s3:::state/*") } },
    aws_iam_role_policy_attachment: {
      state: { role: "${aws_iam_role.deploy.name}", policy_arn: "${aws_iam_policy.state.arn}" },
    },
    aws_s3_bucket: { state: { bucket: "state" } },
  };
  const { parts, edges } = new Architecture(new Stack({ provider, resource }));
  expect(edges).toEqual([
    { from: "aws_iam_openid_connect_provider.ci", to: "aws_iam_role.deploy", labels: ["AssumeRole"] },
    { from: "aws_iam_role.deploy", to: "aws_s3_bucket.state", labels: ["PutObject"] },
  ]);
  expect(parts.map(({ id }) => id)).not.toContain("aws_iam_role.service");
});

it("refuses a type that nobody decided about, and a grant that it could not show, without a stack trace", () => {
  const strange = draw({ "strange-dev": { provider, resource: { aws_ec2_host: { host: {} } } } });
  const elsewhere = draw({
    "elsewhere-dev": { provider, resource: functionThat("s3:GetObject", "arn:aws:s3:::theirs/*") },
  });

  expect(strange.stderr).toBe("resource types must be in the catalogue, got aws_ec2_host; add them to aws/catalogue\n");
  expect(elsewhere.stderr).toBe(
    "a role's resources must be part of the stack, got arn:aws:s3:::theirs/*; name the resource by reference\n",
  );
  expect([strange.status, elsewhere.status]).toEqual([1, 1]);
});

it("says what to do when nothing is synthesized", () => {
  expect(draw({}).stderr).toBe("cdktf.out must contain synthesized stacks, got none; run npm run synth\n");
});
