import { arnOf, bucketArn, objectArn } from "../../aws/arn";
import type { Statement } from "../../aws/policy";
import { encryptionContexts, type KeyUse } from "../data/encryption-key";
import { anyOf, type DeploymentScope, parametersOf, stackNames, type Tags, tagged } from "./deployment-scope";

/** Bucket and table of the systems' state. */
export interface StatePlace {
  readonly bucket: string;
  readonly lockTable: string;
  readonly region: string;
}

/** The resources that CI's identities work on. */
export interface CiScope extends DeploymentScope {
  readonly state: StatePlace;
  readonly tags: Tags;
  /** The permissions boundary that roles must have. @default none: roles are limited by their names alone */
  readonly boundaryArn?: string | undefined;
  /** The zones of Route 53 that domains are in. */
  readonly hostedZoneIds: readonly string[];
}

/** Keys of the systems' state, without the account's own. */
export const stateKeys = (deploymentScope: CiScope): string[] =>
  stackNames(deploymentScope).map((name) => objectArn(deploymentScope.state.bucket, `${name}/terraform.tfstate`));

/**
 * The items of the systems' locks and of their states' checksums (Terraform, "Backend type: s3": DynamoDB state
 * locking).
 */
export function lockItems(deploymentScope: CiScope, actions: readonly string[]): Statement {
  const { accountId, state } = deploymentScope;
  const { bucket, lockTable, region } = state;
  const ids = stackNames(deploymentScope).map((name) => `${bucket}/${name}/terraform.tfstate`);
  return {
    actions,
    resources: [arnOf("dynamodb", `table/${lockTable}`, { region, accountId })],
    conditions: {
      "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": ids.flatMap((id) => [id, `${id}-md5`]) },
      // Of no value, all are among these.
      Null: { "dynamodb:LeadingKeys": "false" },
    },
  };
}

/** Lets a role read the systems' state: what a plan that asks AWS nothing goes by. */
export const stateStatements = (deploymentScope: CiScope): Statement[] => [
  { actions: ["s3:ListBucket"], resources: [bucketArn(deploymentScope.state.bucket)] },
  { actions: ["s3:GetObject"], resources: stateKeys(deploymentScope) },
  lockItems(deploymentScope, ["dynamodb:GetItem"]),
];

/** Actions by which Terraform reads resources at plan. None returns data (items, objects). */
const describing = [
  ...["apigateway:GET", "acm:DescribeCertificate", "acm:ListTagsForCertificate"],
  ...["application-autoscaling:Describe*", "application-autoscaling:ListTagsForResource"],
  ...["cloudfront:Get*", "cloudfront:List*", "cloudwatch:Describe*", "cloudwatch:GetDashboard"],
  ...["cloudwatch:ListTagsForResource", "codedeploy:BatchGet*", "codedeploy:Get*", "codedeploy:List*"],
  ...[
    "cognito-idp:DescribeUserPoolDomain",
    "events:Describe*",
    "events:ListTagsForResource",
    "events:ListTargetsByRule",
  ],
  ...["dynamodb:Describe*", "dynamodb:ListTagsOfResource", "ec2:Describe*", "firehose:DescribeDeliveryStream"],
  ...["firehose:ListTagsForDeliveryStream", "iam:Get*", "iam:List*", "kms:Describe*", "kms:GetKeyPolicy"],
  ...["kms:GetKeyRotationStatus", "kms:List*", "lambda:Get*", "lambda:List*", "logs:Describe*", "logs:Get*Delivery*"],
  ...["logs:ListTagsForResource", "route53:Get*", "route53:List*", "s3:GetBucket*", "s3:GetEncryptionConfiguration"],
  ...["s3:GetAccelerateConfiguration", "s3:GetLifecycleConfiguration", "s3:GetReplicationConfiguration"],
  ...[
    "scheduler:Get*",
    "scheduler:ListTagsForResource",
    "s3:ListBucket",
    "sns:Get*",
    "sns:List*",
    "sqs:GetQueueAttributes",
    "sqs:GetQueueUrl",
    "sqs:ListQueueTags",
  ],
  ...["ssm:DescribeParameters", "ssm:ListTagsForResource"],
];

/** Buckets that code is deployed from. */
const codeBuckets = (deploymentScope: DeploymentScope): string[] =>
  stackNames(deploymentScope).map((name) => bucketArn(`${name}-code-*`));

/**
 * Statement for systems with a key of their own. Its id is unknown here; the encryption context identifies what is
 * encrypted.
 */
const decrypting = (use: KeyUse, arns: readonly string[]): Statement => ({
  actions: ["kms:Decrypt"],
  resources: ["*"],
  conditions: { ArnLike: { [encryptionContexts[use]]: arns } },
});

/** Lets a role plan. To compare a parameter, Terraform reads it, value and all. */
export const planStatements = (deploymentScope: CiScope): Statement[] => [
  // Most of these have no resource-level permissions; they return the configuration of all that the account has.
  { actions: describing, resources: ["*"] },
  { actions: ["ssm:GetParameter", "ssm:GetParameters"], resources: parametersOf(deploymentScope) },
  {
    actions: ["s3:GetObject", "s3:GetObjectAttributes", "s3:GetObjectTagging"],
    resources: codeBuckets(deploymentScope).map((bucket) => `${bucket}/*`),
  },
  // Not of others' pools, whose clients may have secrets.
  {
    actions: ["cognito-idp:Describe*", "cognito-idp:GetUserPoolMfaConfig"],
    resources: anyOf(deploymentScope, "cognito-idp", ["userpool"]),
    conditions: tagged(deploymentScope.tags),
  },
  decrypting("parameter", parametersOf(deploymentScope)),
  decrypting("bucket", codeBuckets(deploymentScope)),
  ...stateStatements(deploymentScope),
];
