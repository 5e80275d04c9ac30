import { inStack, json, type Rule } from "./rule";

const policyGrammar = "IAM user guide, Grammar of the IAM JSON policy language";

/** Rules on policy documents. */
export const policyRules: readonly Rule[] = [
  ["aws_iam_role", "assume_role_policy"],
  ["aws_iam_role_policy", "policy"],
  ["aws_iam_policy", "policy"],
  ["aws_kms_key", "policy"],
  ["aws_kms_key_policy", "policy"],
  ["aws_s3_bucket_policy", "policy"],
  ["aws_sns_topic", "policy"],
  ["aws_sns_topic_policy", "policy"],
  ["aws_sqs_queue", "policy"],
  ["aws_sqs_queue_policy", "policy"],
].map(([type = "", argument = ""]) => json(type, argument, policyGrammar));

/** Rules on roles' policies. */
export const roleRules: readonly Rule[] = ["aws_iam_role_policy", "aws_iam_role_policy_attachment"].map((type) =>
  inStack(type, "role", ["aws_iam_role"], "IAM API reference, PutRolePolicy, AttachRolePolicy"),
);
