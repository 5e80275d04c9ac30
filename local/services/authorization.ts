import { accountArn, parseArn, serviceOf, sessionArn } from "../../aws/arn";
import type { ContextKeys } from "../iam/conditions";
import { type AuthorizationRequest, decideWithin, type GrantedPermission } from "../iam/decision";
import { missingGrant } from "../iam/missing-grant";
import type { CallerNames } from "../iam/principals";
import { type Access, accessBy, evaluate, type ResourcePolicy } from "../iam/resource-policy";
import type { Principal, ServiceEvent } from "./configuration";
import { type Need, type Permitted, ServiceError } from "./service";

type Refused = Extract<Access, { allowed: false }>;

const roleSession = ({ roleArn, functionName, sessionName = functionName }: Principal): string =>
  sessionArn(roleArn, sessionName);

function namesOf(principal: Principal): CallerNames {
  const session = roleSession(principal);
  return { own: [principal.roleArn, session], session, account: accountArn(principal.accountId) };
}

function contextKeysOf(principal: Principal, need: Need): ContextKeys {
  return {
    "aws:principalaccount": principal.accountId,
    "aws:principalarn": principal.roleArn,
    "aws:principalisawsservice": "false",
    "aws:requestedregion": principal.region,
    "aws:resourceaccount": principal.accountId,
    // The loopback stands for TLS.
    "aws:securetransport": "true",
    "kms:calleraccount": principal.accountId,
    // Set on calls that a function's code makes, not on those that Lambda makes for it.
    "lambda:sourcefunctionarn":
      need.byLambda || serviceOf(principal.functionArn) !== "lambda" ? undefined : principal.functionArn,
    ...need.contextKeys,
  };
}

/** Of a call that a service makes of its own right, for a resource like a topic. */
function serviceContextKeys(sourceArn: string, need: Need): ContextKeys {
  const { region, accountId: account } = parseArn(sourceArn) ?? {};
  return {
    "aws:principalisawsservice": "true",
    "aws:requestedregion": region,
    "aws:resourceaccount": account,
    "aws:securetransport": "true",
    "aws:sourceaccount": account,
    "aws:sourcearn": sourceArn,
    ...need.contextKeys,
  };
}

/** AWS's own words for a refusal. Services have names of their own for one of a key. */
function refusal(who: string, { action, resource }: Need, { explicit, policy, byBoundary }: Refused): ServiceError {
  const [article, kind] = byBoundary
    ? ["a", "permissions boundary"]
    : policy
      ? ["a", "resource-based policy"]
      : ["an", "identity-based policy"];
  const because = explicit
    ? `with an explicit deny in ${article} ${kind}`
    : `because no ${kind} allows the ${action} action`;
  const message = `User: ${who} is not authorized to perform: ${action} on resource: ${resource} ${because}`;
  return new ServiceError(action.startsWith("kms:") ? "KeyAccessDenied" : "AccessDenied", message, { status: 403 });
}

/** Objects are protected by their bucket's policy, all else by its own. */
const protectedBy = (resource: string): string =>
  serviceOf(resource) === "s3" ? (resource.split("/", 1)[0] ?? resource) : resource;

/** Checks calls against the roles of those who make them and the policies of what they are about. */
export class Authorization {
  private readonly seen = new Set<string>();
  private policies: ReadonlyMap<string, ResourcePolicy> = new Map();

  constructor(private readonly emit: (event: ServiceEvent) => void) {}

  /** Applies these policies from now on. */
  configure(policies: readonly ResourcePolicy[]): void {
    this.policies = new Map(policies.map((policy) => [policy.resource, policy]));
  }

  /**
   * @returns the permissions that allow it
   * @throws ServiceError `AccessDenied` or `KeyAccessDenied` for the first need that the policies do not meet
   */
  require(principal: Principal, needs: readonly Need[]): readonly GrantedPermission[] {
    const permissions: GrantedPermission[] = [];
    for (const need of needs) {
      const access = this.reported(principal, need);
      if (!access.allowed) throw refusal(roleSession(principal), need, access);
      permissions.push(...access.permissions);
    }
    return permissions;
  }

  /**
   * Whether a service may do something of its own right: the resource's policy alone says so.
   *
   * @param sourceArn what it does it for
   * @throws ServiceError as for a role
   */
  requireOfService(service: string, sourceArn: string, needs: readonly Need[]): void {
    for (const need of needs) {
      const { action, resource } = need;
      const policy = this.policies.get(protectedBy(resource));
      const request = { action, resource, contextKeys: serviceContextKeys(sourceArn, need) };
      const decision = policy ? evaluate(policy, { own: [service] }, request) : "silent";
      if (decision === "allowed") continue;
      const refused: Refused = { allowed: false, explicit: decision === "denied", ...(policy ? { policy } : {}) };
      this.emitDenial(service, need, refused);
      throw refusal(service, need, refused);
    }
  }

  /** Whether something is allowed on which an answer depends. */
  permits(principal: Principal): Permitted {
    return (need) => this.reported(principal, need).allowed;
  }

  /** The decision of the policies; a refusal is reported, unless the caller gets its answer all the same. */
  private reported(principal: Principal, need: Need): Access {
    const access = this.decide(principal, need);
    if (access.allowed || need.optional) return access;
    const { functionName, naming } = principal;
    const helps = !access.explicit && !access.policy && !access.byBoundary;
    this.emitDenial(functionName, need, access, helps ? missingGrant(need, naming) : undefined);
    return access;
  }

  private decide(principal: Principal, need: Need): Access {
    const { action, resource } = need;
    const request = { action, resource, contextKeys: contextKeysOf(principal, need) };
    const access = this.withPolicy(principal, request);
    if (access.allowed) for (const permission of access.permissions) this.note(principal.functionName, permission);
    return access;
  }

  private withPolicy(principal: Principal, request: AuthorizationRequest): Access {
    const policy = this.policies.get(protectedBy(request.resource));
    return policy ? accessBy(principal, policy, namesOf(principal), request) : decideWithin(principal, request);
  }

  private emitDenial(who: string, { action, resource }: Need, refused: Refused, grant?: string): void {
    const { explicit, policy, byBoundary } = refused;
    const place = {
      ...(policy ? { policy: { kind: policy.kind, address: policy.address } } : {}),
      ...(byBoundary ? { byBoundary } : {}),
    };
    const by = { ...place, ...(grant === undefined ? {} : { grant }) };
    this.emit({ event: "denial", function: who, action, resource, explicit, ...by });
  }

  private note(functionName: string, permission: GrantedPermission): void {
    const address = `${functionName} ${permission.action} ${permission.resource} ${permission.when}`;
    if (this.seen.has(address)) return;
    this.seen.add(address);
    this.emit({ event: "permission", function: functionName, ...permission });
  }
}
