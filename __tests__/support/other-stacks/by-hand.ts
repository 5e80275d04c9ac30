const policy = (...statements: object[]): string => JSON.stringify({ Version: "2012-10-17", Statement: statements });

const allow = (Action: string | string[], Resource: string | string[]) => ({ Effect: "Allow", Action, Resource });

const invokeUri =
  "arn:aws:apigateway:eu-central-1:lambda:path/2015-03-31/functions/${aws_lambda_function.keep.arn}/invocations";

/** The module of both functions: keeps what it is sent in a table, a bucket and a queue, and says so on a topic. */
export const handlerSource = `
const { DynamoDBClient, PutItemCommand } = require("@aws-sdk/client-dynamodb");
const { S3Client, PutObjectCommand } = require("@aws-sdk/client-s3");
const { SNSClient, PublishCommand } = require("@aws-sdk/client-sns");
const { SSMClient, GetParameterCommand } = require("@aws-sdk/client-ssm");
const { prefix } = require("./lib/prefix.js");
const { TABLE, BUCKET, TOPIC, PARAMETER } = process.env;
exports.handler = async ({ body, Records }) => {
  const text = body ?? Records[0].body;
  const key = prefix + (body === undefined ? "queued/" : "asked/");
  await new DynamoDBClient().send(new PutItemCommand({ TableName: TABLE, Item: { id: { S: key }, text: { S: text } } }));
  await new S3Client().send(new PutObjectCommand({ Bucket: BUCKET, Key: key, Body: text }));
  if (body === undefined) return;
  const { Parameter } = await new SSMClient().send(new GetParameterCommand({ Name: PARAMETER, WithDecryption: true }));
  await new SNSClient().send(new PublishCommand({ TopicArn: TOPIC, Message: text }));
  return { statusCode: 201, body: JSON.stringify({ kept: text, greeting: Parameter.Value }) };
};
`;

const fn = (name: string, filename: string) => ({
  function_name: name,
  role: "${aws_iam_role.things.arn}",
  runtime: "nodejs20.x",
  handler: "index.handler",
  timeout: 20,
  memory_size: 256,
  filename: `\${path.module}/${filename}`,
  source_code_hash: `\${filebase64sha256("\${path.module}/${filename}")}`,
  environment: {
    variables: {
      TABLE: "${aws_dynamodb_table.things.name}",
      BUCKET: "${aws_s3_bucket.things.id}",
      TOPIC: "${aws_sns_topic.things.arn}",
      PARAMETER: "${aws_ssm_parameter.greeting.name}",
    },
  },
  depends_on: ["aws_cloudwatch_log_group.things"],
});

const api = { rest_api_id: "${aws_api_gateway_rest_api.things.id}" };
const onThings = { ...api, resource_id: "${aws_api_gateway_resource.things.id}" };
const reading = { ...onThings, http_method: "${aws_api_gateway_method.describe.http_method}" };
const stageName = "${aws_api_gateway_stage.live.stage_name}";
const bucket = { bucket: "${aws_s3_bucket.things.id}" };

