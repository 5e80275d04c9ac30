import { IamPolicy } from "@cdktf/provider-aws/lib/iam-policy";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { Aspects, TerraformLocal, type TerraformStack } from "cdktf";
import { Construct } from "constructs";
import { arnOf } from "../../aws/arn";
import { inPartition, policyDocument, type Statement } from "../../aws/policy";
import type { Environment } from "../../environments/environment";
import { regionsBySystem } from "../../environments/systems";
import { encryptionContexts } from "../data/encryption-key";
import { StackContext } from "../synth/stack-context";
import { bucketsOf, type DeploymentScope, named, parametersOf } from "./deployment-scope";

/** Things that roles work with: a system's own, whichever system it is. */
const ownThings = (deploymentScope: DeploymentScope): Statement[] => [
  { actions: ["cloudwatch:DescribeAlarms"], resources: named(deploymentScope, "cloudwatch", "alarm:") },
  { actions: ["dynamodb:*"], resources: named(deploymentScope, "dynamodb", "table/") },
  { actions: ["events:*"], resources: named(deploymentScope, "events", "event-bus/") },
  { actions: ["firehose:*"], resources: named(deploymentScope, "firehose", "deliverystream/") },
  { actions: ["lambda:*"], resources: named(deploymentScope, "lambda", "function:") },
  { actions: ["logs:*"], resources: named(deploymentScope, "logs", "log-group:/aws/*/") },
  { actions: ["s3:*"], resources: bucketsOf(deploymentScope) },
  { actions: ["sns:*"], resources: named(deploymentScope, "sns", "") },
  { actions: ["sqs:*"], resources: named(deploymentScope, "sqs", "") },
  { actions: ["ssm:*"], resources: parametersOf(deploymentScope) },
];

const encryption = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*"];

/** Keys, whose ids nobody can foresee: for what is above, by the services that keep it, and for functions' variables. */
const keys = (deploymentScope: DeploymentScope): Statement[] => [
  {
    actions: encryption,
    resources: ["*"],
    conditions: {
      StringLike: {
        "kms:ViaService": ["dynamodb", "s3", "sns", "sqs", "ssm"].map((name) => `${name}.*.amazonaws.com`),
      },
    },
  },
  {
    actions: encryption,
    resources: ["*"],
    conditions: { ArnLike: { [encryptionContexts.environment]: named(deploymentScope, "lambda", "function:") } },
  },
];

/** Actions without resource-level permissions, or called before there is a resource. */
const withoutResources: Statement = {
  actions: [
    ...["ec2:AssignPrivateIpAddresses", "ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface"],
    ...["ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets", "ec2:UnassignPrivateIpAddresses"],
    ...["logs:DescribeLogGroups", "xray:PutTelemetryRecords", "xray:PutTraceSegments"],
  ],
  resources: ["*"],
};

/** The permissions boundary of the roles of an environment's systems. */
interface Boundary {
  readonly name: string;
  readonly arn: string;
  readonly policy: string;
}

/**
 * The permissions boundary of an environment's roles.
 *
 * @param scope in what it is asked for
 * @returns undefined where the environment has none
 */
export function boundaryOf(scope: Construct, environment: Environment): Boundary | undefined {
  const { name: environmentName, account, state } = environment;
  if (!(account.permissionsBoundary ?? state.s3 !== undefined)) return undefined;
  const { partition, accountId } = StackContext.of(scope);
  const deploymentScope = { environment: environmentName, accountId, systems: regionsBySystem(environment) };
  const statements = [...ownThings(deploymentScope), ...keys(deploymentScope), withoutResources];
  const name = `account-${environmentName}-boundary`;
  return {
    name,
    arn: arnOf("iam", `policy/${name}`, { partition, accountId }),
    policy: policyDocument(statements.map((statement) => inPartition(partition, statement))),
  };
}

/**
 * Has every role of a stack keep within its environment's boundary, whoever makes it, unless it names one itself. The
 * policy is the account stack's; a copy stands beside the resources, for those who read them without that stack.
 */
export function boundRoles(stack: TerraformStack, { arn, policy }: Boundary): void {
  Aspects.of(stack).add({
    visit: (node) => {
      if (node instanceof IamRole && node.permissionsBoundaryInput === undefined) node.permissionsBoundary = arn;
    },
  });
  new TerraformLocal(stack, "permissions_boundary", { arn, policy });
}

/**
 * The policy that limits what roles of an environment's systems can be given: to their own things, by service and name.
 * Nothing of IAM is in it, of state, or of the account stack: whatever a deployment writes into a role's policies, the role
 * gets no further than the systems.
 *
 * @example
 * const boundary = new PermissionsBoundary(this, "boundary", { environment });
 */
export class PermissionsBoundary extends Construct {
  /** Undefined where the environment has none. */
  readonly arn: string | undefined;

  constructor(scope: Construct, id: string, { environment }: { readonly environment: Environment }) {
    super(scope, id);
    const boundary = boundaryOf(this, environment);
    this.arn = boundary?.arn;
    if (!boundary) return;
    new IamPolicy(this, "Default", {
      name: boundary.name,
      description: `What roles of the systems of ${environment.name} may do at most`,
      policy: boundary.policy,
    });
  }
}
