import { managedPolicy } from "../../aws/managed-policies";
import { UserError } from "../../lib/user-error";
import { isAttributes } from "../read/arguments";
import type { Graph, Resource } from "../read/graph";
import type { Rights } from "./decision";
import { readPolicy, type Statement } from "./policy";

/** A role's permissions, and its name in the stack. */
export interface Role extends Rights {
  readonly arn: string;
}

/** The policy of an ARN: one of the stack's, or one that AWS keeps. @param place - what names it */
function policyOf(graph: Graph, arn: string, place: string): readonly Statement[] {
  const policy = graph.all("aws_iam_policy").find((candidate) => candidate.arn === arn);
  if (policy) return readPolicy(policy.text("policy"), policy.address);
  const managed = managedPolicy(arn);
  if (managed !== undefined) return readPolicy(managed, arn);
  throw new UserError(`${place} ${arn} is neither in the stack nor known here, so it can't be evaluated`);
}

function attached(graph: Graph, role: Resource): readonly Statement[] {
  const attachments = graph
    .all("aws_iam_role_policy_attachment")
    .filter((attachment) => attachment.text("role") === role.text("name"));
  const named = role
    .texts("managed_policy_arns")
    .flatMap((arn) => policyOf(graph, arn, `${role.address}: managed_policy_arns`));
  const others = attachments.flatMap((attachment) =>
    policyOf(graph, attachment.text("policy_arn"), `${attachment.address}: policy_arn`),
  );
  return [...named, ...others];
}

/** A role's own policies: resources beside it, or blocks in it. */
function ownPolicies(graph: Graph, role: Resource): readonly Statement[] {
  const beside = graph.all("aws_iam_role_policy").filter((policy) => policy.text("role") === role.text("name"));
  const inside = role.blocks("inline_policy").filter((block) => block.has("policy"));
  return [...inside, ...beside].flatMap((policy) => readPolicy(policy.text("policy"), policy.address));
}

/**
 * The permissions boundary of a role. The policy may belong to another stack, as the account stack's does: then the
 * stack has its document beside its resources.
 */
function boundaryOf(graph: Graph, role: Resource): Pick<Rights, "boundary"> {
  const arn = role.optionalText("permissions_boundary");
  if (arn === undefined) return {};
  const { permissions_boundary: noted } = graph.file.locals;
  const policy = isAttributes(noted) && noted["arn"] === arn ? noted["policy"] : undefined;
  if (typeof policy === "string") return { boundary: readPolicy(policy, arn) };
  return { boundary: policyOf(graph, arn, `${role.address}: permissions_boundary`) };
}

/** The roles of a stack, by ARN. */
export const rolesOf = (graph: Graph): ReadonlyMap<string, Role> =>
  new Map(
    graph.all("aws_iam_role").map((role) => {
      const statements = [...ownPolicies(graph, role), ...attached(graph, role)];
      return [role.arn, { arn: role.arn, statements, ...boundaryOf(graph, role) }];
    }),
  );
