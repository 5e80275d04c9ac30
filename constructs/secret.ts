import { SsmParameter } from "@cdktf/provider-aws/lib/ssm-parameter";
import { TerraformVariable } from "cdktf";
import { Construct } from "constructs";
import type { NodeFunction } from "./node-function";
import { SystemStack } from "./system-stack";

export interface SecretProps {
  /** What it is for, and where a value comes from: shown to whoever has to set it. */
  readonly description: string;
}

/**
 * A SecureString in Parameter Store. Its value comes from the Terraform variable of the same name, which is ephemeral,
 * and goes to a write-only argument: it is in no JSON, plan or state. To rotate it, raise `<name>_version`.
 */
export class Secret extends Construct {
  /** The parameter's name, for `GetParameter`. Names are no secrets. */
  readonly parameterName: string;
  private readonly arn: string;

  constructor(scope: Construct, id: string, { description }: SecretProps) {
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
    const parameter = new SsmParameter(this, "Default", {
      name: `/${stack.system}/${stack.environment.name}/${id}`,
      type: "SecureString",
      description,
      valueWo: value.stringValue,
      valueWoVersion: version.numberValue,
    });
    this.parameterName = parameter.name;
    this.arn = parameter.arn;
  }

  /** Lets a function read the value at run time. The AWS-managed key lets it decrypt by its own policy. */
  grantRead(grantee: NodeFunction): void {
    grantee.allow({ actions: ["ssm:GetParameter"], resources: [this.arn] });
    grantee.calls("ssm");
  }
}
