import {
  type AuthorizationRequest,
  type Decision,
  decideWithin,
  isAsked,
  limitOf,
  type Refusal,
  type Rights,
} from "./decision";
import type { Statement } from "./policy";
import { type CallerNames, isAbout, namesCaller, type Principals } from "./principals";

/** The policy that a resource itself has. */
export interface ResourcePolicy {
  readonly kind: "bucket" | "topic" | "queue" | "key" | "function" | "role" | "api";
  /** The ARN of what it protects. */
  readonly resource: string;
  /** Address of the policy in the stack: `aws_s3_bucket_policy.logs`. */
  readonly address: string;
  readonly statements: readonly ResourceStatement[];
}

/** A statement that says whom it is about. */
export type ResourceStatement = Statement & { readonly principals: Principals };

/**
 * Decision of a resource's policy: no; yes, for this caller; yes, as far as the policies of the caller's account allow
 * it, too; or none.
 */
export type PolicyDecision = "denied" | "allowed" | "delegated" | "silent";

export function evaluate(
  { statements }: ResourcePolicy,
  caller: CallerNames,
  request: AuthorizationRequest,
): PolicyDecision {
  const fitting = statements.filter(
    (statement) => isAbout(statement.principals, caller) && isAsked(statement, request),
  );
  if (fitting.some(({ effect }) => effect === "Deny")) return "denied";
  if (fitting.some(({ principals }) => namesCaller(principals, caller))) return "allowed";
  return fitting.length > 0 ? "delegated" : "silent";
}

/** Whether a call is allowed, and if not, by which policy: a resource's, the caller's role's, or that role's boundary. */
export type Access =
  | Extract<Decision, { allowed: true }>
  | (Refusal & {
      readonly policy?: ResourcePolicy;
    });

/** Whether a policy allows it to the caller's session by name, which is past the limits of the session's role. */
const allowsSession = (
  { statements }: ResourcePolicy,
  { session }: CallerNames,
  request: AuthorizationRequest,
): boolean =>
  statements.some(
    (statement) =>
      session !== undefined &&
      statement.effect === "Allow" &&
      !statement.principals.except &&
      statement.principals.names.includes(session) &&
      isAsked(statement, request),
  );

/**
 * Puts together what a role and a resource's policy say, as AWS does within an account: a deny wins, and either's yes is
 * enough; but a key's policy has to let the caller, or leave it to the account. What the role's permissions boundary does
 * not allow, a resource's policy allows to nobody but a session that it names. (IAM user guide, "Permissions boundaries for
 * IAM entities": evaluating effective permissions with boundaries)
 */
export function accessBy(
  rights: Rights,
  policy: ResourcePolicy,
  caller: CallerNames,
  request: AuthorizationRequest,
): Access {
  const own = decideWithin(rights, request);
  if (!own.allowed && own.explicit) return own;
  const decision = evaluate(policy, caller, request);
  if (decision === "denied") return { allowed: false, explicit: true, policy };
  if (decision === "allowed") {
    const limit = allowsSession(policy, caller, request) ? undefined : limitOf(rights, request);
    // No grant of the role is needed then.
    return limit ?? { allowed: true, permissions: [] };
  }
  if (policy.kind === "key" && decision === "silent") return { allowed: false, explicit: false, policy };
  return own;
}
