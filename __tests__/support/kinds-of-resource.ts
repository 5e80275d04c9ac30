/** Of the kinds of resource that an action can be about (service authorization reference), those that a type is. */
export const kindsOf: Readonly<Record<string, readonly string[]>> = {
  aws_acm_certificate: ["certificate"],
  aws_api_gateway_account: ["Account"],
  aws_api_gateway_api_key: ["ApiKey", "ApiKeys"],
  aws_api_gateway_base_path_mapping: ["BasePathMapping", "BasePathMappings"],
  aws_api_gateway_deployment: ["Deployment", "Deployments"],
  aws_api_gateway_domain_name: ["DomainName", "DomainNames"],
  aws_api_gateway_method_settings: ["Stage"],
  aws_api_gateway_rest_api: ["RestApi", "RestApis"],
  aws_api_gateway_stage: ["Stage", "Stages"],
  aws_api_gateway_usage_plan: ["UsagePlan", "UsagePlans"],
  aws_api_gateway_usage_plan_key: ["UsagePlanKey", "UsagePlanKeys"],
  aws_cloudfront_distribution: ["distribution"],
  aws_cloudwatch_log_delivery: ["delivery"],
  aws_cloudwatch_log_delivery_destination: ["delivery-destination"],
  aws_cloudwatch_log_delivery_source: ["delivery-source", "distribution"],
  aws_cloudwatch_log_group: ["log-group"],
  aws_cloudwatch_metric_alarm: ["alarm"],
  aws_codedeploy_app: ["application"],
  aws_codedeploy_deployment_group: ["deploymentgroup"],
  aws_default_security_group: ["security-group"],
  aws_eip: ["elastic-ip"],
  aws_flow_log: ["vpc-flow-log", "vpc"],
  aws_internet_gateway: ["internet-gateway"],
  aws_lambda_event_source_mapping: ["eventSourceMapping"],
  aws_lambda_function: ["function", "object"],
  aws_nat_gateway: ["natgateway", "subnet", "elastic-ip"],
  aws_route_table: ["route-table"],
  aws_route_table_association: ["route-table", "subnet"],
  aws_s3_bucket: ["bucket", "object"],
  aws_s3_object: ["object", "bucket"],
  aws_security_group: ["security-group", "vpc"],
  aws_sns_topic: ["topic"],
  aws_ssm_parameter: ["parameter"],
  aws_subnet: ["subnet"],
  aws_vpc: ["vpc"],
  aws_vpc_endpoint: ["vpc-endpoint", "route-table", "security-group", "subnet"],
  aws_vpc_security_group_egress_rule: ["security-group-rule"],
  aws_vpc_security_group_ingress_rule: ["security-group-rule"],
};

/** Actions for which the reference lists kinds of resource that AWS does not ask about, with those that it does. */
export const misleading: Readonly<Record<string, readonly string[]>> = {
  "logs:DeleteDeliverySource": ["delivery-source"],
  // Of a table, in the calls that Terraform makes, and not of its stream.
  "dynamodb:ListTagsOfResource": ["table"],
  "dynamodb:TagResource": ["table"],
  "dynamodb:UntagResource": ["table"],
  // A subscription has no form of its own, and the topic is not in the call.
  "sns:GetSubscriptionAttributes": [],
  "sns:SetSubscriptionAttributes": [],
  "sns:Unsubscribe": [],
};

/** The call of EC2's that makes one and gives it tags; what is not here gets them in a call of their own. */
export const ec2Creates: Readonly<Record<string, string>> = {
  aws_eip: "AllocateAddress",
  aws_flow_log: "CreateFlowLogs",
  aws_internet_gateway: "CreateInternetGateway",
  aws_nat_gateway: "CreateNatGateway",
  aws_route_table: "CreateRouteTable",
  aws_security_group: "CreateSecurityGroup",
  aws_subnet: "CreateSubnet",
  aws_vpc: "CreateVpc",
  aws_vpc_endpoint: "CreateVpcEndpoint",
};
