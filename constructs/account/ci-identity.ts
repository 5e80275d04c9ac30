import { IamOpenidConnectProvider } from "@cdktf/provider-aws/lib/iam-openid-connect-provider";
import { IamPolicy } from "@cdktf/provider-aws/lib/iam-policy";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicyAttachment } from "@cdktf/provider-aws/lib/iam-role-policy-attachment";
import { Construct } from "constructs";
import { arnOf } from "../../aws/arn";
import { iamLimits } from "../../aws/limits";
import { type Conditions, inPartition, policyDocument, type Statement } from "../../aws/policy";
import { StackContext } from "../synth/stack-context";
import { stateNames } from "../synth/state-backend";
import { type Rule, validate } from "../synth/validation";
import { deployStatements } from "./ci-deploy-permissions";
import { planStatements, type StatePlace, stateStatements } from "./ci-permissions";

export interface CiIdentityProps {
  /** The GitHub repository whose workflows these are: `owner/name`. */
  readonly repository: string;
  /** The branch that may deploy. */
  readonly branch: string;
  /** The systems to deploy, and where: name → region. */
  readonly systems: Readonly<Record<string, string>>;
  /** The tag `Environment` of all that the systems are made of. @default the environment's name */
  readonly environmentTag?: string;
  /** Bucket and table of the systems' state. @default those of the account stack */
  readonly state?: Partial<StatePlace>;
  /** The ARN of the permissions boundary that roles which a deployment makes must have. @default none */
  readonly boundaryArn?: string | undefined;
  /** The zones of Route 53 in which a deployment may change records. @default none */
  readonly hostedZoneIds?: readonly string[];
}

/** Issuer of the workflows' tokens: GitHub Actions. */
const issuer = "token.actions.githubusercontent.com";

/**
 * Three roles that GitHub's workflows take on without a key of AWS: one that reads state alone, for pull requests, one that
 * plans, for the branch, also in the GitHub environment `<name>-plan`, and one that deploys, for the branch in the GitHub
 * environment of this environment's name.
 *
 * @example
 * const { pullRequestRoleArn, planRoleArn, deployRoleArn } = new CiIdentity(this, "ci", {
 *   repository: "example/things",
 *   branch: "main",
 *   systems: { things: "us-east-1" },
 * });
 */
export class CiIdentity extends Construct {
  readonly pullRequestRoleArn: string;
  readonly planRoleArn: string;
  readonly deployRoleArn: string;
  private readonly provider: IamOpenidConnectProvider;

  constructor(scope: Construct, id: string, props: CiIdentityProps) {
    super(scope, id);
    const { repository, branch, systems, boundaryArn, hostedZoneIds = [] } = props;
    const stack = StackContext.of(this);
    const { accountId, environment } = stack;
    const region = environment.account?.region ?? stack.region;
    const deploymentScope = {
      ...{ accountId, systems, boundaryArn, hostedZoneIds, environment: environment.name },
      state: { ...stateNames({ accountId, account: { region } }), region, ...props.state },
      tags: { System: Object.keys(systems), Environment: props.environmentTag ?? environment.name },
    };
    const ref = `refs/heads/${branch}`;
    this.provider = new IamOpenidConnectProvider(this, "github", {
      url: `https://${issuer}`,
      clientIdList: ["sts.amazonaws.com"],
    });
    this.pullRequestRoleArn = this.addRole("pull-request", stateStatements(deploymentScope), {
      StringEquals: { [`${issuer}:sub`]: `repo:${repository}:pull_request` },
    });
    // In a GitHub environment the subject tells the environment and no branch, so that the branch is asked for apart.
    const within = (name: string) => `repo:${repository}:environment:${name}`;
    this.planRoleArn = this.addRole("plan", planStatements(deploymentScope), {
      StringEquals: {
        [`${issuer}:sub`]: [`repo:${repository}:ref:${ref}`, within(`${environment.name}-plan`)],
        [`${issuer}:ref`]: ref,
      },
    });
    this.deployRoleArn = this.addRole("deploy", deployStatements(deploymentScope, stack.id), {
      StringEquals: { [`${issuer}:sub`]: within(environment.name), [`${issuer}:ref`]: ref },
    });
    validate(this, () => rules(repository, branch));
  }

  private addRole(id: keyof typeof purposes, statements: readonly Statement[], conditions: Conditions): string {
    const stack = StackContext.of(this);
    const { partition, accountId } = stack;
    const name = `${stack.id}-${id}`;
    const role = new IamRole(this, id, {
      name,
      description: `GitHub Actions: ${purposes[id]} of ${stack.environment.name}`,
      maxSessionDuration: 7200,
      assumeRolePolicy: policyDocument([
        {
          principals: [arnOf("iam", `oidc-provider/${issuer}`, { partition, accountId })],
          actions: ["sts:AssumeRoleWithWebIdentity"],
          conditions: { StringEquals: { [`${issuer}:aud`]: "sts.amazonaws.com", ...conditions["StringEquals"] } },
        },
      ]),
      dependsOn: [this.provider],
    });
    const parts = chunks(statements.map((statement) => inPartition(partition, statement)));
    validate(this, () => [
      [
        parts.length <= iamLimits.attachedPolicies,
        `systems must be few enough for ${iamLimits.attachedPolicies} policies to name them, got ${parts.length} for ${name}; give some an account of their own`,
      ],
    ]);
    parts.forEach((part, index) => {
      const policy = new IamPolicy(this, `${id}-policy-${index + 1}`, {
        name: `${name}-${index + 1}`,
        policy: policyDocument(part),
      });
      new IamRolePolicyAttachment(this, `${id}-policy-${index + 1}-of-role`, {
        role: role.name,
        policyArn: policy.arn,
      });
    });
    return role.arn;
  }
}

const purposes = {
  "pull-request": "may read the state of the systems",
  plan: "may plan the systems",
  deploy: "may deploy the systems",
} as const;

/** All statements in as few policies as possible, in their order. */
function chunks(statements: readonly Statement[]): Statement[][] {
  const parts: Statement[][] = [[]];
  for (const statement of statements) {
    const last = parts.at(-1) ?? [];
    if (policyDocument([...last, statement]).length > iamLimits.managedPolicyCharacters) parts.push([statement]);
    else last.push(statement);
  }
  return parts;
}

const rules = (repository: string, branch: string): Rule[] => [
  [
    /^[\w.-]+\/[\w.-]+$/.test(repository),
    `account.repository must be a GitHub repository, owner/name, got "${repository}"; correct it`,
  ],
  [
    /^[\w./-]+$/.test(branch),
    `account.branch must be the name of one branch, without wildcards, got "${branch}"; correct it`,
  ],
];
