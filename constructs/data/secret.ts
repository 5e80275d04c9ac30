import { SsmParameter } from "@cdktf/provider-aws/lib/ssm-parameter";
import { TerraformStack, TerraformVariable } from "cdktf";
import { Construct } from "constructs";
import type { NodeFunction } from "../compute/node-function";
import { StackContext } from "../synth/stack-context";
import { keyStatement } from "./encryption-key";
import { KeptValue } from "./kept-value";
import { secretVersion } from "./secret-versions";

export interface SecretProps {
  /** The purpose, and where a value comes from: shown to whoever has to set it. */
  readonly description: string;
  /**
   * Whether an argument that is no write-only one takes the value too, which puts it in plan and state: AWS leaves no
   * other way for some. Then `<name>_previous` keeps the former value good until that argument has reached everybody.
   *
   * @default false
   */
  readonly inState?: boolean;
  /** The parameter's name below `/<system>/<environment>/`: `database/connection-string`. @default the id */
  readonly path?: string;
}

/**
 * A SecureString in Parameter Store. Its value comes from the Terraform variable of its system and name
 * (`records_cursor_secret`), which is ephemeral, and goes to a write-only argument: it is in no JSON, plan or state. To
 * rotate it, raise its version in the variable `secret_versions`.
 *
 * @example
 * const cursorSecret = new Secret(this, "cursor-secret", { description: "Signs cursors: 32 random characters" });
 * cursorSecret.grantRead(getThing);
 */
export class Secret extends Construct {
  /** The value that was kept when the version was raised last, for an argument in state; only where `inState` says so. */
  readonly value: string;
  /** The parameter's name, for `GetParameter`. Names are no secrets. */
  readonly parameterName: string;
  private readonly versionVariable: string;
  private readonly version: string;
  private readonly arn: string;
  private readonly keyArn: string | undefined;

  constructor(scope: Construct, id: string, { description, path = id, inState = false }: SecretProps) {
    super(scope, id);
    const stack = TerraformStack.of(this);
    const context = StackContext.of(this);
    const own = id.replaceAll("-", "_");
    const variable = `${context.variablePrefix}${own}`;
    // One word may be the secret's own id, too, which it may have in the stack itself.
    const value = new TerraformVariable(stack, variable === id ? `${variable}-variable` : variable, {
      type: "string",
      description,
      sensitive: true,
      nullable: false,
    });
    value.overrideLogicalId(variable);
    if (!inState) value.addOverride("ephemeral", true);
    const previous = inState ? [previousValue(stack, variable)] : [];
    const version = secretVersion(stack, variable);
    const kept = inState ? new KeptValue(this, "kept", { variable, value: value.stringValue, version }) : undefined;
    const name = `/${context.system}/${context.environment.name}/${path}`;
    this.keyArn = context.encrypt("parameter", () => [context.arn("ssm", `parameter${name}`)]);
    const parameter = new SsmParameter(this, "Default", {
      name,
      type: "SecureString",
      description,
      ...(this.keyArn ? { keyId: this.keyArn } : {}),
      valueWo: [value.stringValue, ...previous].join(","),
      valueWoVersion: version,
      ...(kept ? { dependsOn: [kept.resource] } : {}),
    });
    this.value = kept?.value ?? "";
    this.versionVariable = `${own.toUpperCase()}_VERSION`;
    this.version = parameter.getStringAttribute("value_wo_version");
    this.parameterName = parameter.name;
    this.arn = parameter.arn;
  }

  /**
   * Lets functions read the value at run time. Where the key is AWS-managed, it lets them decrypt by its own policy.
   *
   * They also learn its version, so that a new value comes with a new version of theirs: what has kept the old one in
   * memory serves no more, which is faster than waiting until it reads again.
   */
  grantRead(...grantees: readonly NodeFunction[]): void {
    for (const grantee of grantees) {
      grantee.allow({ actions: ["ssm:GetParameter"], resources: [this.arn] });
      if (this.keyArn) {
        grantee.allow(keyStatement(this.keyArn, "parameter", { arns: [this.arn], actions: ["kms:Decrypt"] }));
      }
      grantee.restartOn(this.versionVariable, this.version);
      grantee.calls("ssm");
    }
  }
}

/** The variable for a value that is being replaced, empty at other times. */
function previousValue(stack: TerraformStack, variable: string): string {
  const previous = new TerraformVariable(stack, `${variable}_previous`, {
    type: "string",
    description: `The ${variable} before, as long as it has to be good`,
    default: "",
    sensitive: true,
    nullable: false,
  });
  previous.addOverride("ephemeral", true);
  return previous.stringValue;
}
