import { arnOf, bucketArn, objectArn, roleArn } from "../../aws/arn";
import type { Statement } from "../../aws/policy";
import { parameters, planStatements, stackNames, stateKeys, type Territory } from "./ci-permissions";

/** Services whose ARNs hold a name that begins with the stack's: what stands between the account and the name. */
const named: Readonly<Record<string, readonly string[]>> = {
  cloudwatch: ["alarm:", "dashboard/"],
  codedeploy: ["application:", "deploymentgroup:"],
  dynamodb: ["table/"],
  firehose: ["deliverystream/"],
  lambda: ["function:"],
  logs: [
    "log-group:/aws/lambda/",
    "log-group:/aws/apigateway/",
    "log-group:/aws/vpc/",
    "log-group:/aws/kinesisfirehose/",
  ],
  sns: [""],
  sqs: [""],
};

/** Services that name things by ids which nobody can foresee: limited to the region, not to the systems. */
const unnamed = ["acm:*", "apigateway:*", "application-autoscaling:*", "ec2:*", "kms:*"];

const changingRoles = [
  ...["iam:CreateRole", "iam:DeleteRole", "iam:DeleteRolePolicy", "iam:PutRolePolicy", "iam:TagRole", "iam:UntagRole"],
  ...["iam:UpdateAssumeRolePolicy", "iam:UpdateRole", "iam:UpdateRoleDescription"],
];

/** Services that want a role of their own before they work. */
const serviceLinked = ["dynamodb.application-autoscaling.amazonaws.com", "ops.apigateway.amazonaws.com"];

/** What roles of the systems are for. */
const passedTo = ["apigateway", "codedeploy", "firehose", "lambda", "logs", "vpc-flow-logs"];

/** The systems' own things, where ARNs tell whose a thing is. */
function namedStatements(territory: Territory): Statement[] {
  const { accountId } = territory.stack;
  const stacks = stackNames(territory);
  return [
    ...Object.entries(named).map(([service, places]) => ({
      actions: [`${service}:*`],
      resources: places.flatMap((place) =>
        stacks.map((name) => arnOf(service, `${place}${name}*`, { region: "*", accountId })),
      ),
    })),
    { actions: ["s3:*"], resources: stacks.flatMap((name) => [bucketArn(`${name}-*`), objectArn(`${name}-*`, "*")]) },
    { actions: ["ssm:*"], resources: parameters(territory) },
    {
      actions: ["logs:*"],
      resources: [arnOf("logs", "log-group:API-Gateway-Execution-Logs_*", { region: "*", accountId })],
    },
  ];
}

/** Things of the regions that systems are in, and of services that have none. */
function unnamedStatements({ systems }: Territory): Statement[] {
  const regions = [...new Set(Object.values(systems))];
  // CloudFront's logs are delivered from there.
  const deliveryRegions = [...new Set([...regions, "us-east-1"])];
  return [
    { actions: unnamed, resources: ["*"], conditions: { StringEquals: { "aws:RequestedRegion": regions } } },
    { actions: ["cloudfront:*", "route53:ChangeResourceRecordSets"], resources: ["*"] },
    {
      actions: ["logs:*Delivery*", "logs:*ResourcePolicies", "logs:*ResourcePolicy"],
      resources: ["*"],
      conditions: { StringEquals: { "aws:RequestedRegion": deliveryRegions } },
    },
  ];
}

/** The systems' roles. What they allow, IAM can't limit here: that is why only a reviewed branch deploys. */
function roleStatements(territory: Territory): Statement[] {
  const { accountId } = territory.stack;
  const roles = stackNames(territory).map((name) => roleArn(accountId, `${name}-*`));
  const services = passedTo.map((service) => `${service}.amazonaws.com`);
  return [
    { actions: changingRoles, resources: roles },
    {
      actions: ["iam:PassRole"],
      resources: roles,
      conditions: { StringEquals: { "iam:PassedToService": services } },
    },
    {
      actions: ["iam:CreateServiceLinkedRole"],
      resources: [roleArn(accountId, "aws-service-role/*")],
      conditions: { StringEquals: { "iam:AWSServiceName": serviceLinked } },
    },
  ];
}

/**
 * Lets a role deploy. By service and not by call: whoever deploys code to a system can have it do all that the system
 * may, so that to withhold a call on it would be for show.
 */
export function deployStatements(territory: Territory): Statement[] {
  const { accountId } = territory.stack;
  return [
    ...planStatements(territory),
    { actions: ["s3:PutObject"], resources: stateKeys(territory) },
    ...namedStatements(territory),
    ...unnamedStatements(territory),
    ...roleStatements(territory),
    // What the account stack has made is a person's to change.
    { effect: "Deny", actions: ["apigateway:PATCH"], resources: [arnOf("apigateway", "/account", { region: "*" })] },
    { effect: "Deny", actions: ["iam:*"], resources: [roleArn(accountId, `${territory.stack.id}-*`)] },
  ];
}
