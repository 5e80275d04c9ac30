/** Arguments whose change replaces a sub-resource of a bucket. */
const ofBucket = ["bucket", "expected_bucket_owner"];
const ofNetwork = ["vpc_id"];
const named = ["name", "name_prefix"];

/**
 * Arguments whose change makes Terraform replace a resource, for the types that the stacks use. Providers tell that in no
 * schema. The types marked ✓ were compared with `ForceNew` and `RequiresReplace` in hashicorp/aws's source, as it was
 * found: of versions from 4 to 6, the API key's of 2023. The others are what they are known for. Not told are
 * replacements that depend on values: a security group's rule whose peer becomes one of another kind, a parameter that
 * goes back to the standard tier. Arguments of a listed type that are not named are taken to change in place. The plan
 * has the last word.
 */
export const replacing: Readonly<Record<string, readonly string[]>> = {
  aws_acm_certificate: ["domain_name", "subject_alternative_names", "validation_method", "key_algorithm"],
  aws_acm_certificate_validation: ["certificate_arn", "validation_record_fqdns"],
  aws_api_gateway_account: [],
  aws_api_gateway_api_key: ["name", "value"], // ✓
  aws_api_gateway_base_path_mapping: ["domain_name", "domain_name_id"],
  aws_api_gateway_deployment: ["rest_api_id", "triggers", "variables"], // ✓
  aws_api_gateway_domain_name: ["domain_name"],
  aws_api_gateway_method_settings: ["method_path", "rest_api_id", "stage_name"], // ✓
  aws_api_gateway_rest_api: [],
  aws_api_gateway_stage: ["rest_api_id", "stage_name"], // ✓
  aws_api_gateway_usage_plan: [],
  aws_api_gateway_usage_plan_key: ["key_id", "key_type", "usage_plan_id"], // ✓
  aws_appautoscaling_policy: ["name", "resource_id", "scalable_dimension", "service_namespace"], // ✓
  aws_appautoscaling_target: ["resource_id", "scalable_dimension", "service_namespace"], // ✓
  aws_cloudfront_distribution: ["staging"],
  aws_cloudfront_response_headers_policy: [], // ✓
  aws_cloudwatch_dashboard: ["dashboard_name"], // ✓
  aws_cloudwatch_log_delivery: ["delivery_destination_arn", "delivery_source_name"], // ✓
  aws_cloudwatch_log_delivery_destination: ["name", "output_format"], // ✓
  aws_cloudwatch_log_delivery_source: ["log_type", "name", "resource_arn"], // ✓
  aws_cloudwatch_log_group: [...named, "log_group_class"], // ✓
  aws_cloudwatch_log_stream: ["name", "log_group_name"],
  aws_cloudwatch_log_subscription_filter: ["name", "log_group_name", "destination_arn"], // ✓
  aws_cloudwatch_metric_alarm: ["alarm_name"],
  aws_codedeploy_app: ["compute_platform"], // ✓
  aws_codedeploy_deployment_group: [], // ✓
  aws_default_security_group: ["vpc_id"],
  aws_dynamodb_table: ["name", "hash_key", "range_key", "local_secondary_index"], // ✓
  aws_eip: ["domain", "address", "network_border_group", "public_ipv4_pool", "ipam_pool_id"], // ✓
  // ✓
  aws_flow_log: [
    ...["vpc_id", "subnet_id", "eni_id", "log_destination", "log_destination_type", "destination_options"],
    ...["traffic_type", "iam_role_arn", "deliver_cross_account_role", "log_format", "max_aggregation_interval"],
  ],
  aws_iam_openid_connect_provider: ["url"], // ✓
  aws_iam_policy: [...named, "path", "description"], // ✓
  aws_iam_role: [...named, "path"],
  aws_iam_role_policy: [...named, "role"], // ✓
  aws_iam_role_policy_attachment: ["role", "policy_arn"],
  aws_internet_gateway: [],
  aws_kinesis_firehose_delivery_stream: ["name", "destination"],
  aws_kms_alias: named,
  aws_kms_key: ["customer_master_key_spec", "key_usage", "multi_region", "custom_key_store_id", "xks_key_id"], // ✓
  aws_lambda_alias: ["name", "function_name"], // ✓
  aws_lambda_event_source_mapping: ["event_source_arn", "starting_position"],
  aws_lambda_function: ["function_name", "package_type", "tenancy_config"], // ✓
  aws_lambda_function_event_invoke_config: ["function_name", "qualifier"], // ✓
  // ✓
  aws_lambda_permission: [
    ...["action", "function_name", "qualifier", "principal", "principal_org_id", "source_arn", "source_account"],
    ...["statement_id", "statement_id_prefix", "event_source_token", "function_url_auth_type"],
    "invoked_via_function_url",
  ],
  aws_nat_gateway: ["subnet_id", "allocation_id", "connectivity_type", "private_ip"], // ✓
  aws_route: ["route_table_id", "destination_cidr_block", "destination_ipv6_cidr_block", "destination_prefix_list_id"],
  aws_route53_record: ["zone_id", "name", "set_identifier"],
  aws_route_table: ofNetwork,
  aws_route_table_association: ["subnet_id", "gateway_id"], // ✓
  aws_s3_bucket: ["bucket", "bucket_prefix", "object_lock_enabled"],
  aws_s3_bucket_cors_configuration: ofBucket, // ✓
  aws_s3_bucket_lifecycle_configuration: ofBucket, // ✓
  aws_s3_bucket_notification: ["bucket"],
  aws_s3_bucket_ownership_controls: ["bucket"],
  aws_s3_bucket_policy: ["bucket"],
  aws_s3_bucket_public_access_block: ["bucket"],
  aws_s3_bucket_server_side_encryption_configuration: ofBucket,
  aws_s3_bucket_versioning: ofBucket,
  aws_s3_object: ["bucket", "key"], // ✓
  aws_security_group: [...named, "description", "vpc_id"],
  aws_sns_topic: [...named, "fifo_topic"], // ✓
  aws_sns_topic_policy: ["arn"],
  aws_sns_topic_subscription: ["endpoint", "protocol", "topic_arn"], // ✓
  aws_sqs_queue: [...named, "fifo_queue"], // ✓
  aws_sqs_queue_policy: ["queue_url"],
  aws_ssm_parameter: ["name", "data_type"], // ✓
  aws_subnet: [...ofNetwork, "availability_zone", "availability_zone_id", "cidr_block", "ipv6_native", "outpost_arn"], // ✓
  aws_vpc: ["cidr_block"],
  aws_vpc_endpoint: [...ofNetwork, "service_name", "service_region", "vpc_endpoint_type"], // ✓
  aws_vpc_security_group_egress_rule: ["security_group_id"],
  aws_vpc_security_group_ingress_rule: ["security_group_id"], // ✓
  terraform_data: ["triggers_replace"],
};

/** Whether an argument's change replaces a resource; another region does, whatever it is (since version 6). */
export const replaces = (type: string, argument: string): boolean =>
  argument === "region" || (replacing[type]?.includes(argument) ?? false);
