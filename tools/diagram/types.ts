import { nounOf, resourceType } from "../../aws/catalogue";
import type { Arguments } from "../../stack-json/document";

/** An API's definition and a stage, as far as they are read. */
export interface ApiBody {
  readonly components?: {
    readonly securitySchemes?: Record<
      string,
      { "x-amazon-apigateway-authorizer"?: { authorizerUri?: string; providerARNs?: readonly string[] } }
    >;
  };
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

/** Style of a type's box. */
export interface BoxStyle {
  /** The file in aws-icons. */
  readonly icon: string;
  readonly kind: string;
  /** The frame that it is in. @default outside of AWS */
  readonly group?: Group;
  /** All of the type are one box. @default a box each */
  readonly together?: true;
  /** Which of the type are in a box. @default all */
  readonly only?: (resource: Arguments) => boolean;
}

/** Two that are no resources: who calls from outside, and an index of a table. */
export const clients = "clients";
export const index = "index";

/** Frame of a type, and the noun on its box in place of the catalogue's. */
interface Place extends Pick<BoxStyle, "group" | "together" | "only">, Partial<Pick<BoxStyle, "icon" | "kind">> {}

/** The types that have a box; others are settings of one, what edges and labels are read from, or more than a glance need see. */
const places: Readonly<Record<string, Place>> = {
  [clients]: { icon: "resource/Client", kind: "Clients" },
  aws_cloudfront_distribution: { kind: "CloudFront", group: "cloud" },
  aws_api_gateway_rest_api: { kind: "API Gateway", group: "cloud" },
  aws_lambda_function: { group: "functions" },
  aws_nat_gateway: { group: "public", together: true },
  aws_vpc_endpoint: { group: "vpc" },
  aws_dynamodb_table: { group: "cloud" },
  [index]: { icon: "resource/AmazonDynamoDBGlobalsecondaryindex", kind: "index", group: "cloud" },
  aws_s3_bucket: { group: "cloud" },
  aws_ssm_parameter: { group: "cloud" },
  aws_sqs_queue: { group: "cloud" },
  aws_sns_topic: { group: "cloud" },
  aws_scheduler_schedule: { group: "cloud" },
  aws_cloudwatch_event_bus: { group: "cloud" },
  aws_cognito_user_pool: { group: "cloud" },
  aws_kms_key: { group: "cloud" },
  aws_iam_openid_connect_provider: { group: "cloud" },
  aws_api_gateway_account: {
    icon: "architecture-service/AmazonAPIGateway",
    kind: "API Gateway setting",
    group: "cloud",
    together: true,
  },
  aws_iam_role: { group: "cloud" },
  aws_cloudwatch_log_group: { group: "operations", together: true },
  aws_kinesis_firehose_delivery_stream: { group: "operations" },
  aws_cloudwatch_metric_alarm: { group: "operations", together: true },
  aws_sns_topic_subscription: {
    kind: "subscriber",
    together: true,
    // Others are an arrow to what has a box of its own.
    only: ({ protocol }) => protocol !== "sqs" && protocol !== "lambda",
  },
};

/** Styles by type. */
export const drawn: Readonly<Record<string, BoxStyle>> = Object.fromEntries(
  Object.entries(places).map(([type, place]) => [
    type,
    { icon: resourceType(type)?.icon ?? "", kind: nounOf(type), ...place },
  ]),
);

const words = (text: string): string[] => text.trim().split(/\s+/);

/** Resources drawn as edges: a type, the arguments that name its ends (none: itself), and a label. */
export const links: readonly { type: string; from?: string; to?: string; label?: string }[] = [
  { type: "aws_api_gateway_account", to: "cloudwatch_role_arn", label: "AssumeRole" },
  { type: "aws_api_gateway_stage", from: "rest_api_id", to: "access_log_settings" },
  { type: "aws_cloudfront_distribution", to: "logging_config", label: "access logs" },
  { type: "aws_cloudfront_distribution", to: "origin" },
  { type: "aws_cloudwatch_event_target", from: "event_bus_name", to: "arn", label: "events" },
  { type: "aws_cloudwatch_event_target", from: "event_bus_name", to: "dead_letter_config", label: "on failure" },
  { type: "aws_cloudwatch_log_subscription_filter", from: "log_group_name", to: "destination_arn" },
  { type: "aws_cloudwatch_metric_alarm", to: "alarm_actions" },
  { type: "aws_lambda_event_source_mapping", from: "event_source_arn", to: "function_name", label: "events" },
  { type: "aws_lambda_event_source_mapping", from: "function_name", to: "destination_config", label: "on failure" },
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

/** Calls that carry nothing: a role allows them because a service asks for them, or makes them where a link says so. */
export const housekeeping: readonly string[] = words(`
  AbortMultipartUpload GetBucketLocation ListBucketMultipartUploads GetQueueAttributes
  DeleteMessage ReceiveMessage DescribeStream GetRecords GetShardIterator ListStreams
`);
