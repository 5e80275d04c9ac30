import { UserError } from "../lib/user-error";
import type { Graph, Resource } from "../read/graph";
import { readPolicy, type Statement } from "./policy";

/** What a role may do, and how the stack calls it. */
export interface Role {
  readonly arn: string;
  readonly statements: readonly Statement[];
}

/** Arguments that give or take rights in ways the evaluator does not look at. */
const unread = ["inline_policy", "managed_policy_arns", "permissions_boundary"];

function attached(graph: Graph, role: Resource): Statement[] {
  const attachments = graph
    .all("aws_iam_role_policy_attachment")
    .filter((attachment) => attachment.text("role") === role.text("name"));
  return attachments.flatMap((attachment) => {
    const arn = attachment.text("policy_arn");
    const policy = graph.all("aws_iam_policy").find((candidate) => candidate.arn === arn);
    if (!policy)
      throw new UserError(`${attachment.address}: policy_arn ${arn} is not in the stack, so it can't be evaluated`);
    return readPolicy(policy.text("policy"), policy.address);
  });
}

/** The roles of a stack, by ARN. */
export function rolesOf(graph: Graph): ReadonlyMap<string, Role> {
  const policies = graph.all("aws_iam_role_policy");
  return new Map(
    graph.all("aws_iam_role").map((role) => {
      const unknown = unread.find((argument) => role.has(argument));
      if (unknown) throw new UserError(`${role.address}: ${unknown} is not read locally; use aws_iam_role_policy`);
      const own = policies.filter((policy) => policy.text("role") === role.text("name"));
      const statements = own.flatMap((policy) => readPolicy(policy.text("policy"), policy.address));
      return [role.arn, { arn: role.arn, statements: [...statements, ...attached(graph, role)] }];
    }),
  );
}
