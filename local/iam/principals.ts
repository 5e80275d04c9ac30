import { accountArn } from "../../aws/arn";
import type { PrincipalElement } from "../../aws/policy-document";
import { UserError } from "../../lib/user-error";

/** Principals of a statement in a resource's policy. */
export interface Principals {
  /** ARNs of accounts, roles and sessions, services (`sns.amazonaws.com`), or `*` for everybody. */
  readonly names: readonly string[];
  /** Whether it is about everybody but these: `NotPrincipal`. */
  readonly except: boolean;
}

/** By what a policy can mean a caller. */
export interface CallerNames {
  /** The caller alone: a role and its session, or a service. */
  readonly own: readonly string[];
  /** The session among them. */
  readonly session?: string;
  /** The account that a role belongs to. */
  readonly account?: string;
}

/** Principals that AWS accepts, by kind. No part can be a pattern. */
const forms: Readonly<Record<string, RegExp>> = {
  AWS: /^(\*|\d{12}|arn:aws:iam::\d{12}:(root|(role|user)\/[^*?]+)|arn:aws:sts::\d{12}:assumed-role\/[^*?/]+\/[^*?/]+)$/,
  Service: /^[a-z0-9.-]+\.amazonaws\.com$/,
};

/** The principals that an element names: `*`, or kind → names. @throws UserError naming what in it is not known */
export function principalsIn(element: "Principal" | "NotPrincipal", value: PrincipalElement): Principals {
  const except = element === "NotPrincipal";
  if (value === "*") return { names: ["*"], except };
  const names = Object.entries(value).flatMap(([kind, listed]) => {
    const form = Object.hasOwn(forms, kind) ? forms[kind] : undefined;
    if (!form) throw new UserError(`${element} ${kind} is not known`);
    return listed.map((name) => {
      if (!form.test(name)) throw new UserError(`${element} ${kind} ${name} is not known`);
      return /^\d+$/.test(name) ? accountArn(name) : name;
    });
  });
  return { names, except };
}

/** Whether a statement is about a caller. Who is excepted has to be so by every name: the role's does not spare it. */
export function isAbout({ names, except }: Principals, { own, account }: CallerNames): boolean {
  const all = account === undefined ? own : [...own, account];
  const isNamed = (name: string): boolean => names.includes(name);
  return except ? !isNamed("*") && !all.every(isNamed) : isNamed("*") || all.some(isNamed);
}

/** Whether it names the caller and not only its account, which leaves it to the account's own policies. */
export const namesCaller = ({ names, except }: Principals, { own }: CallerNames): boolean =>
  except || names.includes("*") || own.some((name) => names.includes(name));
