import { movedArn } from "./arn";

/** Condition block of a policy statement: operator → key → value or values. */
export type Conditions = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;

/** A statement that allows: what opens another door by it cannot be given one that closes. */
export type AllowStatement = Statement & { readonly effect?: "Allow" };

/** One statement of an IAM policy. */
export interface Statement {
  /** Letters and digits, by which a refusal is found again. @default none */
  readonly sid?: string;
  /** @default "Allow" */
  readonly effect?: "Allow" | "Deny";
  /**
   * Services (`lambda.amazonaws.com`), accounts (`arn:aws:iam::<id>:root`: whom their own policies allow it), identity
   * providers by their ARN, or `*` for anyone the conditions admit. @default none (a role's own policy)
   */
  readonly principals?: readonly string[] | "*";
  readonly actions: readonly string[];
  /** @default none (a trust policy) */
  readonly resources?: readonly string[];
  readonly conditions?: Conditions;
}

function kindOf(principal: string): "AWS" | "Federated" | "Service" {
  if (!principal.startsWith("arn:")) return "Service";
  return principal.includes(":oidc-provider/") ? "Federated" : "AWS";
}

function principalsByKind(principals: readonly string[]): object {
  const kinds = (["AWS", "Federated", "Service"] as const).map(
    (kind) => [kind, principals.filter((principal) => kindOf(principal) === kind)] as const,
  );
  return Object.fromEntries(kinds.filter(([, ofKind]) => ofKind.length > 0));
}

function render({ sid, effect = "Allow", principals, actions, resources, conditions }: Statement): object {
  return {
    ...(sid === undefined ? {} : { Sid: sid }),
    Effect: effect,
    ...(principals ? { Principal: principals === "*" ? "*" : principalsByKind(principals) } : {}),
    Action: actions,
    ...(resources ? { Resource: resources } : {}),
    ...(conditions ? { Condition: conditions } : {}),
  };
}

/** Whether a statement is about anything: IAM refuses an empty list of resources. */
const hasResources = ({ resources }: Statement): boolean => resources === undefined || resources.length > 0;

/** The policy document with these statements, as JSON; without those about no resource, which say nothing. */
export const policyDocument = (statements: readonly Statement[]): string =>
  JSON.stringify({ Version: "2012-10-17", Statement: statements.filter(hasResources).map(render) });

/** Statements in an order of their own, whichever was added first. What a policy says does not depend on it. */
export const inOrder = (statements: readonly Statement[]): Statement[] => {
  const keyed = statements.map((statement) => [JSON.stringify(statement), statement] as const);
  return keyed.sort(([a], [b]) => (a < b ? -1 : Number(a > b))).map(([, statement]) => statement);
};

/** A statement about things of the partition `aws`, with the ARNs that another partition has for its own. */
export function inPartition(partition: string, statement: Statement): Statement {
  const { resources, conditions } = statement;
  const named = (text: string): string => movedArn(text, partition);
  const compared = Object.entries(conditions ?? {}).map(([operator, keys]) => {
    const values = Object.entries(keys).map(([key, value]) => [
      key,
      typeof value === "string" ? named(value) : value.map(named),
    ]);
    return [operator, Object.fromEntries(values)];
  });
  return {
    ...statement,
    ...(resources ? { resources: resources.map(named) } : {}),
    ...(conditions ? { conditions: Object.fromEntries(compared) } : {}),
  };
}

/** Lets an AWS service take a role on, for this account's resources only where the service says whose they are. */
export const trustPolicy = (service: string, conditions?: Conditions): string =>
  policyDocument([{ principals: [service], actions: ["sts:AssumeRole"], ...(conditions ? { conditions } : {}) }]);
