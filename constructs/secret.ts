import { SsmParameter } from "@cdktf/provider-aws/lib/ssm-parameter";
import { TerraformVariable } from "cdktf";
import { Construct } from "constructs";
import { keyStatement } from "./encryption-key";
import type { NodeFunction } from "./node-function";
import { SystemStack } from "./system-stack";

export interface SecretProps {
  /** What it is for, and where a value comes from: shown to whoever has to set it. */
  readonly description: string;
  /** What the parameter is called below `/<system>/<environment>/`: `database/connection-string`. @default the id */
  readonly path?: string;
}

/**
 * A SecureString in Parameter Store. Its value comes from the Terraform variable of the same name, which is ephemeral,
 * and goes to a write-only argument: it is in no JSON, plan or state. To rotate it, raise `<name>_version`.
 */
export class Secret extends Construct {
  /** The parameter's name, for `GetParameter`. Names are no secrets. */
  readonly parameterName: string;
  private readonly arn: string;
  private readonly keyArn: string | undefined;

  constructor(scope: Construct, id: string, { description, path = id }: SecretProps) {
    super(scope, id);
    const stack = SystemStack.of(this);
    const variable = id.replaceAll("-", "_");
    const value = new TerraformVariable(stack, variable, {
      type: "string",
      description,
      sensitive: true,
      nullable: false,
    });
    value.addOverride("ephemeral", true);
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
      valueWo: value.stringValue,
      valueWoVersion: version.numberValue,
    });
    this.parameterName = parameter.name;
    this.arn = parameter.arn;
  }

  /** Lets a function read the value at run time. Where the key is AWS-managed, it lets it decrypt by its own policy. */
  grantRead(grantee: NodeFunction): void {
    grantee.allow({ actions: ["ssm:GetParameter"], resources: [this.arn] });
    if (this.keyArn) {
      grantee.allow(keyStatement(this.keyArn, "parameter", { arns: [this.arn], actions: ["kms:Decrypt"] }));
    }
    grantee.calls("ssm");
  }
}
