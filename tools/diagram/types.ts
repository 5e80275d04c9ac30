/** A resource's arguments as they stand in the JSON. */
export type Arguments = Readonly<Record<string, unknown>>;

/** What is read of `cdk.tf.json`. */
export interface StackJson {
  readonly provider: { readonly aws: readonly [{ readonly region: string }] };
  readonly resource: Readonly<Record<string, Readonly<Record<string, Arguments>>>>;
}

/** A policy document, an API definition and a stage, as far as they are read. */
export interface Policy {
  readonly Statement: readonly { Effect: string; Action: string | string[]; Resource?: string | string[] }[];
}

export interface ApiBody {
  readonly paths: Record<string, Record<string, { "x-amazon-apigateway-integration"?: { uri?: string } }>>;
}

export interface Stage {
  readonly key: string;
  readonly stage_name: string;
  readonly variables?: Record<string, string>;
}

/** A box: a resource, an index of a table, or all resources of a type that is drawn as one. */
export interface Part {
  readonly id: string;
  readonly type: string;
  readonly resources: readonly Arguments[];
}

/** An arrow, and what it stands for. */
export interface Edge {
  readonly from: string;
  readonly to: string;
  readonly labels: readonly string[];
}

/** A frame around boxes. `private` and `public` stand inside `vpc`, and all but none inside `cloud`. */
export type Group = "cloud" | "vpc" | "private" | "public" | "functions" | "operations";

/** How a type is drawn. */
export interface Look {
  /** The file in aws-icons. */
  readonly icon: string;
  readonly kind: string;
  /** Where it stands. @default outside of AWS */
  readonly group?: Group;
  /** All of the type are one box. @default a box each */
  readonly together?: true;
}

/** Two that are no resources: who calls from outside, and an index of a table. */
export const clients = "clients";
export const index = "index";

const service = (name: string): string => `architecture-service/${name}`;
const resource = (name: string): string => `resource/${name}`;

/** The types that have a box. */
export const drawn: Readonly<Record<string, Look>> = {
  [clients]: { icon: resource("Client"), kind: "Clients" },
  aws_cloudfront_distribution: { icon: service("AmazonCloudFront"), kind: "CloudFront", group: "cloud" },
  aws_api_gateway_rest_api: { icon: service("AmazonAPIGateway"), kind: "API Gateway", group: "cloud" },
  aws_lambda_function: { icon: service("AWSLambda"), kind: "function", group: "functions" },
  aws_nat_gateway: { icon: resource("AmazonVPCNATGateway"), kind: "NAT gateway", group: "public", together: true },
  aws_vpc_endpoint: { icon: resource("AmazonVPCEndpoints"), kind: "endpoint", group: "vpc" },
  aws_dynamodb_table: { icon: service("AmazonDynamoDB"), kind: "table", group: "cloud" },
  [index]: { icon: resource("AmazonDynamoDBGlobalsecondaryindex"), kind: "index", group: "cloud" },
  aws_s3_bucket: { icon: service("AmazonSimpleStorageService"), kind: "bucket", group: "cloud" },
  aws_ssm_parameter: { icon: resource("AWSSystemsManagerParameterStore"), kind: "parameter", group: "cloud" },
  aws_sqs_queue: { icon: service("AmazonSimpleQueueService"), kind: "queue", group: "cloud" },
  aws_sns_topic: { icon: service("AmazonSimpleNotificationService"), kind: "topic", group: "cloud" },
  aws_kms_key: { icon: service("AWSKeyManagementService"), kind: "key", group: "cloud" },
  aws_cloudwatch_log_group: {
    icon: resource("AmazonCloudWatchLogs"),
    kind: "log group",
    group: "operations",
    together: true,
  },
  aws_kinesis_firehose_delivery_stream: { icon: service("AmazonDataFirehose"), kind: "Firehose", group: "operations" },
  aws_cloudwatch_metric_alarm: {
    icon: resource("AmazonCloudWatchAlarm"),
    kind: "alarm",
    group: "operations",
    together: true,
  },
  aws_sns_topic_subscription: { icon: resource("Email"), kind: "subscriber", together: true },
};

