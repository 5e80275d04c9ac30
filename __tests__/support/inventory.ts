/** Type of resource → how many there are. */
type Counts = Readonly<Record<string, number>>;

/** The resources that each of a construct always brings. */
const resources = {
  /** In two zones, without a way to the internet. */
  network: {
    aws_cloudwatch_log_group: 1,
    aws_default_security_group: 1,
    aws_flow_log: 1,
    aws_iam_role: 1,
    aws_iam_role_policy: 1,
    aws_internet_gateway: 1,
    aws_route: 1,
    aws_route_table: 3,
    aws_route_table_association: 4,
    aws_security_group: 1,
    aws_subnet: 4,
    aws_vpc: 1,
    aws_vpc_endpoint: 2,
    aws_vpc_security_group_egress_rule: 1,
  },
  /** One for the private subnets of both zones. */
  natGateway: { aws_eip: 1, aws_nat_gateway: 1, aws_route: 2 },
  restApi: { aws_api_gateway_deployment: 1, aws_api_gateway_rest_api: 1 },
  /** With its logs of accesses and of executions. */
  apiStage: { aws_api_gateway_method_settings: 1, aws_api_gateway_stage: 1, aws_cloudwatch_log_group: 2 },
  /** With a key. */
  usagePlan: { aws_api_gateway_api_key: 1, aws_api_gateway_usage_plan: 1, aws_api_gateway_usage_plan_key: 1 },
  function: {
    aws_cloudwatch_log_group: 1,
    aws_iam_role: 1,
    aws_iam_role_policy: 1,
    aws_lambda_alias: 1,
    aws_lambda_function: 1,
  },
  bucket: {
    aws_s3_bucket: 1,
    aws_s3_bucket_lifecycle_configuration: 1,
    aws_s3_bucket_ownership_controls: 1,
    aws_s3_bucket_policy: 1,
    aws_s3_bucket_public_access_block: 1,
    aws_s3_bucket_server_side_encryption_configuration: 1,
    aws_s3_bucket_versioning: 1,
  },
  topic: { aws_sns_topic: 1, aws_sns_topic_policy: 1 },
  queue: { aws_sqs_queue: 1, aws_sqs_queue_policy: 1 },
  logArchive: {
    aws_cloudwatch_log_group: 1,
    aws_cloudwatch_log_stream: 1,
    aws_iam_role: 2,
    aws_iam_role_policy: 2,
    aws_kinesis_firehose_delivery_stream: 1,
  },
  rollout: { aws_codedeploy_app: 1, aws_iam_role: 1, aws_iam_role_policy: 1 },
} as const satisfies Record<string, Counts>;

/** So many constructs of each kind. */
type Constructs = Readonly<Partial<Record<keyof typeof resources, number>>>;

/** The resources of a stack: those that its constructs always bring, and those that are its own. */
export function inventory(constructs: Constructs, own: Counts): Counts {
  const sum: Record<string, number> = {};
  const add = (counts: Counts, times: number) => {
    for (const [type, count] of Object.entries(counts)) sum[type] = (sum[type] ?? 0) + count * times;
  };
  add(own, 1);
  for (const [construct, counts] of Object.entries(resources))
    add(counts, constructs[construct as keyof Constructs] ?? 0);
  return Object.fromEntries(Object.entries(sum).filter(([, count]) => count > 0));
}