/** A stack as a person writes it, in Terraform's JSON: one of each type that the local run emulates. */
export const byHand = {
  terraform: { required_providers: { aws: { source: "hashicorp/aws", version: "~> 6.0" } } },
  provider: { aws: { region: "${var.region}" } },
  variable: { region: { type: "string", default: "eu-central-1" } },
  data: {
    aws_caller_identity: { me: {} },
    aws_iam_policy_document: {
      trust: {
        statement: {
          actions: ["sts:AssumeRole"],
          principals: { type: "Service", identifiers: ["lambda.amazonaws.com"] },
        },
      },
      reads: { statement: [{ actions: ["ssm:GetParameter"], resources: ["${aws_ssm_parameter.greeting.arn}"] }] },
    },
  },
  resource: {
    aws_api_gateway_api_key: { caller: { name: "caller" } },
    aws_api_gateway_authorizer: {
      users: { ...api, name: "users", authorizer_uri: "${aws_lambda_function.keep.invoke_arn}" },
      pool: {
        ...{ ...api, name: "pool", type: "COGNITO_USER_POOLS" },
        provider_arns: ["${aws_cognito_user_pool.people.arn}"],
      },
    },
    aws_api_gateway_deployment: {
      now: {
        ...api,
        triggers: { redeployment: "1" },
        depends_on: ["aws_api_gateway_integration.keep", "aws_api_gateway_integration_response.describe"],
      },
    },
    aws_api_gateway_gateway_response: {
      unauthorized: { ...api, response_type: "MISSING_AUTHENTICATION_TOKEN", status_code: "404" },
    },
    aws_api_gateway_integration: {
      describe: { ...reading, type: "MOCK", request_templates: { "application/json": '{"statusCode":200}' } },
      keep: {
        ...onThings,
        http_method: "${aws_api_gateway_method.keep.http_method}",
        type: "AWS_PROXY",
        integration_http_method: "POST",
        uri: invokeUri,
      },
    },
    aws_api_gateway_integration_response: {
      describe: {
        ...reading,
        status_code: "${aws_api_gateway_method_response.described.status_code}",
        response_templates: { "application/json": '{"about":"$input.params(\'about\')"}' },
      },
    },
    aws_api_gateway_method: {
      describe: {
        ...onThings,
        http_method: "GET",
        authorization: "NONE",
        request_parameters: { "method.request.querystring.about": true },
        request_validator_id: "${aws_api_gateway_request_validator.parameters.id}",
      },
      keep: { ...onThings, http_method: "POST", authorization: "NONE", api_key_required: true },
    },
    aws_api_gateway_method_response: {
      described: {
        ...reading,
        status_code: "200",
        response_models: { "application/json": "${aws_api_gateway_model.description.name}" },
      },
    },
    aws_api_gateway_model: {
      description: { ...api, name: "Description", content_type: "application/json", schema: '{"type":"object"}' },
    },
    aws_api_gateway_request_validator: {
      parameters: { ...api, name: "parameters", validate_request_parameters: true },
    },
    aws_api_gateway_resource: {
      things: { ...api, parent_id: "${aws_api_gateway_rest_api.things.root_resource_id}", path_part: "things" },
    },
    aws_api_gateway_method_settings: {
      all: {
        ...api,
        stage_name: stageName,
        method_path: "*/*",
        settings: { throttling_rate_limit: 50, throttling_burst_limit: 20 },
      },
    },
    aws_api_gateway_rest_api: { things: { name: "things" } },
    aws_api_gateway_rest_api_policy: {
      things: {
        ...api,
        policy: policy({ ...allow("execute-api:Invoke", "execute-api:/*"), Principal: "*" }),
      },
    },
    aws_api_gateway_stage: {
      live: { ...api, deployment_id: "${aws_api_gateway_deployment.now.id}", stage_name: "live" },
    },
    aws_api_gateway_usage_plan: {
      callers: { name: "callers", api_stages: { api_id: "${aws_api_gateway_rest_api.things.id}", stage: stageName } },
    },
    aws_api_gateway_usage_plan_key: {
      caller: {
        key_id: "${aws_api_gateway_api_key.caller.id}",
        key_type: "API_KEY",
        usage_plan_id: "${aws_api_gateway_usage_plan.callers.id}",
      },
    },
    aws_cloudfront_distribution: {
      front: {
        enabled: true,
        origin: {
          origin_id: "api",
          domain_name: "${aws_api_gateway_rest_api.things.id}.execute-api.eu-central-1.amazonaws.com",
          origin_path: "/live",
          custom_origin_config: {
            http_port: 80,
            https_port: 443,
            origin_protocol_policy: "https-only",
            origin_ssl_protocols: ["TLSv1.2"],
          },
        },
        default_cache_behavior: {
          target_origin_id: "api",
          allowed_methods: ["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"],
          cached_methods: ["GET", "HEAD"],
          viewer_protocol_policy: "redirect-to-https",
          cache_policy_id: "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
          origin_request_policy_id: "b689b0a8-53d0-40ab-baf2-68738e2966ac",
          response_headers_policy_id: "${aws_cloudfront_response_headers_policy.safe.id}",
        },
        restrictions: { geo_restriction: { restriction_type: "none" } },
        viewer_certificate: { cloudfront_default_certificate: true },
      },
    },
    aws_cloudfront_response_headers_policy: {
      safe: { name: "safe", security_headers_config: { content_type_options: { override: true } } },
    },
    aws_cloudwatch_log_group: { things: { name: "/aws/lambda/things-keep", retention_in_days: 14 } },
    aws_cognito_resource_server: {
      things: {
        ...{ user_pool_id: "${aws_cognito_user_pool.people.id}", identifier: "things", name: "things" },
        scope: { scope_name: "write", scope_description: "write things" },
      },
    },
    aws_cognito_user_pool: { people: { name: "people" } },
    aws_cognito_user_pool_client: {
      things: {
        ...{ name: "things", user_pool_id: "${aws_cognito_user_pool.people.id}" },
        allowed_oauth_scopes: "${aws_cognito_resource_server.things.scope_identifiers}",
      },
    },
    aws_dynamodb_table: {
      things: {
        name: "things",
        billing_mode: "PAY_PER_REQUEST",
        hash_key: "id",
        attribute: { name: "id", type: "S" },
      },
    },
    aws_iam_policy: {
      reads: {
        name: "things-reads",
        policy: "${data.aws_iam_policy_document.reads.json}",
      },
    },
    aws_cloudwatch_event_bus: { things: { name: "things" } },
    aws_cloudwatch_event_rule: {
      things: {
        name: "things",
        event_bus_name: "${aws_cloudwatch_event_bus.things.name}",
        event_pattern: JSON.stringify({ source: ["never"] }),
      },
    },
    aws_cloudwatch_event_target: {
      things: {
        rule: "${aws_cloudwatch_event_rule.things.name}",
        event_bus_name: "${aws_cloudwatch_event_bus.things.name}",
        arn: "${aws_sqs_queue.things.arn}",
      },
    },
    aws_iam_role: {
      scheduler: {
        name: "things-scheduler",
        assume_role_policy: policy({
          ...{ Effect: "Allow", Action: "sts:AssumeRole" },
          Principal: { Service: "scheduler.amazonaws.com" },
          Condition: { StringEquals: { "aws:SourceArn": "${aws_scheduler_schedule_group.things.arn}" } },
        }),
      },
      things: { name: "things", assume_role_policy: "${data.aws_iam_policy_document.trust.json}" },
    },
    aws_iam_role_policy: {
      schedules: {
        role: "${aws_iam_role.scheduler.name}",
        policy: policy(
          allow("sqs:SendMessage", "${aws_sqs_queue.things.arn}"),
          allow("sqs:SendMessage", "${aws_sqs_queue.dead.arn}"),
        ),
      },
      writes: {
        role: "${aws_iam_role.things.name}",
        policy: policy(
          allow("dynamodb:PutItem", "${aws_dynamodb_table.things.arn}"),
          allow("s3:PutObject", "${aws_s3_bucket.things.arn}/*"),
          allow("sns:Publish", "${aws_sns_topic.things.arn}"),
          allow("kms:Decrypt", "${aws_kms_key.things.arn}"),
        ),
      },
    },
    aws_iam_role_policy_attachment: {
      reads: { role: "${aws_iam_role.things.name}", policy_arn: "${aws_iam_policy.reads.arn}" },
      logs: {
        role: "${aws_iam_role.things.name}",
        policy_arn: "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole",
      },
      polls: {
        role: "${aws_iam_role.things.name}",
        policy_arn: "arn:aws:iam::aws:policy/service-role/AWSLambdaSQSQueueExecutionRole",
      },
    },
    aws_kms_alias: { things: { name: "alias/things", target_key_id: "${aws_kms_key.things.key_id}" } },
    aws_kms_key: { things: { description: "things" } },
    aws_kms_key_policy: {
      things: {
        key_id: "${aws_kms_key.things.id}",
        policy: policy({
          ...allow("kms:*", "*"),
          Principal: { AWS: "arn:aws:iam::${data.aws_caller_identity.me.account_id}:root" },
        }),
      },
    },
    aws_lambda_alias: {
      live: { name: "live", function_name: "${aws_lambda_function.keep.function_name}", function_version: "$LATEST" },
    },
    aws_lambda_event_source_mapping: {
      queue: {
        event_source_arn: "${aws_sqs_queue.things.arn}",
        function_name: "${aws_lambda_function.collect.arn}",
        batch_size: 1,
      },
    },
    aws_lambda_function: { keep: fn("things-keep", "keep.zip"), collect: fn("things-collect", "zips/collect.zip") },
    aws_lambda_function_event_invoke_config: {
      keep: { function_name: "${aws_lambda_function.keep.function_name}", maximum_retry_attempts: 1 },
    },
    aws_lambda_permission: {
      api: {
        function_name: "${aws_lambda_function.keep.function_name}",
        action: "lambda:InvokeFunction",
        principal: "apigateway.amazonaws.com",
        source_arn: "${aws_api_gateway_rest_api.things.execution_arn}/*",
      },
    },
    aws_s3_bucket: { things: { bucket: "things-of-a-person" } },
    aws_s3_bucket_cors_configuration: {
      things: { ...bucket, cors_rule: { allowed_methods: ["GET"], allowed_origins: ["https://a.test"] } },
    },
    aws_s3_bucket_lifecycle_configuration: {
      things: {
        ...bucket,
        rule: [{ id: "older", status: "Enabled", noncurrent_version_expiration: { noncurrent_days: 7 } }],
      },
    },
    aws_s3_bucket_notification: {
      things: {
        ...bucket,
        lambda_function: {
          lambda_function_arn: "${aws_lambda_function.keep.arn}",
          events: ["s3:ObjectCreated:*"],
          filter_prefix: "never/",
        },
      },
    },
    aws_s3_bucket_policy: {
      things: {
        ...bucket,
        policy: policy({ ...allow("s3:DeleteBucket", "${aws_s3_bucket.things.arn}"), Effect: "Deny", Principal: "*" }),
      },
    },
    aws_s3_bucket_server_side_encryption_configuration: {
      things: { ...bucket, rule: { apply_server_side_encryption_by_default: { sse_algorithm: "AES256" } } },
    },
    aws_s3_bucket_versioning: { things: { ...bucket, versioning_configuration: { status: "Enabled" } } },
    aws_s3_object: { first: { ...bucket, key: "first.txt", source: "first.txt" } },
    aws_scheduler_schedule: {
      things: {
        name: "things-yearly",
        group_name: "${aws_scheduler_schedule_group.things.name}",
        schedule_expression: "cron(0 0 29 2 ? 2196)",
        flexible_time_window: { mode: "OFF" },
        target: {
          arn: "${aws_sqs_queue.things.arn}",
          role_arn: "${aws_iam_role.scheduler.arn}",
          dead_letter_config: { arn: "${aws_sqs_queue.dead.arn}" },
        },
      },
    },
    aws_scheduler_schedule_group: { things: { name: "things" } },
    aws_sns_topic: { things: { name: "things" } },
    aws_sns_topic_policy: {
      things: {
        arn: "${aws_sns_topic.things.arn}",
        policy: policy({ ...allow("sns:Publish", "${aws_sns_topic.things.arn}"), Principal: { AWS: "*" } }),
      },
    },
    aws_sns_topic_subscription: {
      queue: {
        topic_arn: "${aws_sns_topic.things.arn}",
        protocol: "sqs",
        endpoint: "${aws_sqs_queue.things.arn}",
        raw_message_delivery: true,
      },
    },
    aws_sqs_queue: { dead: { name: "things-dead" }, things: { name: "things", visibility_timeout_seconds: 60 } },
    aws_sqs_queue_policy: {
      things: {
        queue_url: "${aws_sqs_queue.things.id}",
        policy: policy({
          ...allow("sqs:SendMessage", "${aws_sqs_queue.things.arn}"),
          Principal: { Service: "sns.amazonaws.com" },
          Condition: { ArnEquals: { "aws:SourceArn": "${aws_sns_topic.things.arn}" } },
        }),
      },
    },
    aws_sqs_queue_redrive_policy: {
      things: {
        queue_url: "${aws_sqs_queue.things.id}",
        redrive_policy: JSON.stringify({ deadLetterTargetArn: "${aws_sqs_queue.dead.arn}", maxReceiveCount: 3 }),
      },
    },
    aws_ssm_parameter: {
      greeting: { name: "/things/greeting", type: "SecureString", key_id: "${aws_kms_key.things.arn}", value: "hello" },
    },
    terraform_data: { version: { input: "1" } },
  },
};
