import { asWritten, type GrantedPermission, permissionsFor } from "./decision";
import type { Statement } from "./policy";

/** A granted permission of a function, and whether a call has needed it so far. */
export interface PermissionUse extends GrantedPermission {
  readonly function: string;
  readonly used: boolean;
}

/**
 * Services that Lambda, X-Ray and the network need a role for, not the function's code: no call to them is seen here.
 */
const platformServices = new Set(["ec2", "logs", "xray"]);

const keyOf = ({ action, resource, when = "" }: GrantedPermission): string => `${action} ${resource} ${when}`;

/** The permissions that a role grants to code: action × resource × conditions, as written. */
export function grantedPermissions(statements: readonly Statement[]): readonly GrantedPermission[] {
  const allowed = statements.filter(({ effect }) => effect === "Allow");
  const permissions = allowed.flatMap((statement) => {
    const { actions, resources, except } = statement;
    return permissionsFor(statement, asWritten(actions, except?.actions), asWritten(resources, except?.resources));
  });
  return permissions.filter(({ action }) => !platformServices.has(action.split(":")[0] ?? ""));
}

/** Remembers which granted permissions were needed, by function. */
export class PermissionReport {
  private readonly used = new Map<string, Set<string>>();

  /** @returns whether it is the first time */
  use(functionName: string, permission: GrantedPermission): boolean {
    const permissions = this.used.get(functionName) ?? new Set();
    this.used.set(functionName, permissions);
    const first = !permissions.has(keyOf(permission));
    permissions.add(keyOf(permission));
    return first;
  }

  of(functionName: string, statements: readonly Statement[]): readonly PermissionUse[] {
    const used = this.used.get(functionName);
    return grantedPermissions(statements).map((permission) => ({
      function: functionName,
      ...permission,
      used: used?.has(keyOf(permission)) ?? false,
    }));
  }
}
