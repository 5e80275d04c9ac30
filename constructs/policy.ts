/** What a policy statement's conditions compare: operator → key → value or values. */
export type Conditions = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;

/** One statement of an IAM policy. */
export interface Statement {
  /** @default "Allow" */
  readonly effect?: "Allow" | "Deny";
  /**
   * Services (`lambda.amazonaws.com`), accounts (`arn:aws:iam::<id>:root`: whom their own policies allow it), or `*` for
   * anyone the conditions admit. @default none (a role's own policy)
   */
  readonly principals?: readonly string[] | "*";
  readonly actions: readonly string[];
  /** @default none (a trust policy) */
  readonly resources?: readonly string[];
  readonly conditions?: Conditions;
}

function principalsByKind(principals: readonly string[]): object {
  const [accounts, services] = [true, false].map((isArn) =>
    principals.filter((name) => name.startsWith("arn:") === isArn),
  );
  return { ...(accounts?.length ? { AWS: accounts } : {}), ...(services?.length ? { Service: services } : {}) };
}

function render({ effect = "Allow", principals, actions, resources, conditions }: Statement): object {
  return {
    Effect: effect,
    ...(principals ? { Principal: principals === "*" ? "*" : principalsByKind(principals) } : {}),
    Action: actions,
    ...(resources ? { Resource: resources } : {}),
    ...(conditions ? { Condition: conditions } : {}),
  };
}

/** The policy document with these statements, as JSON. */
export const policyDocument = (statements: readonly Statement[]): string =>
  JSON.stringify({ Version: "2012-10-17", Statement: statements.map(render) });

/** Lets an AWS service take a role on, for this account's resources only where the service says whose they are. */
export const trustPolicy = (service: string, conditions?: Conditions): string =>
  policyDocument([{ principals: [service], actions: ["sts:AssumeRole"], ...(conditions ? { conditions } : {}) }]);
