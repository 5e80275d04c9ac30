import { isObject } from "../../lib/json";
import type { Graph } from "../read/graph";
import { readResourcePolicy } from "./policy";
import { evaluate } from "./resource-policy";

/** A service that would take on a role, and for what. */
export interface ServiceCaller {
  /** `apigateway.amazonaws.com` */
  readonly service: string;
  readonly sourceArn: string;
}

/** A role's trust policy names no resource: it is about the role. */
function withResource(policy: string): string {
  const document: unknown = JSON.parse(policy);
  if (!isObject(document)) return policy;
  const { Statement: statements } = document;
  const list: readonly unknown[] = Array.isArray(statements) ? statements : [statements];
  const complete = list.map((statement) => (isObject(statement) ? { ...statement, Resource: "*" } : statement));
  return JSON.stringify({ ...document, Statement: complete });
}

/** Whether a role of the stack lets a service take it on. */
export function trusts(graph: Graph, roleArn: string, { service, sourceArn }: ServiceCaller): boolean {
  const role = graph.all("aws_iam_role").find(({ arn }) => arn === roleArn);
  if (!role) return false;
  const address = `${role.address}: assume_role_policy`;
  const statements = readResourcePolicy(withResource(role.text("assume_role_policy")), address);
  const contextKeys = { "aws:sourcearn": sourceArn, "aws:sourceaccount": graph.file.accountId };
  const request = { action: "sts:AssumeRole", resource: "*", contextKeys };
  return evaluate({ kind: "role", resource: roleArn, address, statements }, { own: [service] }, request) === "allowed";
}
