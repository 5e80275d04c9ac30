import { type Attempt, type Decision, isAsked } from "./decision";
import type { Statement } from "./policy";
import { type CallerNames, isAbout, meansItself, type Principals } from "./principals";

/** The policy that a resource itself has. */
export interface ResourcePolicy {
  readonly kind: "bucket" | "topic" | "queue" | "key" | "function";
  /** The ARN of what it protects. */
  readonly resource: string;
  /** Where the stack has it: `aws_s3_bucket_policy.logs`. */
  readonly address: string;
  readonly statements: readonly ResourceStatement[];
}

/** A statement that says whom it is about. */
export type ResourceStatement = Statement & { readonly principals: Principals };

/**
 * What a resource's policy says of a call: no; yes, to this caller; yes, as far as the policies of the caller's account
 * say so, too; or nothing.
 */
export type Verdict = "denied" | "allowed" | "delegated" | "silent";

export function judge({ statements }: ResourcePolicy, caller: CallerNames, attempt: Attempt): Verdict {
  const fitting = statements.filter(
    (statement) => isAbout(statement.principals, caller) && isAsked(statement, attempt),
  );
  if (fitting.some(({ effect }) => effect === "Deny")) return "denied";
  if (fitting.some(({ principals }) => meansItself(principals, caller))) return "allowed";
  return fitting.length > 0 ? "delegated" : "silent";
}

/** Whether a call is allowed, and if not, by which policy: a resource's, or that of the caller's role. */
export type Access =
  | Extract<Decision, { allowed: true }>
  | { readonly allowed: false; readonly explicit: boolean; readonly policy?: ResourcePolicy };

/**
 * Puts together what a role and a resource's policy say, as AWS does within an account: a deny wins, and either's yes is
 * enough; but a key's policy has to let the caller, or leave it to the account.
 *
 * @param own what the role's policies say
 */
export function accessBy(own: Decision, policy: ResourcePolicy, verdict: Verdict): Access {
  if (!own.allowed && own.explicit) return own;
  if (verdict === "denied") return { allowed: false, explicit: true, policy };
  // No grant of the role is needed then.
  if (verdict === "allowed") return { allowed: true, cells: [] };
  if (policy.kind === "key" && verdict === "silent") return { allowed: false, explicit: false, policy };
  return own;
}
