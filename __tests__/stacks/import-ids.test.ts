import { readFileSync } from "node:fs";
import { join } from "node:path";
import { synthesizedStack } from "../support/synthesized-stack";
import { systems } from "../support/systems";

/** How an id is put together: parts in capitals, and what stands between them; or what it is as a whole. */
type Form = string;

/** By what each type is imported, with the example of the provider's documentation (website/docs/r, "Import"). */
const documented: Record<string, readonly [Form, example: string]> = {
  aws_acm_certificate: [
    "ARN",
    "arn:aws:acm:eu-central-1:123456789012:certificate/7e7a28d2-163f-4b8f-b9cd-822f96c08d6a",
  ],
  aws_api_gateway_account: ["ACCOUNT-ID", "123456789012"],
  aws_api_gateway_api_key: ["id", "8bklk8bl1k3sB38D9B3l0enyWT8c09B30lkq0blk"],
  aws_api_gateway_base_path_mapping: ["DOMAIN/BASE-PATH", "example.com/base-path"],
  aws_api_gateway_deployment: ["REST-API-ID/DEPLOYMENT-ID", "aabbccddee/1122334"],
  aws_api_gateway_domain_name: ["name", "dev.example.com"],
  aws_api_gateway_method_settings: ["REST-API-ID/STAGE/METHOD-PATH", "12345abcde/example/test/GET"],
  aws_api_gateway_rest_api: ["id", "12345abcde"],
  aws_api_gateway_stage: ["REST-API-ID/STAGE", "12345abcde/example"],
  aws_api_gateway_usage_plan: ["id", "<usage_plan_id>"],
  aws_api_gateway_usage_plan_key: ["USAGE-PLAN-ID/KEY-ID", "12345abcde/zzz"],
  aws_appautoscaling_policy: [
    "dynamodb/table/TABLE/dynamodb:table:ReadCapacityUnits/POLICY-NAME",
    "service-namespace/resource-id/scalable-dimension/policy-name",
  ],
  aws_appautoscaling_target: [
    "dynamodb/table/TABLE/dynamodb:table:ReadCapacityUnits",
    "service-namespace/resource-id/scalable-dimension",
  ],
  aws_cloudfront_distribution: ["id", "E74FTE3EXAMPLE"],
  aws_cloudfront_response_headers_policy: ["id", "658327ea-f89d-4fab-a63d-7e88639e58f9"],
  aws_cloudwatch_dashboard: ["name", "dashboard_name"],
  aws_cloudwatch_log_delivery: ["id", "jsoGVi4Zq8VlYp9n"],
  aws_cloudwatch_log_delivery_destination: ["name", "example"],
  aws_cloudwatch_log_delivery_source: ["name", "example"],
  aws_cloudwatch_log_group: ["name", "yada"],
  aws_cloudwatch_log_stream: ["LOG-GROUP:STREAM", "example-group:example-stream"],
  aws_cloudwatch_log_subscription_filter: [
    "LOG-GROUP|FILTER",
    "/aws/lambda/example_lambda_name|test_lambdafunction_logfilter",
  ],
  aws_cloudwatch_metric_alarm: ["name", "alarm-12345"],
  aws_codedeploy_app: ["name", "my-application"],
  aws_codedeploy_deployment_group: ["APPLICATION:GROUP", "my-application:my-deployment-group"],
  aws_default_security_group: ["id", "sg-903004f8"],
  aws_dynamodb_table: ["name", "GameScores"],
  aws_eip: ["id", "eipalloc-00a10e96"],
  aws_flow_log: ["id", "fl-1a2b3c4d"],
  aws_iam_openid_connect_provider: ["ARN", "arn:aws:iam::123456789012:oidc-provider/accounts.google.com"],
  aws_iam_policy: ["ARN", "arn:aws:iam::123456789012:policy/UsersManageOwnCredentials"],
  aws_iam_role: ["name", "developer_name"],
  aws_iam_role_policy: ["ROLE:POLICY", "role_of_mypolicy_name:mypolicy_name"],
  aws_iam_role_policy_attachment: ["ROLE/POLICY-ARN", "test-role/arn:aws:iam::xxxxxxxxxxxx:policy/test-policy"],
  aws_internet_gateway: ["id", "igw-c0a643a9"],
  aws_kinesis_firehose_delivery_stream: ["ARN", "arn:aws:firehose:us-east-1:123456789012:deliverystream/example"],
  aws_kms_alias: ["alias/NAME", "alias/my-key-alias"],
  aws_kms_key: ["id", "1234abcd-12ab-34cd-56ef-1234567890ab"],
  aws_lambda_alias: ["FUNCTION/ALIAS", "my_test_lambda_function/my_alias"],
  aws_lambda_function: ["name", "my_test_lambda_function"],
  aws_lambda_function_event_invoke_config: ["FUNCTION:QUALIFIER", "my_function:production"],
  aws_lambda_permission: [
    "FUNCTION:QUALIFIER/STATEMENT-ID",
    "my_test_lambda_function:qualifier_name/AllowExecutionFromCloudWatch",
  ],
  aws_nat_gateway: ["id", "nat-05dba92075d71c408"],
  aws_route: ["ROUTE-TABLE-ID_DESTINATION", "rtb-656C65616E6F72_10.42.0.0/16"],
  aws_route53_record: ["ZONE-ID_NAME_TYPE", "Z4KAPRWWNC7JR_dev.example.com_NS"],
  aws_route_table: ["id", "rtb-4e616f6d69"],
  aws_route_table_association: ["SUBNET-ID/ROUTE-TABLE-ID", "subnet-6777656e646f6c796e/rtb-656c65616e6f72"],
  aws_s3_bucket: ["name", "bucket-name"],
  aws_s3_bucket_cors_configuration: ["name", "bucket-name"],
  aws_s3_bucket_lifecycle_configuration: ["name", "bucket-name"],
  aws_s3_bucket_ownership_controls: ["name", "my-bucket"],
  aws_s3_bucket_policy: ["name", "my-tf-test-bucket"],
  aws_s3_bucket_public_access_block: ["name", "my-bucket"],
  aws_s3_bucket_server_side_encryption_configuration: ["name", "bucket-name"],
  aws_s3_bucket_versioning: ["name", "bucket-name"],
  aws_s3_object: ["BUCKET/KEY", "some-bucket-name/some/key.txt"],
  aws_security_group: ["id", "sg-903004f8"],
  aws_sns_topic: ["ARN", "arn:aws:sns:us-west-2:123456789012:my-topic"],
  aws_sns_topic_policy: ["ARN", "arn:aws:sns:us-west-2:123456789012:my-topic"],
  aws_sns_topic_subscription: [
    "ARN",
    "arn:aws:sns:us-west-2:123456789012:my-topic:8a21d249-4329-4871-acc6-7be709c6ea7f",
  ],
  aws_sqs_queue: ["URL", "https://queue.amazonaws.com/80398EXAMPLE/MyQueue"],
  aws_sqs_queue_policy: ["URL", "https://queue.amazonaws.com/123456789012/myqueue"],
  aws_ssm_parameter: ["name", "/my_path/my_paramname"],
  aws_subnet: ["id", "subnet-9d4a7b6c"],
  aws_vpc: ["id", "vpc-a01106c2"],
  aws_vpc_endpoint: ["id", "vpce-3ecf2a57"],
  aws_vpc_security_group_egress_rule: ["id", "sgr-02108b27edd666983"],
  aws_vpc_security_group_ingress_rule: ["id", "sgr-02108b27edd666983"],
};

