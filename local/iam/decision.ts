import { allHold, type ContextKeys, inWords } from "./conditions";
import { arnFits, fits } from "./pattern";
import type { Statement } from "./policy";

/** An action of a principal on one resource. */
export interface AuthorizationRequest {
  /** `dynamodb:GetItem` */
  readonly action: string;
  /** The ARN, or `*` for actions that have no resource form. */
  readonly resource: string;
  readonly contextKeys: ContextKeys;
}

/** The decision, and the granted permissions (action and resource as written) that allowed it. */
export type Decision = { readonly allowed: true; readonly permissions: readonly GrantedPermission[] } | Refusal;

/** A no: by a statement that says so, or since none allows it. */
export interface Refusal {
  readonly allowed: false;
  readonly explicit: boolean;
  /** The statement that denies. */
  readonly by?: Statement;
  /** Whether it is the permissions boundary that says no. */
  readonly byBoundary?: true;
}

/** An identity's permissions: its policies, within its permissions boundary, if it has one. */
export interface Rights {
  readonly statements: readonly Statement[];
  readonly boundary?: readonly Statement[];
}

/** An action on a resource as a statement grants it. */
export interface GrantedPermission {
  readonly action: string;
  readonly resource: string;
  /** The statement's conditions, if it has any. */
  readonly when?: string;
}

/** The permissions of a statement, for these of its actions and resources. */
export function permissionsFor(
  { conditions }: Statement,
  actions: readonly string[],
  resources: readonly string[],
): GrantedPermission[] {
  const when = conditions.length > 0 ? { when: inWords(conditions) } : {};
  return actions.flatMap((action) => resources.map((resource) => ({ action, resource, ...when })));
}

/** Actions know no case, resources do. */
const actionFits = (pattern: string, action: string): boolean => fits(pattern.toLowerCase(), action.toLowerCase());

/** Patterns as a grant shows them: of a list of exceptions it is one that all the others are in. */
export const asWritten = (patterns: readonly string[], except = false): readonly string[] =>
  except ? [`all but ${patterns.join(", ")}`] : patterns;

/** The patterns that fit; of a list of exceptions, all together where none does. */
function fitting(patterns: readonly string[], except: boolean, fits: (pattern: string) => boolean): readonly string[] {
  const found = patterns.filter(fits);
  if (!except) return found;
  return found.length > 0 ? [] : asWritten(patterns, except);
}

function permissionsOf(statement: Statement, { action, resource }: AuthorizationRequest): GrantedPermission[] {
  const { except = { actions: false, resources: false } } = statement;
  const actions = fitting(statement.actions, except.actions, (pattern) => actionFits(pattern, action));
  const resources = fitting(statement.resources, except.resources, (pattern) => arnFits(pattern, resource));
  return permissionsFor(statement, actions, resources);
}

/** Whether a statement applies to a request and its context. */
export const isAsked = (statement: Statement, request: AuthorizationRequest): boolean =>
  permissionsOf(statement, request).length > 0 && allHold(statement.conditions, request.contextKeys);

/** IAM's own order: an explicit deny wins, then an allow, else no. */
export function decide(statements: readonly Statement[], request: AuthorizationRequest): Decision {
  const asked = statements
    .map((statement) => ({ statement, permissions: permissionsOf(statement, request) }))
    .filter(
      ({ statement, permissions }) => permissions.length > 0 && allHold(statement.conditions, request.contextKeys),
    );
  const denying = asked.find(({ statement }) => statement.effect === "Deny");
  if (denying) return { allowed: false, explicit: true, by: denying.statement };
  const permissions = asked.flatMap((found) => found.permissions);
  return permissions.length > 0 ? { allowed: true, permissions } : { allowed: false, explicit: false };
}

/** The refusal by a permissions boundary, if any: it allows nothing by itself. */
export function limitOf({ boundary }: Rights, request: AuthorizationRequest): Refusal | undefined {
  const decision = boundary && decide(boundary, request);
  return decision && !decision.allowed ? { ...decision, byBoundary: true } : undefined;
}

/**
 * The decision of an identity's policies and its permissions boundary: a deny of either wins, and both have to allow
 * it. (IAM user guide, "Policy evaluation logic": evaluating identity-based policies with permissions boundaries)
 */
export function decideWithin(rights: Rights, request: AuthorizationRequest): Decision {
  const own = decide(rights.statements, request);
  const limit = limitOf(rights, request);
  if (limit?.explicit || (limit && own.allowed)) return limit;
  return own;
}
