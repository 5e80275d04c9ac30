import { IamOpenidConnectProvider } from "@cdktf/provider-aws/lib/iam-openid-connect-provider";
import { IamPolicy } from "@cdktf/provider-aws/lib/iam-policy";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicyAttachment } from "@cdktf/provider-aws/lib/iam-role-policy-attachment";
import { Construct } from "constructs";
import { arnOf } from "../../aws/arn";
import { iamLimits } from "../../aws/limits";
import { type Conditions, inPartition, policyDocument, type Statement } from "../../aws/policy";
import { StackContext } from "../synth/stack-context";
import { type Rule, validate } from "../synth/validation";
import { deployStatements } from "./ci-deploy-permissions";
import { planStatements } from "./ci-permissions";

export interface CiIdentityProps {
  /** The GitHub repository whose workflows these are: `owner/name`. */
  readonly repository: string;
  /** The branch that may deploy. */
  readonly branch: string;
  /** What they deploy, and where: name → region. */
  readonly systems: Readonly<Record<string, string>>;
}

/** Who proves that a workflow is one: GitHub Actions. */
const issuer = "token.actions.githubusercontent.com";

/**
 * Two roles that GitHub's workflows take on without a key of AWS: one that plans, for pull requests and for the branch,
 * and one that deploys, for the branch in the GitHub environment of this environment's name.
 *
 * @example
 * const { planRoleArn, deployRoleArn } = new CiIdentity(this, "ci", {
 *   repository: "example/things",
 *   branch: "main",
 *   systems: { things: "us-east-1" },
 * });
 */
export class CiIdentity extends Construct {
  readonly planRoleArn: string;
  readonly deployRoleArn: string;
  private readonly provider: IamOpenidConnectProvider;

  constructor(scope: Construct, id: string, { repository, branch, systems }: CiIdentityProps) {
    super(scope, id);
    const stack = StackContext.of(this);
    const territory = { stack, systems };
    const ref = `refs/heads/${branch}`;
    this.provider = new IamOpenidConnectProvider(this, "github", {
      url: `https://${issuer}`,
      clientIdList: ["sts.amazonaws.com"],
    });
    this.planRoleArn = this.addRole("plan", planStatements(territory), {
      StringEquals: { [`${issuer}:sub`]: [`repo:${repository}:pull_request`, `repo:${repository}:ref:${ref}`] },
    });
    this.deployRoleArn = this.addRole("deploy", deployStatements(territory), {
      // In a GitHub environment the subject tells the environment and no branch, so that the branch is asked for apart.
      StringEquals: {
        [`${issuer}:sub`]: `repo:${repository}:environment:${stack.environment.name}`,
        [`${issuer}:ref`]: ref,
      },
    });
    validate(this, () => rules(repository, branch));
  }

  private addRole(id: "plan" | "deploy", statements: readonly Statement[], conditions: Conditions): string {
    const stack = StackContext.of(this);
    const { partition, accountId } = stack;
    const name = `${stack.id}-${id}`;
    const role = new IamRole(this, id, {
      name,
      description: `GitHub Actions: may ${id} the systems of ${stack.environment.name}`,
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
    chunks(statements.map((statement) => inPartition(partition, statement))).forEach((part, index) => {
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

/** As few policies as hold all statements, in their order. */
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
