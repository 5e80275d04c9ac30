import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { Lazy, LocalBackend, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { logRetentionPeriods } from "../../aws/limits";
import type { Environment } from "../../environments/environment";
import { regionsBySystem } from "../../environments/systems";
import { boundaryOf, boundRoles } from "../account/permissions-boundary";
import type { EncryptionKey } from "../data/encryption-key";
import { planWithoutAccount } from "./command-line";
import { checkReferences } from "./references";
import { resourceIds } from "./resource-ids";
import { StackContext } from "./stack-context";
import { StateBackend } from "./state-backend";
import { oneOf, validate } from "./validation";
import { writeVersions } from "./versions";

/** Names, region and settings of a system's stack. */
export interface SystemStackProps {
  /** Kebab-case; the first half of the stack's id, and of the name of everything in it. */
  readonly system: string;
  readonly environment: Environment;
  readonly region: string;
  /** Retention of the system's logs in days. @default the environment's */
  readonly logRetentionDays?: number | undefined;
  /** Whether state is kept on this machine, in the project's folder. @default false: where the environment says */
  readonly localState?: boolean;
  /**
   * Whether it is for a plan alone, on a machine that has no account: state there, keys that are nobody's, and a provider that
   * does not ask whose they are. @default whether the environment variable `ACCOUNT` is `none`
   */
  readonly withoutAccount?: boolean;
  /**
   * Makes the key of the stack's own that everything in it is encrypted with: environment variables, topics, buckets, log
   * groups and parameters. It is there before all of them. @default none: AWS's keys
   */
  readonly encryptionKey?: (stack: SystemStack) => EncryptionKey;
  /**
   * Whether its roles have the environment's permissions boundary. @default true, where the environment has one and knows
   * the system: environments/systems.ts
   */
  readonly bounded?: boolean;
}

/** The regions that are on in every account, from which the ready systems choose. */
const regions = ["us-east-1", "us-east-2", "us-west-1", "us-west-2", "ca-central-1", "sa-east-1"]
  .concat(["eu-central-1", "eu-north-1", "eu-west-1", "eu-west-2", "eu-west-3"])
  .concat(["ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1", "ap-southeast-1", "ap-southeast-2"]);

/** Keys that AWS knows nothing of, and a provider that does not try them before it has to. */
const nobody = {
  accessKey: "for-a-plan-without-an-account",
  secretKey: "for-a-plan-without-an-account",
  skipCredentialsValidation: true,
  skipRequestingAccountId: true,
  skipMetadataApiCheck: "true",
};

/**
 * A stack named `<system>-<environment>`: provider, state backend, tags, and the outputs that every system has.
 * Write-only arguments, which keep secrets out of state, need Terraform 1.11.
 *
 * @example
 * class ThingsStack extends SystemStack {
 *   constructor(scope: App, environment: Environment) {
 *     super(scope, { system: "things", environment, region: "us-east-1" });
 *     new Table(this, "things", { partitionKey: "thingId" });
 *   }
 * }
 */
export class SystemStack extends TerraformStack {
  readonly system: string;
  readonly environment: Environment;
  /** The key of its own that what is in it is encrypted with. */
  readonly key: EncryptionKey | undefined;
  private readonly context: StackContext;

  constructor(scope: Construct, props: SystemStackProps) {
    const { system, environment, region, logRetentionDays = environment.logRetentionDays } = props;
    const { localState = false, withoutAccount = planWithoutAccount } = props;
    const { bounded = Object.hasOwn(regionsBySystem(environment), system) } = props;
    super(scope, `${system}-${environment.name}`);
    this.system = system;
    this.environment = environment;
    const { name, accountId, environmentTag } = environment;
    this.context = new StackContext(this, { system, environment, region, accountId, logRetentionDays });
    new AwsProvider(this, "aws", {
      region,
      ...(withoutAccount ? nobody : { allowedAccountIds: [accountId] }),
      defaultTags: [{ tags: { Environment: environmentTag, System: system } }],
    });
    // Relative to the stack's folder, cdktf.out/stacks/<stack>, in which Terraform runs.
    if (localState || withoutAccount) new LocalBackend(this, { path: `../../../${this.node.id}.tfstate` });
    else new StateBackend(this, "state", environment);
    writeVersions(this, this.context, environment);
    this.output(
      "resources",
      Lazy.anyValue({ produce: () => resourceIds(this) }),
      "Every managed resource: its address and its id",
    );
    validate(this, () => [
      oneOf("region", region, regions),
      oneOf("logRetentionDays", logRetentionDays, logRetentionPeriods),
      [
        /^\d{12}$/.test(accountId),
        `accountId must be twelve digits, got "${accountId}"; set it in environments/${name}.ts (aws sts get-caller-identity prints it)`,
      ],
    ]);
    const boundary = bounded ? boundaryOf(this, environment) : undefined;
    if (boundary) boundRoles(this, boundary);
    this.key = props.encryptionKey?.(this);
    this.context.encryptWith(this.key);
  }

  /** CDKTF would resolve everything once more here, to find references between stacks; those are refused. */
  override prepareStack(): void {}

  override toTerraform() {
    const json = super.toTerraform();
    checkReferences(this.node.id, json);
    return json;
  }

  /** A named output, for people and for scripts: `terraform output <name>`. */
  output(name: string, value: unknown, description: string): void {
    this.context.output(name, value, description);
  }
}
