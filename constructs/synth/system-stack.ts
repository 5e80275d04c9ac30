import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { Lazy, LocalBackend, TerraformOutput, TerraformStack } from "cdktf";
import type { Construct, IConstruct } from "constructs";
import { arnOf } from "../../aws/arn";
import { logRetentionPeriods } from "../../aws/limits";
import type { Environment, RestoredTable } from "../../environments/environment";
import type { EncryptionKey, KeyUse } from "../data/encryption-key";
import { checkReferences } from "./references";
import { resourceIds } from "./resource-ids";
import { writeOnSynth } from "./stack-files";
import { StateBackend } from "./state-backend";
import { oneOf, validate } from "./validation";

/** Where a system runs, and as what. */
export interface SystemStackProps {
  /** Kebab-case; the first half of the stack's id, and of the name of everything in it. */
  readonly system: string;
  readonly environment: Environment;
  readonly region: string;
  /** How long CloudWatch keeps the system's logs. @default what the environment says */
  readonly logRetentionDays?: number | undefined;
  /** Whether state is kept on this machine, in the project's folder. @default false: where the environment says */
  readonly localState?: boolean;
  /**
   * Makes the key of the stack's own that everything in it is encrypted with: environment variables, topics, buckets, log
   * groups and parameters. It is there before all of them. @default none: AWS's keys
   */
  readonly encryptionKey?: (stack: SystemStack) => EncryptionKey;
}

/** The regions that are on in every account, from which the ready systems choose. */
const regions = ["us-east-1", "us-east-2", "us-west-1", "us-west-2", "ca-central-1", "sa-east-1"]
  .concat(["eu-central-1", "eu-north-1", "eu-west-1", "eu-west-2", "eu-west-3"])
  .concat(["ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1", "ap-southeast-1", "ap-southeast-2"]);

/**
 * A stack named `<system>-<environment>`: provider, state backend, tags, and the outputs that every system has.
 * Write-only arguments, which keep secrets out of state, need Terraform 1.11.
 */
export class SystemStack extends TerraformStack {
  readonly system: string;
  readonly environment: Environment;
  readonly region: string;
  readonly logRetentionDays: number;
  /** The key of its own that what is in it is encrypted with. */
  readonly key: EncryptionKey | undefined;
  private readonly tables = new Set<string>();
  private readonly files = new Map<string, () => Uint8Array>();

  constructor(scope: Construct, props: SystemStackProps) {
    const { system, environment, region, logRetentionDays = environment.logRetentionDays, localState } = props;
    super(scope, `${system}-${environment.name}`);
    this.system = system;
    this.environment = environment;
    this.region = region;
    this.logRetentionDays = logRetentionDays;
    const { name, accountId, environmentTag } = environment;
    new AwsProvider(this, "aws", {
      region,
      allowedAccountIds: [accountId],
      defaultTags: [{ tags: { Environment: environmentTag, System: system } }],
    });
    // Relative to the stack's folder, cdktf.out/stacks/<stack>, in which Terraform runs.
    if (localState) new LocalBackend(this, { path: `../../../${this.node.id}.tfstate` });
    else new StateBackend(this, "state", environment);
    this.addOverride("terraform.required_version", ">= 1.11.0, < 2.0.0");
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
      ...Object.keys(environment.restoredTables ?? {})
        .filter((table) => table.startsWith(`${this.node.id}-`))
        .map((table) => oneOf("restoredTables: the table before", table, [...this.tables].sort())),
    ]);
    writeOnSynth(this, this.files);
    this.key = props.encryptionKey?.(this);
  }

  /** The stack that a construct is in. */
  static override of(scope: IConstruct): SystemStack {
    const stack = TerraformStack.of(scope);
    if (stack instanceof SystemStack) return stack;
    throw new Error(
      `${scope.node.path}: must be in a SystemStack, which knows environment, region and names; make one: new SystemStack(app, { system, environment, region })`,
    );
  }

  /** CDKTF would resolve everything once more here, to find references between stacks; those are refused. */
  override prepareStack(): void {}

  override toTerraform() {
    const json = super.toTerraform();
    checkReferences(this.node.id, json);
    return json;
  }

  /** A name for AWS: the stack's id, then the construct's path in it: `records-dev-get-record`. */
  nameOf(scope: IConstruct): string {
    return scope.node.path.replaceAll("/", "-");
  }

  /** An id that no other construct of the stack has: the path in it, `prod-create-user`. */
  idOf(scope: IConstruct): string {
    return scope.node.path.split("/").slice(1).join("-");
  }

  /** The ARN of something whose name is fixed, so that it is known before it exists. */
  arn(service: string, resource: string): string {
    return arnOf(service, resource, { region: this.region, accountId: this.environment.accountId });
  }

  /**
   * Has the stack's own key, if it has one, encrypt the things with these ARNs, which are composed of names.
   *
   * @returns the key's ARN; undefined where AWS's keys encrypt
   */
  encrypt(use: KeyUse, ...arns: readonly string[]): string | undefined {
    this.key?.admit(use, arns);
    return this.key?.arn;
  }

  /** What the environment says of a table of the stack, by the name that the stack gives: that a copy takes its place. */
  restoredTable(table: string): RestoredTable | undefined {
    this.tables.add(table);
    return new Map(Object.entries(this.environment.restoredTables ?? {})).get(table);
  }

  /** A named output, for people and for scripts: `terraform output <name>`. */
  output(name: string, value: unknown, description: string): void {
    new TerraformOutput(this, name, { value, description, staticId: true });
  }

  /**
   * Has a file written beside the JSON when the stack is synthesized; whatever else is in its folder goes.
   *
   * @param path below the output folder: `stacks/records-dev/functions/get-record.zip`
   */
  addFile(path: string, contents: () => Uint8Array): void {
    this.files.set(path, contents);
  }
}
