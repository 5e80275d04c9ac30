import { type Cell, decide } from "../roles/decision";
import { missingGrant } from "../roles/missing-grant";
import type { Principal, ServiceEvent } from "./configuration";
import { type Need, type Permitted, ServiceError } from "./service";

const roleSession = ({ roleArn, functionName }: Principal): string =>
  `${roleArn.replace(":iam:", ":sts:").replace(":role/", ":assumed-role/")}/${functionName}`;

function circumstancesOf(principal: Principal, need: Need) {
  return {
    "aws:principalaccount": principal.accountId,
    "aws:principalarn": principal.roleArn,
    "aws:requestedregion": principal.region,
    "aws:resourceaccount": principal.accountId,
    // The loopback stands for TLS.
    "aws:securetransport": "true",
    // Set on calls that a function's code makes, not on those that Lambda makes for it.
    "lambda:sourcefunctionarn": need.byLambda ? undefined : principal.functionArn,
    ...need.circumstances,
  };
}

/** AWS's own words for a refusal. */
function refusal(principal: Principal, { action, resource }: Need, explicit: boolean): ServiceError {
  const because = explicit
    ? "with an explicit deny in an identity-based policy"
    : `because no identity-based policy allows the ${action} action`;
  const who = `User: ${roleSession(principal)} is not authorized to perform: ${action} on resource: ${resource}`;
  return new ServiceError("AccessDenied", `${who} ${because}`, { status: 403 });
}

/** Checks calls against the roles of those who make them, and remembers which grants were needed. */
export class Authorization {
  private readonly seen = new Set<string>();

  constructor(private readonly tell: (event: ServiceEvent) => void) {}

  /** @throws ServiceError `AccessDenied` for the first need that the role does not meet */
  require(principal: Principal, needs: readonly Need[]): void {
    for (const need of needs) {
      const decision = this.decide(principal, need);
      if (decision.allowed) continue;
      const { functionName, naming } = principal;
      const { action, resource } = need;
      const grant = missingGrant(action, resource, naming);
      const { explicit } = decision;
      this.tell({ event: "denial", function: functionName, action, resource, explicit, grant });
      throw refusal(principal, need, explicit);
    }
  }

  /** Whether something else would be allowed. */
  permits(principal: Principal): Permitted {
    return (need) => this.decide(principal, need).allowed;
  }

  private decide(principal: Principal, need: Need) {
    const { action, resource } = need;
    const decision = decide(principal.statements, {
      action,
      resource,
      circumstances: circumstancesOf(principal, need),
    });
    if (decision.allowed) for (const cell of decision.cells) this.note(principal.functionName, cell);
    return decision;
  }

  private note(functionName: string, cell: Cell): void {
    const address = `${functionName} ${cell.action} ${cell.resource} ${cell.when}`;
    if (this.seen.has(address)) return;
    this.seen.add(address);
    this.tell({ event: "cell", function: functionName, ...cell });
  }
}
