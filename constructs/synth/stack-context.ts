import { DataAwsCallerIdentity } from "@cdktf/provider-aws/lib/data-aws-caller-identity";
import { DataAwsPartition } from "@cdktf/provider-aws/lib/data-aws-partition";
import { DataAwsRegion } from "@cdktf/provider-aws/lib/data-aws-region";
import { TerraformOutput, TerraformStack } from "cdktf";
import type { Construct, IConstruct } from "constructs";
import { arnOf } from "../../aws/arn";
import type { AccountSettings, Environment, RestoredTable } from "../../environments/environment";
import { SettingsError } from "../../environments/settings-error";
import type { EncryptionKey, KeyUse } from "../data/encryption-key";
import { writeOnSynth } from "./stack-files";
import { oneOf, type Rule, validate } from "./validation";

type Asked = "name" | "deletionProtection" | "functionLogLevel" | "alarmEmails" | "corsOrigins" | "rollout";

/** The part of an environment that constructs read. */
export interface ContextEnvironment extends Pick<Environment, Asked | "restoredTables"> {
  /**
   * The account, with the repository of the alarms' runbook, whose workflows deploy. @default alarms link to no runbook
   */
  readonly account?: AccountSettings;
}

/** Properties of a `StackContext`. */
export interface StackContextProps {
  /** The name in metrics, logs and parameters. @default the stack's id */
  readonly system?: string;
  /** @default `contextDefaults` */
  readonly environment?: Partial<ContextEnvironment>;
  /** @default the provider's: `data.aws_region`, and with it the partition, `data.aws_partition` */
  readonly region?: string;
  /** @default the provider's: `data.aws_caller_identity` */
  readonly accountId?: string;
  /** Retention of logs in days. @default 30 */
  readonly logRetentionDays?: number;
}

/** The environment of a stack that names none: everything protected. */
export const contextDefaults: ContextEnvironment = {
  name: "default",
  deletionProtection: true,
  functionLogLevel: "INFO",
  alarmEmails: [],
  corsOrigins: [],
  rollout: "AllAtOnce",
};

/** Of China, of governments, of Europe's sovereign cloud (AWS General Reference, "AWS partitions"). */
const regionsElsewhere = /^(cn|eusc|us-gov|\w+-iso\w*)-/;

const contexts = new WeakMap<TerraformStack, StackContext>();

/**
 * The names, environment, account and region that the constructs of a stack share. A `SystemStack` sets it from its
 * settings; in any other stack it has defaults.
 *
 * @example
 * new StackContext(stack, { environment: { name: "dev", deletionProtection: false } });
 */
export class StackContext {
  readonly system: string;
  /** The beginning of the names of variables whose values several stacks of one environment are given: `records_`. */
  readonly variablePrefix: string;
  readonly environment: ContextEnvironment;
  readonly logRetentionDays: number;
  /** A name that AWS takes anywhere: the stack's id. */
  readonly id: string;
  private readonly tables = new Set<string>();
  private readonly files = new Map<string, () => Uint8Array>();
  /** Path → what its contents are made of. */
  private readonly sources = new Map<string, ReadonlySet<string>>();
  private readonly stack: TerraformStack;
  private key: EncryptionKey | undefined;

  /** @param scope the stack, or anything in it */
  constructor(
    scope: IConstruct,
    private readonly props: StackContextProps = {},
  ) {
    const stack = TerraformStack.of(scope);
    this.stack = stack;
    if (contexts.has(stack)) {
      throw new SettingsError([
        `${stack.node.path}: a StackContext must be made before the first construct that uses it, and once; move it to the top of the stack`,
      ]);
    }
    contexts.set(stack, this);
    this.id = plain(stack.node.id);
    this.system = props.system ?? this.id;
    this.variablePrefix = props.system === undefined ? "" : `${props.system.replaceAll("-", "_")}_`;
    this.environment = { ...contextDefaults, ...props.environment };
    this.logRetentionDays = props.logRetentionDays ?? 30;
    validate(stack, () => [...this.restoredTableRules(), ...this.fileRules()]);
  }

