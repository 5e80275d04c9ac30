import { arnOf } from "../../aws/arn";
import type { Statement } from "../../aws/policy";
import type { CiTerritory } from "./ci-permissions";
import { adopted, anyOf, named, notOthers, tagged, taggedAnew } from "./territory";

/** What is made in a network, by the call that makes it: each gets its tags in that call. */
const networkThings = {
  AllocateAddress: "elastic-ip",
  CreateFlowLogs: "vpc-flow-log",
  CreateInternetGateway: "internet-gateway",
  CreateNatGateway: "natgateway",
  CreateRouteTable: "route-table",
  CreateSecurityGroup: "security-group",
  CreateSubnet: "subnet",
  CreateVpcEndpoint: "vpc-endpoint",
};

function networks(territory: CiTerritory): Statement[] {
  const { tags } = territory;
  const making = Object.keys(networkThings).map((call) => `ec2:${call}`);
  const ec2 = (...types: string[]) => anyOf(territory, "ec2", types);
  return [
    { actions: ["ec2:*"], resources: ["*"], conditions: tagged(tags) },
    { actions: ["ec2:CreateVpc"], resources: ec2("vpc"), conditions: taggedAnew(tags) },
    { actions: making, resources: ec2(...Object.values(networkThings)), conditions: taggedAnew(tags) },
    {
      actions: ["ec2:CreateTags"],
      resources: ["*"],
      conditions: {
        StringEquals: {
          ...taggedAnew(tags)["StringEquals"],
          "ec2:CreateAction": ["CreateVpc", ...Object.keys(networkThings)],
        },
      },
    },
    // AWS makes a network's default group, and rules, without tags; they get them in a call of its own.
    {
      actions: ["ec2:CreateTags"],
      resources: ec2("security-group", "security-group-rule"),
      conditions: adopted(tags),
    },
    // Of a group that is the systems' own: the same calls ask for that, too.
    {
      actions: ["ec2:AuthorizeSecurityGroup*", "ec2:ModifySecurityGroupRules"],
      resources: ec2("security-group-rule"),
    },
    // Those that Lambda leaves behind, which have no tags. One that is in use can't be deleted.
    { actions: ["ec2:DeleteNetworkInterface"], resources: ec2("network-interface") },
  ];
}

/** Who makes a key with tags must be allowed to tag any (KMS developer guide, "Controlling access to tags"). */
const keys = (territory: CiTerritory): Statement[] => [
  { actions: ["kms:*"], resources: anyOf(territory, "kms", ["key"]), conditions: tagged(territory.tags) },
  { actions: ["kms:CreateKey"], resources: ["*"], conditions: taggedAnew(territory.tags) },
  { actions: ["kms:TagResource"], resources: anyOf(territory, "kms", ["key"]), conditions: adopted(territory.tags) },
  {
    actions: ["kms:CreateAlias", "kms:DeleteAlias", "kms:UpdateAlias"],
    resources: named(territory, "kms", "alias/"),
  },
];

const collections = ["restapis", "apikeys", "usageplans", "domainnames"];

/** What is in an API, a plan or a domain has its tags (API Gateway developer guide, "API Gateway resources that can be tagged"). */
function apis({ tags }: CiTerritory): Statement[] {
  const at = (path: string) => arnOf("apigateway", path, { region: "*" });
  return [
    {
      actions: ["apigateway:POST"],
      resources: collections.map((path) => at(`/${path}`)),
      conditions: taggedAnew(tags),
    },
    { actions: ["apigateway:*"], resources: collections.map((path) => at(`/${path}/*`)), conditions: tagged(tags) },
    // A certificate is given in the call that makes the domain.
    {
      actions: ["apigateway:AddCertificateToDomain"],
      resources: [at("/domainnames"), at("/domainnames/*")],
      conditions: notOthers(tags),
    },
    // Whose the tags are stands in the path as an id; only those that are set can be told.
    {
      actions: ["apigateway:DELETE", "apigateway:POST", "apigateway:PUT"],
      resources: [at("/tags/*")],
      conditions: notOthers(tags),
    },
  ];
}

function distributions({ accountId, tags }: CiTerritory): Statement[] {
  const resources = [arnOf("cloudfront", "distribution/*", { accountId })];
  const policy = "ResponseHeadersPolicy";
  return [
    { actions: ["cloudfront:*"], resources, conditions: tagged(tags) },
    { actions: ["cloudfront:CreateDistribution"], resources: ["*"], conditions: taggedAnew(tags) },
    { actions: ["cloudfront:TagResource"], resources, conditions: adopted(tags) },
    // They have neither tags nor names in their ARNs.
    { actions: ["Create", "Delete", "Update"].map((verb) => `cloudfront:${verb}${policy}`), resources: ["*"] },
  ];
}

function certificates(territory: CiTerritory): Statement[] {
  const { tags } = territory;
  const resources = anyOf(territory, "acm", ["certificate"]);
  return [
    { actions: ["acm:*"], resources, conditions: tagged(tags) },
    { actions: ["acm:RequestCertificate"], resources: ["*"], conditions: taggedAnew(tags) },
    { actions: ["acm:AddTagsToCertificate"], resources, conditions: adopted(tags) },
  ];
}

/** Things by their tags, where ARNs hold ids that nobody can foresee. */
export const taggedStatements = (territory: CiTerritory): Statement[] => [
  ...networks(territory),
  ...keys(territory),
  ...apis(territory),
  ...distributions(territory),
  ...certificates(territory),
  {
    actions: [
      ...["logs:CreateDelivery", "logs:DeleteDelivery", "logs:TagResource", "logs:UntagResource"],
      "logs:UpdateDeliveryConfiguration",
    ],
    resources: [arnOf("logs", "delivery:*", { region: "*", accountId: territory.accountId })],
    // One that is being made has none yet.
    conditions: notOthers(territory.tags),
  },
  {
    actions: ["application-autoscaling:TagResource", "application-autoscaling:UntagResource"],
    resources: anyOf(territory, "application-autoscaling", ["scalable-target"]),
    conditions: notOthers(territory.tags),
  },
];
