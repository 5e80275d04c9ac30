import { arnOf, bucketArn, objectArn, parameterArn } from "../../aws/arn";
import type { Statement } from "../../aws/policy";
import { encryptionContexts, type KeyUse } from "../data/encryption-key";
import type { StackContext } from "../synth/stack-context";
import { stateNames } from "../synth/state-backend";

/** What identities of CI work on. */
export interface Territory {
  readonly stack: StackContext;
  /** Name → region. */
  readonly systems: Readonly<Record<string, string>>;
}

/** The systems' stacks, with whose names the names of all that they make begin. */
export const stackNames = ({ stack, systems }: Territory): string[] =>
  Object.keys(systems).map((system) => `${system}-${stack.environment.name}`);

/** The region of the state of an environment's stacks. */
const stateRegion = ({ stack }: Territory): string => stack.environment.account?.region ?? stack.region;

const stateOf = (territory: Territory) =>
  stateNames({ accountId: territory.stack.accountId, account: { region: stateRegion(territory) } });

/** Where the systems' state is. */
export const stateKeys = (territory: Territory): string[] =>
  stackNames(territory).map((name) => objectArn(stateOf(territory).bucket, `${name}/terraform.tfstate`));

/** State of the systems, never the account's own, and the locks, which a plan takes too. */
function stateStatements(territory: Territory): Statement[] {
  const { bucket, lockTable } = stateOf(territory);
  const keys = stateKeys(territory);
  return [
    { actions: ["s3:ListBucket"], resources: [bucketArn(bucket)] },
    { actions: ["s3:GetObject"], resources: keys },
    // A lock is an item, or a file beside the state.
    {
      actions: ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:DeleteItem"],
      resources: [
        arnOf("dynamodb", `table/${lockTable}`, {
          region: stateRegion(territory),
          accountId: territory.stack.accountId,
        }),
      ],
    },
    { actions: ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"], resources: keys.map((key) => `${key}.tflock`) },
  ];
}

/** What Terraform asks about resources when it plans. Calls that would give it data (items, objects) are not among them. */
const describing = [
  ...["apigateway:GET", "acm:DescribeCertificate", "acm:ListTagsForCertificate"],
  ...["application-autoscaling:Describe*", "application-autoscaling:ListTagsForResource"],
  ...["cloudfront:Get*", "cloudfront:List*", "cloudwatch:Describe*", "cloudwatch:GetDashboard"],
  ...["cloudwatch:ListTagsForResource", "codedeploy:BatchGet*", "codedeploy:Get*", "codedeploy:List*"],
  ...["dynamodb:Describe*", "dynamodb:ListTagsOfResource", "ec2:Describe*", "firehose:DescribeDeliveryStream"],
  ...["firehose:ListTagsForDeliveryStream", "iam:Get*", "iam:List*", "kms:Describe*", "kms:GetKeyPolicy"],
  ...["kms:GetKeyRotationStatus", "kms:List*", "lambda:Get*", "lambda:List*", "logs:Describe*", "logs:Get*Delivery*"],
  ...["logs:ListTagsForResource", "route53:Get*", "route53:List*", "s3:GetBucket*", "s3:GetEncryptionConfiguration"],
  ...["s3:GetAccelerateConfiguration", "s3:GetLifecycleConfiguration", "s3:GetReplicationConfiguration"],
  ...["s3:ListBucket", "sns:Get*", "sns:List*", "sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:ListQueueTags"],
  ...["ssm:DescribeParameters", "ssm:ListTagsForResource"],
];

/** The systems' parameters. */
export const parameters = ({ stack, systems }: Territory): string[] =>
  Object.entries(systems).map(([system, region]) =>
    parameterArn(`/${system}/${stack.environment.name}/*`, { region, accountId: stack.accountId }),
  );

/** Buckets that code is deployed from. */
const codeBuckets = (territory: Territory): string[] =>
  stackNames(territory).map((name) => bucketArn(`${name}-code-*`));

/** Where a system has a key of its own. Its id nobody can foresee; what is encrypted with it, the context tells. */
const decrypting = (use: KeyUse, arns: readonly string[]): Statement => ({
  actions: ["kms:Decrypt"],
  resources: ["*"],
  conditions: { ArnLike: { [encryptionContexts[use]]: arns } },
});

/** Lets a role plan. To compare a parameter, Terraform reads it, value and all. */
export const planStatements = (territory: Territory): Statement[] => [
  // Most of these know no resources; what they tell is how things are set up, of all that the account has.
  { actions: describing, resources: ["*"] },
  { actions: ["ssm:GetParameter", "ssm:GetParameters"], resources: parameters(territory) },
  {
    actions: ["s3:GetObject", "s3:GetObjectTagging"],
    resources: codeBuckets(territory).map((bucket) => `${bucket}/*`),
  },
  decrypting("parameter", parameters(territory)),
  decrypting("bucket", codeBuckets(territory)),
  ...stateStatements(territory),
];
