import { arnOf, roleArn } from "../../aws/arn";
import type { Conditions, Statement } from "../../aws/policy";
import type { CiScope } from "./ci-permissions";
import { stackNames } from "./deployment-scope";

/**
 * Actions that can widen a role. Each has the condition key `iam:PermissionsBoundary` (service authorization reference,
 * IAM).
 */
const widening = [
  ...["iam:AttachRolePolicy", "iam:CreateRole", "iam:DeleteRolePolicy", "iam:DetachRolePolicy"],
  ...["iam:PutRolePermissionsBoundary", "iam:PutRolePolicy", "iam:UpdateAssumeRolePolicy"],
];

const tending = ["iam:DeleteRole", "iam:TagRole", "iam:UntagRole", "iam:UpdateRole", "iam:UpdateRoleDescription"];

/** Services that the systems' roles are passed to, where the call names one. */
const passedTo = ["codedeploy", "firehose", "lambda", "scheduler", "vpc-flow-logs"].map(
  (service) => `${service}.amazonaws.com`,
);

/** Services that want a role of their own before they work. */
const serviceLinked = ["dynamodb.application-autoscaling.amazonaws.com", "ops.apigateway.amazonaws.com"];

/** The systems' roles: what may be written into them, the boundary limits, which has to be there and to stay. */
export function roleStatements(deploymentScope: CiScope): Statement[] {
  const { accountId, boundaryArn } = deploymentScope;
  const roles = (suffix: string) => stackNames(deploymentScope).map((name) => roleArn(accountId, `${name}-*${suffix}`));
  const bounded: Conditions = { StringEquals: { "iam:PermissionsBoundary": boundaryArn ?? "" } };
  return [
    { actions: widening, resources: roles(""), ...(boundaryArn === undefined ? {} : { conditions: bounded }) },
    { actions: tending, resources: roles("") },
    {
      actions: ["iam:PassRole"],
      resources: roles(""),
      conditions: { StringEquals: { "iam:PassedToService": passedTo } },
    },
    // PutSubscriptionFilter does not say to whom. CloudWatch Logs alone can take these on.
    { actions: ["iam:PassRole"], resources: roles("-subscriber") },
    {
      actions: ["iam:CreateServiceLinkedRole"],
      resources: [roleArn(accountId, "aws-service-role/*")],
      conditions: { StringEquals: { "iam:AWSServiceName": serviceLinked } },
    },
  ];
}

/**
 * Denials for everybody who deploys: a change to the account stack's own resources needs a person.
 *
 * @param stackId the account stack's
 */
export const denials = ({ accountId }: CiScope, stackId: string): Statement[] => [
  { sid: "BoundariesStay", effect: "Deny", actions: ["iam:DeleteRolePermissionsBoundary"], resources: ["*"] },
  {
    sid: "AccountStackStays",
    effect: "Deny",
    actions: ["iam:*"],
    resources: ["role", "policy"].map((type) => arnOf("iam", `${type}/${stackId}-*`, { accountId })),
  },
  {
    sid: "AccountSettingsStay",
    effect: "Deny",
    actions: ["apigateway:PATCH"],
    resources: [arnOf("apigateway", "/account", { region: "*" })],
  },
];
