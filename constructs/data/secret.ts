import { SsmParameter } from "@cdktf/provider-aws/lib/ssm-parameter";
import { TerraformVariable } from "cdktf";
import { Construct } from "constructs";
import type { NodeFunction } from "../compute/node-function";
import { SystemStack } from "../synth/system-stack";
import { keyStatement } from "./encryption-key";

export interface SecretProps {
  /** What it is for, and where a value comes from: shown to whoever has to set it. */
  readonly description: string;
  /**
   * Whether an argument that is no write-only one takes the value too, which puts it in plan and state: AWS leaves no
   * other way for some. Then `<name>_previous` keeps the former value good until that argument has reached everybody.
   *
   * @default false
   */
  readonly inState?: boolean;
  /** What the parameter is called below `/<system>/<environment>/`: `database/connection-string`. @default the id */
  readonly path?: string;
}

/**
 * A SecureString in Parameter Store. Its value comes from the Terraform variable of the same name, which is ephemeral,
 * and goes to a write-only argument: it is in no JSON, plan or state. To rotate it, raise `<name>_version`.
 */
export class Secret extends Construct {
  /** The value, for an argument that keeps it in state; only where `inState` says so. */
  readonly value: string;
  /** The parameter's name, for `GetParameter`. Names are no secrets. */
  readonly parameterName: string;
  private readonly arn: string;
  private readonly keyArn: string | undefined;

  constructor(scope: Construct, id: string, { description, path = id, inState = false }: SecretProps) {
    super(scope, id);
    const stack = SystemStack.of(this);
    const variable = id.replaceAll("-", "_");
    const value = new TerraformVariable(stack, variable, {
      type: "string",
      description,
      sensitive: true,
      nullable: false,
    });
    if (!inState) value.addOverride("ephemeral", true);
    const previous = inState ? [previousValue(stack, variable)] : [];
    const version = new TerraformVariable(stack, `${variable}_version`, {
      type: "number",
      description: `Raise it to have a new ${variable} written`,
      default: 1,
      nullable: false,
    });
    const name = `/${stack.system}/${stack.environment.name}/${path}`;
    this.keyArn = stack.keyFor("parameter", stack.arn("ssm", `parameter${name}`));
    const parameter = new SsmParameter(this, "Default", {
      name,
      type: "SecureString",
      description,
      ...(this.keyArn ? { keyId: this.keyArn } : {}),
      valueWo: [value.stringValue, ...previous].join(","),
      valueWoVersion: version.numberValue,
    });
    this.value = inState ? value.stringValue : "";
    this.parameterName = parameter.name;
    this.arn = parameter.arn;
  }

  /** Lets functions read the value at run time. Where the key is AWS-managed, it lets them decrypt by its own policy. */
  grantRead(...grantees: readonly NodeFunction[]): void {
    for (const grantee of grantees) {
      grantee.allow({ actions: ["ssm:GetParameter"], resources: [this.arn] });
      if (this.keyArn) {
        grantee.allow(keyStatement(this.keyArn, "parameter", { arns: [this.arn], actions: ["kms:Decrypt"] }));
      }
      grantee.calls("ssm");
    }
  }
}

/** The variable for a value that is being replaced, empty at other times. */
function previousValue(stack: SystemStack, variable: string): string {
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
