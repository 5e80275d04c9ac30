import { logRetentionPeriods } from "../../../aws/limits";
import { inStack, matches, oneOf, type Rule, range } from "./rule";

const createTable = "DynamoDB API reference, CreateTable";

/** Rules of DynamoDB, S3 and other stores. */
export const dataRules: readonly Rule[] = [
  matches(
    "aws_dynamodb_table",
    "name",
    [/^[\w.-]{3,255}$/, "3–255 letters, digits, -, _ and ."],
    "DynamoDB developer guide, Supported data types and naming rules",
  ),
  oneOf("aws_dynamodb_table", "billing_mode", ["PAY_PER_REQUEST", "PROVISIONED"], createTable),
  oneOf("aws_dynamodb_table", "attribute.type", ["S", "N", "B"], createTable),
  ...["global_secondary_index", "local_secondary_index"].map((index) =>
    oneOf("aws_dynamodb_table", `${index}.projection_type`, ["ALL", "KEYS_ONLY", "INCLUDE"], createTable),
  ),
  ...["hash_key", "range_key"].flatMap((key) =>
    [key, `global_secondary_index.${key}`, `local_secondary_index.${key}`].map(
      (argument): Rule => ({
        ...{ type: "aws_dynamodb_table", argument, source: createTable },
        must: "an attribute that the table declares",
        accepts: (value, _, table) => table.blocks("attribute").some(({ attributes }) => attributes["name"] === value),
      }),
    ),
  ),
  matches(
    "aws_s3_bucket",
    "bucket",
    [/^(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, "3–63 small letters, digits, . and -"],
    "S3 user guide, General purpose bucket naming rules",
  ),
  inStack(
    "aws_s3_bucket_notification",
    "bucket",
    ["aws_s3_bucket"],
    "S3 API reference, PutBucketNotificationConfiguration",
  ),
  inStack(
    "aws_s3_bucket_notification",
    "lambda_function.lambda_function_arn",
    ["aws_lambda_function"],
    "S3 API reference, PutBucketNotificationConfiguration",
  ),
  inStack("aws_s3_bucket_cors_configuration", "bucket", ["aws_s3_bucket"], "S3 API reference, PutBucketCors"),
  inStack("aws_s3_bucket_versioning", "bucket", ["aws_s3_bucket"], "S3 API reference, PutBucketVersioning"),
  oneOf(
    "aws_s3_bucket_versioning",
    "versioning_configuration.status",
    ["Enabled", "Suspended", "Disabled"],
    "S3 API reference, PutBucketVersioning",
  ),
  oneOf(
    "aws_ssm_parameter",
    "type",
    ["String", "StringList", "SecureString"],
    "Systems Manager API reference, PutParameter",
  ),
  oneOf(
    "aws_cloudwatch_log_group",
    "retention_in_days",
    [0, ...logRetentionPeriods],
    "CloudWatch Logs API reference, PutRetentionPolicy",
  ),
  range("aws_kms_key", "deletion_window_in_days", [7, 30], "KMS API reference, ScheduleKeyDeletion"),
];
