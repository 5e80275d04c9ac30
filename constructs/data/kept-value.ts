import { TerraformResource } from "cdktf";
import { Construct } from "constructs";

export interface KeptValueProps {
  /** The variable that the value comes from: `user_management_origin_secret`. */
  readonly variable: string;
  /** The value, as a reference to that variable. */
  readonly value: string;
  /** A number to raise when the value shall be replaced. */
  readonly version: number;
}

/** The value of a secret in a plan that nobody applies; `.ci/delivery.sh` is the other end. */
const onlyForAPlan = "only-for-a-plan";

/**
 * A value that Terraform's state keeps from the apply in which its version was raised to the next: what reads it changes
 * with the version alone. Another value under the same version is refused by the plan, before anything changes; a value
 * that is only for a plan is taken for the kept one, and refused by an apply that would have to keep it.
 *
 * @example
 * const word = new TerraformVariable(this, "user_management_origin_secret", { type: "string", sensitive: true });
 * new KeptValue(this, "kept", { variable: "user_management_origin_secret", value: word.stringValue, version: 1 });
 */
export class KeptValue extends Construct {
  /** The value that is kept. */
  readonly value: string;
  /** Waited for by whatever must not be written when the value is refused. */
  readonly resource: TerraformResource;

  constructor(scope: Construct, id: string, { variable, value, version }: KeptValueProps) {
    super(scope, id);
    // CDKTF's own class for it asks for the version of a Terraform that need not be here.
    this.resource = new TerraformResource(this, "Default", {
      terraformResourceType: "terraform_data",
      lifecycle: {
        ignoreChanges: ["input"],
        postcondition: [
          {
            condition: `\${self.input == var.${variable} || var.${variable} == "${onlyForAPlan}"}`,
            errorMessage: `${variable} must be the value that is kept, got another: requests would be refused. Give the kept one, or raise its version in secret_versions to replace it (docs/secrets.md).`,
          },
          {
            // Unknown in a plan, so that only an apply is refused.
            condition: `\${self.output != "${onlyForAPlan}" && self.output != ""}`,
            errorMessage: `${variable} must have a value to deploy, got one that is only for a plan: docs/secrets.md says how.`,
          },
        ],
      },
    });
    this.resource.addOverride("input", value);
    this.resource.addOverride("triggers_replace", [version]);
    this.value = this.resource.getStringAttribute("output");
  }
}
