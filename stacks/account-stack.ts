import type { Construct } from "constructs";
import { ApiGatewayLogging } from "../constructs/account/api-gateway-logging";
import { CiIdentity } from "../constructs/account/ci-identity";
import { PermissionsBoundary } from "../constructs/account/permissions-boundary";
import { Bucket } from "../constructs/data/bucket";
import { Table } from "../constructs/data/table";
import { accountStateIsLocal } from "../constructs/synth/command-line";
import { stateNames } from "../constructs/synth/state-backend";
import { SystemStack } from "../constructs/synth/system-stack";
import type { Environment } from "../environments/environment";
import { hostedZonesOf, regionsBySystem } from "../environments/systems";

/**
 * The resources that the systems of an environment share in their account: the bucket for state, API Gateway's role for
 * logs, permissions boundaries, and CI's identities. Nothing in it is deleted by mistake, in dev either: the other
 * stacks' state would go with it.
 */
export class AccountStack extends SystemStack {
  constructor(scope: Construct, environment: Environment, localState = accountStateIsLocal) {
    const { account } = environment;
    super(scope, {
      system: "account",
      environment: { ...environment, deletionProtection: true },
      region: account.region,
      localState,
      bounded: false,
    });
    const names = stateNames(environment);
    const systems = regionsBySystem(environment);

    const state = new Bucket(this, "state-bucket", { name: names.bucket, oldVersionDays: 365 });
    const lock = new Table(this, "state-lock", { name: names.lockTable, partitionKey: "LockID" });
    new ApiGatewayLogging(this, "api-gateway-logging", { regions: Object.values(systems) });
    const boundary = new PermissionsBoundary(this, "boundary", { environment });
    const ci = new CiIdentity(this, "ci", {
      ...{ ...account, systems, environmentTag: environment.environmentTag },
      state: environment.state.s3 ?? {},
      boundaryArn: boundary.arn,
      hostedZoneIds: hostedZonesOf(environment),
    });

    this.output("state_bucket", state.name, "Where every stack of the environment keeps its state");
    this.output("state_lock_table", lock.name, "What keeps two from writing it at once");
    this.output(
      "pull_request_role_arn",
      ci.pullRequestRoleArn,
      "For CI, on pull requests: the variable PULL_REQUEST_ROLE_<ENVIRONMENT>",
    );
    this.output("plan_role_arn", ci.planRoleArn, "For CI, where it plans: the variable PLAN_ROLE_<ENVIRONMENT>");
    this.output("deploy_role_arn", ci.deployRoleArn, "For CI, where it deploys: the variable DEPLOY_ROLE_ARN");
  }
}
