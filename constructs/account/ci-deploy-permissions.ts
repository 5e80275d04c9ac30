import { arnOf } from "../../aws/arn";
import type { Statement } from "../../aws/policy";
import { type CiScope, lockItems, planStatements, stateKeys } from "./ci-permissions";
import { denials, roleStatements } from "./ci-role-permissions";
import { taggedStatements } from "./ci-tagged-permissions";
import { bucketsOf, named, notOthers, parametersOf, regionsOf, stackNames } from "./deployment-scope";

/** Services whose ARNs contain a name that begins with the stack's: the part between the account and the name. */
const places: Readonly<Record<string, readonly string[]>> = {
  // Autoscaling makes alarms of its own for a table.
  cloudwatch: ["alarm:", "alarm:TargetTracking-table/", "dashboard/"],
  codedeploy: ["application:", "deploymentgroup:"],
  dynamodb: ["table/"],
  // A rule's begins with that of its bus.
  events: ["event-bus/", "rule/"],
  firehose: ["deliverystream/"],
  lambda: ["function:"],
  logs: ["log-group:/aws/*/", "delivery-source:", "delivery-destination:"],
  // A schedule's begins with that of its group.
  scheduler: ["schedule/", "schedule-group/"],
  sns: [""],
  sqs: [""],
};

/** The systems' own resources, where the ARN identifies the system. */
function namedStatements(deploymentScope: CiScope): Statement[] {
  const place = { region: "*", accountId: deploymentScope.accountId };
  return [
    ...Object.entries(places).map(([service, before]) => ({
      actions: [`${service}:*`],
      resources: before.flatMap((one) => named(deploymentScope, service, one)),
    })),
    // A stack's first dashboard is called like the stack.
    {
      actions: ["cloudwatch:*"],
      resources: stackNames(deploymentScope).map((name) => arnOf("cloudwatch", `dashboard/${name}`, place)),
    },
    { actions: ["s3:*"], resources: bucketsOf(deploymentScope) },
    { actions: ["ssm:*"], resources: parametersOf(deploymentScope) },
    // Called by the id of an API, which nobody can foresee.
    { actions: ["logs:*"], resources: [arnOf("logs", "log-group:API-Gateway-Execution-Logs_*", place)] },
  ];
}

/** Calls for which AWS asks about no resource, in the regions that systems are in. */
function withoutResources(deploymentScope: CiScope): Statement[] {
  const regions = regionsOf(deploymentScope);
  // CloudFront's logs are delivered from there.
  const deliveryRegions = [...new Set([...regions, "us-east-1"])];
  const within = (places: readonly string[]) => ({ StringEquals: { "aws:RequestedRegion": places } });
  return [
    {
      // Whoever scales a table must be allowed to change it, too.
      actions: [
        ...["application-autoscaling:DeleteScalingPolicy", "application-autoscaling:DeregisterScalableTarget"],
        ...["application-autoscaling:PutScalingPolicy", "application-autoscaling:RegisterScalableTarget"],
      ],
      resources: ["*"],
      conditions: {
        StringEquals: { "application-autoscaling:service-namespace": "dynamodb", "aws:RequestedRegion": regions },
        ...notOthers(deploymentScope.tags),
      },
    },
    {
      actions: [
        ...["codedeploy:StopDeployment", "sns:GetSubscriptionAttributes", "sns:SetSubscriptionAttributes"],
        "sns:Unsubscribe",
      ],
      resources: ["*"],
      conditions: within(regions),
    },
    {
      actions: ["logs:*LogDeliver*", "logs:*ResourcePolicies", "logs:*ResourcePolicy"],
      resources: ["*"],
      conditions: within(deliveryRegions),
    },
    // For endpoints that answer by the service's own name; whose network it is, ec2:CreateVpcEndpoint asks.
    { actions: ["route53:AssociateVPCWithHostedZone"], resources: ["*"] },
  ];
}

const zones = ({ hostedZoneIds }: CiScope): Statement[] =>
  hostedZoneIds.length === 0
    ? []
    : [
        {
          actions: ["route53:ChangeResourceRecordSets"],
          resources: hostedZoneIds.map((id) => arnOf("route53", `hostedzone/${id}`)),
        },
      ];

/**
 * Lets a role deploy. By service and not by call: whoever deploys code to a system can have it do all that the system
 * may, so that to withhold a call on it would be for show.
 *
 * @param stackId the account stack's, which stays as it is
 */
export const deployStatements = (deploymentScope: CiScope, stackId: string): Statement[] => [
  ...planStatements(deploymentScope),
  { actions: ["s3:PutObject"], resources: stateKeys(deploymentScope) },
  lockItems(deploymentScope, ["dynamodb:PutItem", "dynamodb:DeleteItem"]),
  {
    actions: ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"],
    resources: stateKeys(deploymentScope).map((key) => `${key}.tflock`),
  },
  ...namedStatements(deploymentScope),
  ...taggedStatements(deploymentScope),
  ...withoutResources(deploymentScope),
  ...zones(deploymentScope),
  ...roleStatements(deploymentScope),
  ...denials(deploymentScope, stackId),
];
