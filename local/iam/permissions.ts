import { functionArn, parseFunctionName } from "../../aws/arn";
import { UserError } from "../../lib/user-error";
import type { Graph, Resource } from "../read/graph";
import { principalsIn } from "./principals";
import { evaluate, type ResourcePolicy, type ResourceStatement } from "./resource-policy";

/** A permission as the statement that Lambda makes of it: for a function, or for one version or alias alone. */
function statementOf(permission: Resource, functionArn: string): ResourceStatement {
  permission.refuse("principal_org_id", "event_source_token", "function_url_auth_type");
  const action = permission.text("action");
  if (action !== "lambda:InvokeFunction") throw new UserError(`${permission.address}: action ${action} is not known`);
  const principal = permission.text("principal");
  const kind = principal.endsWith(".amazonaws.com") ? "Service" : "AWS";
  const [sourceArn, sourceAccount] = ["source_arn", "source_account"].map((name) => permission.optionalText(name));
  return {
    effect: "Allow",
    principals: principalsIn("Principal", { [kind]: [principal] }),
    actions: [action],
    resources: [functionArn],
    conditions: [
      ...(sourceArn ? [{ operator: "ArnLike", key: "aws:SourceArn", values: [sourceArn] }] : []),
      ...(sourceAccount ? [{ operator: "StringEquals", key: "aws:SourceAccount", values: [sourceAccount] }] : []),
    ],
  };
}

function functionArnOf({ file }: Graph, permission: Resource): string {
  const { name, qualifier } = parseFunctionName(permission.text("function_name"));
  return functionArn(name, file, permission.optionalText("qualifier") ?? qualifier);
}

/** The policies of functions, and of their versions and aliases: who may call them, and on whose behalf. */
export function permissionsOf(graph: Graph): readonly ResourcePolicy[] {
  const policies = new Map<string, ResourcePolicy>();
  for (const permission of graph.all("aws_lambda_permission")) {
    const resource = functionArnOf(graph, permission);
    const { address, statements } = policies.get(resource) ?? { address: permission.address, statements: [] };
    const all = [...statements, statementOf(permission, resource)];
    policies.set(resource, { kind: "function", resource, address, statements: all });
  }
  return [...policies.values()];
}

/** Whether API Gateway may call a function for a method. */
export function gatewayMayInvoke(
  permissions: readonly ResourcePolicy[],
  functionArn: string,
  sourceArn: string,
): boolean {
  const policy = permissions.find(({ resource }) => resource === functionArn);
  const request = {
    action: "lambda:InvokeFunction",
    resource: functionArn,
    contextKeys: { "aws:sourcearn": sourceArn },
  };
  return policy !== undefined && evaluate(policy, { own: ["apigateway.amazonaws.com"] }, request) === "allowed";
}
