import type { Graph } from "../graph/graph";
import { arnFits } from "../roles/pattern";

/** A statement of a function's own policy: who may call it, and on whose behalf. */
export interface Permission {
  /** The function's name, with a qualifier if the permission is for a version or alias. */
  readonly functionName: string;
  readonly principal: string;
  readonly sourceArn: string | undefined;
}

const unread = ["source_account", "principal_org_id", "event_source_token", "function_url_auth_type"];

export const permissionsOf = (graph: Graph): readonly Permission[] =>
  graph.all("aws_lambda_permission").map((permission) => {
    const unknown = unread.find((argument) => permission.has(argument));
    if (unknown) throw new Error(`${permission.address}: ${unknown} is not read locally`);
    const action = permission.text("action");
    if (action !== "lambda:InvokeFunction") throw new Error(`${permission.address}: action ${action} is not known`);
    const name = permission.text("function_name").replace(/^arn:[^:]*:lambda:[^:]*:[^:]*:function:/, "");
    const qualifier = permission.optionalText("qualifier");
    return {
      functionName: qualifier ? `${name}:${qualifier}` : name,
      principal: permission.text("principal"),
      sourceArn: permission.optionalText("source_arn"),
    };
  });

/** Whether API Gateway may call a function for a method. */
export const gatewayMayInvoke = (
  permissions: readonly Permission[],
  functionArn: string,
  sourceArn: string,
): boolean => {
  const called = functionArn.split(":function:")[1];
  return permissions.some(
    ({ functionName, principal, sourceArn: pattern }) =>
      principal === "apigateway.amazonaws.com" &&
      functionName === called &&
      (pattern === undefined || arnFits(pattern, sourceArn)),
  );
};