  /** Of the stack that a construct is in. */
  static of(scope: IConstruct): StackContext {
    const stack = TerraformStack.of(scope);
    return contexts.get(stack) ?? new StackContext(stack);
  }

  get region(): string {
    return this.props.region ?? this.dataSource("aws-region", DataAwsRegion).region;
  }

  get accountId(): string {
    return this.props.accountId ?? this.dataSource("aws-caller-identity", DataAwsCallerIdentity).accountId;
  }

  /** Which of AWS's separate worlds it is in: `aws` for all but a few regions. */
  get partition(): string {
    const { region } = this.props;
    return region && !regionsElsewhere.test(region)
      ? "aws"
      : this.dataSource("aws-partition", DataAwsPartition).partition;
  }

  /** A name for AWS: the stack's id, then the construct's path in it: `records-dev-get-record`. */
  nameOf(scope: IConstruct): string {
    return `${this.id}-${this.idOf(scope)}`;
  }

  /** An id that no other construct of the stack has: the path in it, `prod-create-user`. */
  idOf(scope: IConstruct): string {
    return plain(scope.node.path.slice(this.stack.node.path.length + 1));
  }

  /** The ARN of something whose name is fixed, so that it is known before it exists. */
  arn(service: string, resource: string): string {
    const { partition, region, accountId } = this;
    return arnOf(service, resource, { partition, region, accountId });
  }

  /** Has everything in the stack that comes after it be encrypted with this key. */
  encryptWith(key: EncryptionKey | undefined): void {
    this.key = key;
  }

  /**
   * Has the stack's own key, if it has one, encrypt the things with these ARNs, which are composed of names.
   *
   * @returns the key's ARN; undefined where AWS's keys encrypt
   */
  encrypt(use: KeyUse, arns: () => readonly string[]): string | undefined {
    this.key?.admit(use, arns());
    return this.key?.arn;
  }

  /** The copy that the environment puts in the place of the stack's table of that name, if any. */
  restoredTable(table: string): RestoredTable | undefined {
    this.tables.add(table);
    return new Map(Object.entries(this.environment.restoredTables ?? {})).get(table);
  }

  /** A named output, for people and for scripts: `terraform output <name>`. */
  output(name: string, value: unknown, description: string): void {
    new TerraformOutput(this.stack, name, { value, description, staticId: true });
  }

  /**
   * Has a file written beside the JSON when the stack is synthesized; whatever else is in its folder goes.
   *
   * @param path below the stack's folder: `functions/get-record.zip`
   * @param source what it is made of; two sources can't make one file
   */
  addFile(path: string, source: string, contents: () => Uint8Array): void {
    if (this.files.size === 0) writeOnSynth(this.stack, this.files);
    this.files.set(`stacks/${this.stack.node.id}/${path}`, contents);
    this.sources.set(path, new Set([...(this.sources.get(path) ?? []), source]));
  }

  /** One for the whole stack, made when something first needs it. */
  private dataSource<T extends Construct>(id: string, Source: new (scope: Construct, id: string) => T): T {
    const known = this.stack.node.tryFindChild(id);
    return known instanceof Source ? known : new Source(this.stack, id);
  }

  private fileRules(): Rule[] {
    return [...this.sources].map(([path, sources]) => [
      sources.size === 1,
      `${path} must be made of one source, got ${[...sources].sort().join(" and ")}; give one of the functions another id`,
    ]);
  }

  private restoredTableRules(): Rule[] {
    return Object.keys(this.environment.restoredTables ?? {})
      .filter((table) => table.startsWith(`${this.id}-`))
      .map((table) => oneOf("restoredTables: the table before", table, [...this.tables].sort()));
  }
}

/** Of the characters that names of every service may have. */
const plain = (path: string): string => path.replace(/[^\w-]+/g, "-");