/** Types without a form of their own: Terraform's, which accepts any id, and one that only waits. */
const others: Record<string, Form> = { terraform_data: "id", aws_acm_certificate_validation: "none" };

const page = readFileSync(join(__dirname, "../../docs/runbooks/leave.md"), "utf8");
const [, section = ""] = page.split("What `import` takes");
const typesIn = (text: string): string[] =>
  [...text.matchAll(/`((?:aws|terraform)_\w+)`/g)].map(([, type = ""]) => type);

/** The forms on the page: the rows of its table, and its lists. */
function said(): [type: string, Form][] {
  const rows = [...section.matchAll(/^\| `(\w+)` \| ([^ ,:]+(?:[:][^ ,]+)*)/gm)].map(
    ([, type = "", form = ""]): [string, Form] => [type, form.replaceAll("\\|", "|")],
  );
  const lists = [...section.matchAll(/^By (?:the )?(ARN|URL|name|id)\b([\s\S]*?)\n\n/gm)].flatMap(
    ([, form = "", text = ""]) => typesIn(text).map((type): [string, Form] => [type, form]),
  );
  const none = [...section.matchAll(/^`(\w+)` can't be imported/gm)].map(([, type = ""]): [string, Form] => [
    type,
    "none",
  ]);
  return [...rows, ...lists, ...none];
}

const forms = { ...Object.fromEntries(Object.entries(documented).map(([type, [form]]) => [type, form])), ...others };

it("says of each type by which id it is imported, as the provider's documentation has it, and once", () => {
  expect(said().sort()).toEqual(Object.entries(forms).sort());
  expect(
    said()
      .map(([type]) => type)
      .sort(),
  ).toEqual([...typesIn(section)].sort());
});

it.each(["account", ...systems])("leaves out no type that %s has", (system) => {
  for (const environment of ["dev", "prod"] as const) {
    const emitted = Object.keys(synthesizedStack(system, environment).json.resource);

    expect(emitted.filter((type) => !(type in forms))).toEqual([]);
  }
});

/** Patterns of forms. Words that are written out stand for themselves in every type, as `service-namespace`. */
const shapes: Record<string, RegExp> = { ARN: /^arn:aws:/, URL: /^https:/, name: /^[^:|]+$/, id: /^[^:/|]+$/ };
const shapeOf = (form: Form): RegExp =>
  shapes[form] ??
  new RegExp(
    `^${form
      .replace("dynamodb/table/TABLE/dynamodb:table:ReadCapacityUnits", "NAMESPACE/RESOURCE/DIMENSION")
      .replace("|", "\\|")
      .replace(/[A-Z][A-Z-]+/g, ".+")}$`,
  );

it.each(Object.entries(documented))("has a form for %s that its documented example fits", (_, [form, example]) => {
  expect(example).toMatch(shapeOf(form));
});
