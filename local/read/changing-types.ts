/**
 * Types that are not emulated and would make an emulated one act differently from AWS: type → what would differ. A
 * stack with one of these does not start. Any other type that is unknown here is only listed.
 */
export const changingTypes: ReadonlyMap<string, string> = new Map([
  // Parts of a REST API that stand beside its document.
  ["aws_api_gateway_rest_api_put", "which routes there are"],
  ["aws_wafv2_web_acl_association", "which requests are let through"],
  ["aws_wafregional_web_acl_association", "which requests are let through"],
  // Rights that stand beside roles and policies.
  ["aws_iam_policy_attachment", "what roles may do"],
  ["aws_iam_role_policies_exclusive", "what roles may do"],
  ["aws_iam_role_policy_attachments_exclusive", "what roles may do"],
  ["aws_dynamodb_resource_policy", "who may use a table"],
  ["aws_kms_grant", "who may use a key"],
  ["aws_sns_topic_data_protection_policy", "which messages are let through"],
  // What calls functions, or is there before anybody has written it.
  ["aws_dynamodb_table_item", "the items of a table"],
  ["aws_s3_bucket_object", "the objects of a bucket"],
  ["aws_s3_bucket_object_lock_configuration", "which objects can be deleted"],
]);
