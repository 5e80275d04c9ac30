import { Testing } from "cdktf";
import type { AuthorizationRequest, Rights } from "../../local/iam/decision";
import { readPolicy } from "../../local/iam/policy";
import { AccountStack } from "../../stacks/account-stack";
import { environments } from "../fixtures/environments";
import { synth } from "./stack";
import type { EnvironmentName } from "./synthesized";
import type { Synthesized } from "./synthesized-stack";

/** Every condition key: an attempt says all that AWS would of it. */
const all = () => true;

const stacks = new Map<EnvironmentName, Synthesized>();

/** The account's stack, synthesized once. */
function accountStack(environment: EnvironmentName): Synthesized {
  const stack = stacks.get(environment) ?? synth(new AccountStack(Testing.app(), environments[environment]));
  stacks.set(environment, stack);
  return stack;
}

const policies = (environment: EnvironmentName, prefix: string): Rights["statements"] =>
  Object.values(accountStack(environment).all("aws_iam_policy"))
    .filter(({ name }) => String(name).startsWith(`account-${environment}-${prefix}`))
    .flatMap(({ policy, name }) => readPolicy(String(policy), String(name), all));

/** Permissions of one of CI's roles. */
export const ciRole = (role: "deploy" | "plan" | "pull-request", environment: EnvironmentName): Rights => ({
  statements: policies(environment, `${role}-`),
});

/** A role that a deployment has given everything: what is left of that is its permissions boundary. */
export const almighty = (environment: EnvironmentName): Rights => ({
  statements: readPolicy(
    JSON.stringify({ Version: "2012-10-17", Statement: { Effect: "Allow", Action: "*", Resource: "*" } }),
    "everything",
  ),
  boundary: policies(environment, "boundary"),
});

/** An authorization request: `iam:PutRolePolicy`, a resource, and further context keys. */
export const request = (
  action: string,
  resource: string,
  contextKeys: AuthorizationRequest["contextKeys"] = {},
): AuthorizationRequest => ({
  action,
  resource,
  contextKeys: { "aws:requestedregion": "us-east-1", ...contextKeys },
});