const words = (text: string): string[] => text.trim().split(/\s+/);

/** The types that have none: settings of a box, what edges and labels are read from, and what a glance need not see. */
export const leftOut: readonly string[] = words(`
  aws_acm_certificate aws_acm_certificate_validation aws_api_gateway_account aws_api_gateway_api_key
  aws_api_gateway_base_path_mapping aws_api_gateway_deployment aws_api_gateway_domain_name
  aws_api_gateway_method_settings aws_api_gateway_stage aws_api_gateway_usage_plan aws_api_gateway_usage_plan_key
  aws_appautoscaling_policy aws_appautoscaling_target aws_cloudfront_cache_policy
  aws_cloudfront_origin_request_policy aws_cloudfront_response_headers_policy
  aws_cloudwatch_dashboard aws_cloudwatch_log_delivery aws_cloudwatch_log_delivery_destination
  aws_cloudwatch_log_delivery_source aws_cloudwatch_log_stream aws_cloudwatch_log_subscription_filter
  aws_default_security_group aws_eip aws_flow_log aws_iam_openid_connect_provider aws_iam_policy aws_iam_role aws_iam_role_policy
  aws_iam_role_policy_attachment
  aws_internet_gateway aws_kms_alias aws_kms_key_policy aws_lambda_event_source_mapping
  aws_codedeploy_app aws_codedeploy_deployment_group aws_lambda_alias
  aws_lambda_function_event_invoke_config aws_lambda_permission aws_route aws_route53_record aws_route_table
  aws_route_table_association aws_s3_bucket_acl aws_s3_bucket_cors_configuration
  aws_s3_bucket_lifecycle_configuration aws_s3_bucket_notification aws_s3_bucket_ownership_controls
  aws_s3_bucket_policy aws_s3_bucket_public_access_block aws_s3_bucket_server_side_encryption_configuration
  aws_s3_bucket_versioning aws_s3_object aws_security_group aws_sns_topic_policy aws_sqs_queue_policy
  aws_sqs_queue_redrive_allow_policy aws_subnet aws_vpc aws_vpc_security_group_egress_rule
  aws_vpc_security_group_ingress_rule
  terraform_data
`);

/** What ties two boxes: a type, the arguments that name the start and the end (none: itself), and a label. */
export const links: readonly { type: string; from?: string; to?: string; label?: string }[] = [
  { type: "aws_api_gateway_stage", from: "rest_api_id", to: "access_log_settings" },
  { type: "aws_cloudfront_distribution", to: "logging_config", label: "access logs" },
  { type: "aws_cloudfront_distribution", to: "origin" },
  { type: "aws_cloudwatch_log_subscription_filter", from: "log_group_name", to: "destination_arn" },
  { type: "aws_cloudwatch_metric_alarm", to: "alarm_actions" },
  { type: "aws_lambda_event_source_mapping", from: "event_source_arn", to: "function_name", label: "messages" },
  { type: "aws_lambda_function", from: "s3_bucket", label: "code" },
  { type: "aws_lambda_function", to: "dead_letter_config", label: "on failure" },
  { type: "aws_lambda_function", to: "logging_config" },
  {
    type: "aws_lambda_function_event_invoke_config",
    from: "function_name",
    to: "destination_config",
    label: "on failure",
  },
  { type: "aws_s3_bucket_notification", from: "bucket", to: "lambda_function", label: "events" },
  { type: "aws_sns_topic_subscription", from: "topic_arn" },
  { type: "aws_sns_topic_subscription", from: "topic_arn", to: "endpoint" },
  { type: "aws_sqs_queue", to: "redrive_policy", label: "dead letters" },
];

/** Calls that carry nothing: a role allows them because a service asks for them. */
export const housekeeping: readonly string[] = words(`
  AbortMultipartUpload GetBucketLocation ListBucketMultipartUploads GetQueueAttributes
`);
