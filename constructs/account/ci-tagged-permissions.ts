import { arnOf } from "../../aws/arn";
import type { Statement } from "../../aws/policy";
import type { CiScope } from "./ci-permissions";
import { adopted, anyOf, named, notOthers, tagged, taggedAnew } from "./deployment-scope";

/** Resources of a network by the action that creates them: each is tagged on creation. */
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

function networks(deploymentScope: CiScope): Statement[] {
  const { tags } = deploymentScope;
  const making = Object.keys(networkThings).map((call) => `ec2:${call}`);
  const ec2 = (...types: string[]) => anyOf(deploymentScope, "ec2", types);
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
    // Those that Lambda leaves, which have no tags. One that is in use can't be deleted.
    { actions: ["ec2:DeleteNetworkInterface"], resources: ec2("network-interface") },
  ];
}

/**
 * Statements on KMS keys: creating one with tags needs permission to tag any (KMS developer guide, "Controlling access
 * to tags").
 */
const keys = (deploymentScope: CiScope): Statement[] => [
  { actions: ["kms:*"], resources: anyOf(deploymentScope, "kms", ["key"]), conditions: tagged(deploymentScope.tags) },
  { actions: ["kms:CreateKey"], resources: ["*"], conditions: taggedAnew(deploymentScope.tags) },
  {
    actions: ["kms:TagResource"],
    resources: anyOf(deploymentScope, "kms", ["key"]),
    conditions: adopted(deploymentScope.tags),
  },
  {
    actions: ["kms:CreateAlias", "kms:DeleteAlias", "kms:UpdateAlias"],
    resources: named(deploymentScope, "kms", "alias/"),
  },
];

const collections = ["restapis", "apikeys", "usageplans", "domainnames"];

/**
 * Statements on REST APIs, usage plans and domain names, each tagged (API Gateway developer guide, "API Gateway
 * resources that can be tagged").
 */
function apis({ tags }: CiScope): Statement[] {
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
    // The path has the resource's id; only the tags that are set distinguish it.
    {
      actions: ["apigateway:DELETE", "apigateway:POST", "apigateway:PUT"],
      resources: [at("/tags/*")],
      conditions: notOthers(tags),
    },
  ];
}

function distributions({ accountId, tags }: CiScope): Statement[] {
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

function certificates(deploymentScope: CiScope): Statement[] {
  const { tags } = deploymentScope;
  const resources = anyOf(deploymentScope, "acm", ["certificate"]);
  return [
    { actions: ["acm:*"], resources, conditions: tagged(tags) },
    { actions: ["acm:RequestCertificate"], resources: ["*"], conditions: taggedAnew(tags) },
    { actions: ["acm:AddTagsToCertificate"], resources, conditions: adopted(tags) },
  ];
}

/** User pools of Cognito, whose clients, scopes and domain are theirs. */
function userPools(deploymentScope: CiScope): Statement[] {
  const { tags } = deploymentScope;
  const resources = anyOf(deploymentScope, "cognito-idp", ["userpool"]);
  return [
    { actions: ["cognito-idp:*"], resources, conditions: tagged(tags) },
    { actions: ["cognito-idp:CreateUserPool"], resources: ["*"], conditions: taggedAnew(tags) },
    { actions: ["cognito-idp:TagResource"], resources, conditions: adopted(tags) },
  ];
}

/** Called by ids that nobody can foresee; whose function it is that a mapping gives records to, Lambda says. */
const eventSourceMappings = (deploymentScope: CiScope): Statement[] => [
  {
    actions: ["lambda:*EventSourceMapping"],
    resources: ["*"],
    conditions: { ArnLike: { "lambda:FunctionArn": named(deploymentScope, "lambda", "function:") } },
  },
  {
    actions: ["lambda:TagResource", "lambda:UntagResource"],
    resources: [arnOf("lambda", "event-source-mapping:*", { region: "*", accountId: deploymentScope.accountId })],
    // One that is being made has none yet.
    conditions: notOthers(deploymentScope.tags),
  },
];

/** Resources by their tags, where ARNs contain generated ids. */
export const taggedStatements = (deploymentScope: CiScope): Statement[] => [
  ...networks(deploymentScope),
  ...keys(deploymentScope),
  ...apis(deploymentScope),
  ...distributions(deploymentScope),
  ...certificates(deploymentScope),
  ...userPools(deploymentScope),
  ...eventSourceMappings(deploymentScope),
  {
    actions: [
      ...["logs:CreateDelivery", "logs:DeleteDelivery", "logs:TagResource", "logs:UntagResource"],
      "logs:UpdateDeliveryConfiguration",
    ],
    resources: [arnOf("logs", "delivery:*", { region: "*", accountId: deploymentScope.accountId })],
    // One that is being made has none yet.
    conditions: notOthers(deploymentScope.tags),
  },
  {
    actions: ["application-autoscaling:TagResource", "application-autoscaling:UntagResource"],
    resources: anyOf(deploymentScope, "application-autoscaling", ["scalable-target"]),
    conditions: notOthers(deploymentScope.tags),
  },
];
