import { Lazy } from "cdktf";
import type { Construct } from "constructs";
import { type AllowStatement, inOrder, policyDocument, type Statement } from "../../aws/policy";
import { StackContext } from "../synth/stack-context";

/** Services whose actions begin with another word than their endpoint's short name (service authorization reference). */
const prefixes: ReadonlyMap<string, string> = new Map([
  ["email", "ses"],
  ["kinesis-firehose", "firehose"],
  ["kinesis-streams", "kinesis"],
  ["monitoring", "cloudwatch"],
]);

/**
 * Policy of a service's VPC endpoint: the roles' permissions, for principals of the account.
 *
 * @example
 * const policy = new EndpointPolicy(this, "dynamodb");
 * policy.permit({ actions: ["dynamodb:GetItem"], resources: [table.arn] });
 */
export class EndpointPolicy {
  /** The policy, as it is when the stack is finished. */
  readonly document: string;
  private readonly prefix: string;
  private readonly permitted = new Map<string, Statement>();

  /** @param service by its endpoint's short name: `ssm` */
  constructor(
    private readonly scope: Construct,
    service: string,
  ) {
    this.prefix = prefixes.get(service) ?? service;
    this.document = Lazy.stringValue({
      produce: (context) => this.policy(context.resolve([...this.permitted.values()])),
    });
  }

  /** Admits what a role's statement allows, if it is about this endpoint's service. */
  permit({ actions, resources = [] }: AllowStatement): void {
    if (!actions.every((action) => action.startsWith(`${this.prefix}:`))) return;
    // Many roles may do the same; once is enough.
    for (const resource of resources) {
      const known = this.permitted.get(resource)?.actions ?? [];
      this.permitted.set(resource, { actions: [...new Set([...known, ...actions])].sort(), resources: [resource] });
    }
  }

  private policy(permitted: readonly Statement[]): string {
    const { accountId } = StackContext.of(this.scope);
    const ownPrincipals = { StringEquals: { "aws:PrincipalAccount": accountId } };
    const allowed = inOrder(permitted).map(
      (statement): Statement => ({ ...statement, principals: "*", conditions: ownPrincipals }),
    );
    const nothing: Statement = { effect: "Deny", principals: "*", actions: [`${this.prefix}:*`], resources: ["*"] };
    return policyDocument(allowed.length > 0 ? allowed : [nothing]);
  }
}
