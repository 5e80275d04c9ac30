import { CodedeployApp } from "@cdktf/provider-aws/lib/codedeploy-app";
import { CodedeployDeploymentGroup } from "@cdktf/provider-aws/lib/codedeploy-deployment-group";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { SsmParameter } from "@cdktf/provider-aws/lib/ssm-parameter";
import { Lazy } from "cdktf";
import { Construct } from "constructs";
import { policyDocument, trustPolicy } from "../../aws/policy";
import type { NodeFunction } from "../compute/node-function";
import type { Alarms } from "../observability/alarms";
import { StackContext } from "../synth/stack-context";
import { type Rule, validate } from "../synth/validation";

export interface RolloutProps {
  /** The functions whose versions it shifts traffic between. */
  readonly functions: readonly NodeFunction[];
  /** Those about a function, and those about the API, stop and reverse what is being rolled out. */
  readonly alarms: Alarms;
}

/** CodeDeploy watches so many alarms of a deployment group (its quotas). */
const mostAlarms = 10;

/**
 * Deployment of new versions of functions, as the environment says: at once by Terraform, or in steps by CodeDeploy,
 * which `npm run release` starts and which returns to the version before when an alarm fires.
 *
 * @example
 * new Rollout(this, "rollout", { functions: [getThing], alarms });
 */
export class Rollout extends Construct {
  constructor(scope: Construct, id: string, { functions, alarms }: RolloutProps) {
    super(scope, id);
    const stack = StackContext.of(this);
    const { rollout } = stack.environment;
    const versions = Object.fromEntries(functions.map(({ name, resource }) => [name, resource.version]));
    this.recordServing(versions, functions);
    stack.output(
      "versions",
      versions,
      "The newest version of each function; npm run release brings those that do not serve yet",
    );
    if (rollout === "AllAtOnce") return;
    const application = new CodedeployApp(this, "Default", { name: stack.nameOf(this), computePlatform: "Lambda" });
    const role = this.addRole(functions);
    for (const fn of functions) {
      fn.live.rollOut();
      new CodedeployDeploymentGroup(this, stack.idOf(fn), {
        appName: application.name,
        deploymentGroupName: fn.name,
        deploymentConfigName: `CodeDeployDefault.Lambda${rollout}`,
        serviceRoleArn: role.arn,
        deploymentStyle: { deploymentOption: "WITH_TRAFFIC_CONTROL", deploymentType: "BLUE_GREEN" },
        alarmConfiguration: { enabled: true, alarms: Lazy.listValue({ produce: () => alarms.namesAbout(fn) }) },
        autoRollbackConfiguration: { enabled: true, events: ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM"] },
      });
    }
    validate(this, () =>
      functions.map(
        (fn): Rule => [
          alarms.namesAbout(fn).length <= mostAlarms,
          `alarms must be at most ${mostAlarms} for ${fn.node.id} where versions take over in steps, got ${alarms.namesAbout(fn).length}; watch less, or roll out at once`,
        ],
      ),
    );
  }

  /**
   * A parameter that says which versions serve, and by its history since when: what `npm run rollback` goes by. Where they
   * take over at once, Terraform writes it when they have; else it writes the first, and `npm run release` all others.
   */
  private recordServing(versions: Readonly<Record<string, string>>, functions: readonly NodeFunction[]): void {
    const { system, environment } = StackContext.of(this);
    new SsmParameter(this, "serving", {
      name: `/${system}/${environment.name}/serving`,
      description: "Which version of each function serves; the history says since when",
      type: "String",
      value: JSON.stringify(versions),
      dependsOn: functions.map(({ live }) => live.resource),
      ...(environment.rollout === "AllAtOnce" ? {} : { lifecycle: { ignoreChanges: ["value"] } }),
    });
  }

  private addRole(functions: readonly NodeFunction[]): IamRole {
    const stack = StackContext.of(this);
    const name = stack.nameOf(this);
    const role = new IamRole(this, "role", {
      name,
      assumeRolePolicy: trustPolicy("codedeploy.amazonaws.com", {
        StringEquals: { "aws:SourceAccount": stack.accountId },
        ArnLikeIfExists: { "aws:SourceArn": stack.arn("codedeploy", `deploymentgroup:${name}/*`) },
      }),
    });
    new IamRolePolicy(this, "role-policy", {
      role: role.name,
      policy: policyDocument([
        {
          actions: ["lambda:GetAlias", "lambda:GetProvisionedConcurrencyConfig", "lambda:UpdateAlias"],
          resources: functions.flatMap(({ unqualifiedArn: arn }) => [arn, `${arn}:*`]),
        },
        { actions: ["cloudwatch:DescribeAlarms"], resources: [stack.arn("cloudwatch", `alarm:${stack.id}-*`)] },
      ]),
    });
    return role;
  }
}
