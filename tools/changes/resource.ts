import type { Arguments, StackJson } from "../../stack-json/document";

/** A resource of a stack, and what people call it. */
export interface Resource {
  /** `aws_dynamodb_table.records` */
  readonly address: string;
  readonly type: string;
  /** The construct's path below the stack: `get-record/role`. */
  readonly path: string;
  /** `DynamoDB table records` */
  readonly label: string;
  /** What is said to the provider, and nothing else. */
  readonly args: Arguments;
  /** Arguments that Terraform leaves as they are. */
  readonly ignored: readonly string[];
  /** What replaces it whenever that changes. */
  readonly replacedBy: readonly string[];
}

/** What types are called, where the words of their names do not say it well. */
const typeNames: Readonly<Record<string, string>> = {
  aws_api_gateway_api_key: "API key",
  aws_api_gateway_rest_api: "API",
  aws_cloudfront_distribution: "CloudFront distribution",
  aws_cloudwatch_dashboard: "dashboard",
  aws_cloudwatch_log_group: "log group",
  aws_cloudwatch_metric_alarm: "alarm",
  aws_dynamodb_table: "DynamoDB table",
  aws_eip: "public address",
  aws_iam_role: "role",
  aws_iam_role_policy: "role policy",
  aws_kinesis_firehose_delivery_stream: "Firehose",
  aws_kms_key: "KMS key",
  aws_lambda_function: "function",
  aws_s3_bucket: "bucket",
  aws_sns_topic: "topic",
  aws_sqs_queue: "queue",
  aws_ssm_parameter: "parameter",
  aws_vpc: "VPC",
  terraform_data: "value",
};

const typeName = (type: string): string => typeNames[type] ?? type.replace(/^aws_/, "").replaceAll("_", " ");

interface Lifecycle {
  readonly ignore_changes?: readonly string[] | "all";
  readonly replace_triggered_by?: readonly string[];
}

function resourceOf(type: string, name: string, stated: Arguments): Resource {
  const { "//": note, lifecycle = {}, depends_on: _, ...args } = stated;
  const { ignore_changes = [], replace_triggered_by = [] } = lifecycle as Lifecycle;
  const constructPath = (note as { metadata?: { path?: string } } | undefined)?.metadata?.path;
  const path = constructPath?.replace(/^[^/]*\//, "").replace(/\/Default$/, "") ?? name;
  const ignored = ignore_changes === "all" ? Object.keys(args) : ignore_changes;
  return {
    address: `${type}.${name}`,
    type,
    path,
    label: `${typeName(type)} ${path}`,
    args,
    ignored,
    replacedBy: replace_triggered_by,
  };
}

/** The resources of a stack, by address. */
export function resourcesOf({ resource = {} }: StackJson): Map<string, Resource> {
  const all = Object.entries(resource).flatMap(([type, named]) =>
    Object.entries(named).map(([name, args]) => resourceOf(type, name, args)),
  );
  return new Map(all.map((one) => [one.address, one]));
}

const reference = /\$\{((?:aws_\w+|terraform_data)\.[\w-]+)\.[\w.[\]-]+\}/g;

/** A text with paths instead of references: `${aws_s3_bucket.logs.arn}/a/*` → `logs/a/*`. */
export const inWords = (text: string, resources: ReadonlyMap<string, Resource>): string =>
  text.replace(reference, (whole, address: string) => resources.get(address)?.path ?? whole);
