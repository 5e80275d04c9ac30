import { accountArn, parseArn, serviceOf, sessionArn } from "../../aws/arn";
import type { Circumstances } from "../iam/conditions";
import { type Attempt, type Cell, decideWithin } from "../iam/decision";
import { missingGrant } from "../iam/missing-grant";
import type { CallerNames } from "../iam/principals";
import { type Access, accessBy, judge, type ResourcePolicy } from "../iam/resource-policy";
import type { Principal, ServiceEvent } from "./configuration";
import { type Need, type Permitted, ServiceError } from "./service";

type Refused = Extract<Access, { allowed: false }>;

const roleSession = ({ roleArn, functionName }: Principal): string => sessionArn(roleArn, functionName);

function namesOf(principal: Principal): CallerNames {
  const session = roleSession(principal);
  return { own: [principal.roleArn, session], session, account: accountArn(principal.accountId) };
}

function circumstancesOf(principal: Principal, need: Need): Circumstances {
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
    "lambda:sourcefunctionarn": need.byLambda ? undefined : principal.functionArn,
    ...need.circumstances,
  };
}

/** Of a call that a service makes of its own right, for a resource like a topic. */
function serviceCircumstances(sourceArn: string, need: Need): Circumstances {
  const { region, accountId: account } = parseArn(sourceArn) ?? {};
  return {
    "aws:principalisawsservice": "true",
    "aws:requestedregion": region,
    "aws:resourceaccount": account,
    "aws:securetransport": "true",
    "aws:sourceaccount": account,
    "aws:sourcearn": sourceArn,
    ...need.circumstances,
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

  constructor(private readonly tell: (event: ServiceEvent) => void) {}

  /** Has these policies hold from now on. */
  configure(policies: readonly ResourcePolicy[]): void {
    this.policies = new Map(policies.map((policy) => [policy.resource, policy]));
  }

  /**
   * @returns the cells that allow it
   * @throws ServiceError `AccessDenied` or `KeyAccessDenied` for the first need that the policies do not meet
   */
  require(principal: Principal, needs: readonly Need[]): readonly Cell[] {
    const cells: Cell[] = [];
    for (const need of needs) {
      const access = this.told(principal, need);
      if (!access.allowed) throw refusal(roleSession(principal), need, access);
      cells.push(...access.cells);
    }
    return cells;
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
      const attempt = { action, resource, circumstances: serviceCircumstances(sourceArn, need) };
      const verdict = policy ? judge(policy, { own: [service] }, attempt) : "silent";
      if (verdict === "allowed") continue;
      const refused: Refused = { allowed: false, explicit: verdict === "denied", ...(policy ? { policy } : {}) };
      this.tellDenial(service, need, refused);
      throw refusal(service, need, refused);
    }
  }

  /** Whether something is allowed on which an answer depends. */
  permits(principal: Principal): Permitted {
    return (need) => this.told(principal, need).allowed;
  }

  /** What the policies say; a no is told. */
  private told(principal: Principal, need: Need): Access {
    const access = this.decide(principal, need);
    if (access.allowed) return access;
    const { functionName, naming } = principal;
    const helps = !access.explicit && !access.policy && !access.byBoundary;
    this.tellDenial(functionName, need, access, helps ? missingGrant(need.action, need.resource, naming) : undefined);
    return access;
  }

  private decide(principal: Principal, need: Need): Access {
    const { action, resource } = need;
    const attempt = { action, resource, circumstances: circumstancesOf(principal, need) };
    const access = this.withPolicy(principal, attempt);
    if (access.allowed) for (const cell of access.cells) this.note(principal.functionName, cell);
    return access;
  }

  private withPolicy(principal: Principal, attempt: Attempt): Access {
    const policy = this.policies.get(protectedBy(attempt.resource));
    return policy ? accessBy(principal, policy, namesOf(principal), attempt) : decideWithin(principal, attempt);
  }

  private tellDenial(who: string, { action, resource }: Need, refused: Refused, grant?: string): void {
    const { explicit, policy, byBoundary } = refused;
    const place = {
      ...(policy ? { policy: { kind: policy.kind, address: policy.address } } : {}),
      ...(byBoundary ? { byBoundary } : {}),
    };
    const by = { ...place, ...(grant === undefined ? {} : { grant }) };
    this.tell({ event: "denial", function: who, action, resource, explicit, ...by });
  }

  private note(functionName: string, cell: Cell): void {
    const address = `${functionName} ${cell.action} ${cell.resource} ${cell.when}`;
    if (this.seen.has(address)) return;
    this.seen.add(address);
    this.tell({ event: "cell", function: functionName, ...cell });
  }
}
