import { LambdaAlias } from "@cdktf/provider-aws/lib/lambda-alias";
import type { LambdaFunction } from "@cdktf/provider-aws/lib/lambda-function";
import { Construct } from "constructs";
import { StackContext } from "../synth/stack-context";
import { validate } from "../synth/validation";

/** The alias by which a function is called. */
export const liveAlias = "live";

/**
 * The version of a function that serves. Where versions take over at once it is the newest, and Terraform moves it;
 * where they take over in steps, CodeDeploy does, and Terraform leaves it alone after it was made.
 *
 * @example
 * new LiveAlias(this, "live", { of: getThing.resource });
 */
export class LiveAlias extends Construct {
  readonly resource: LambdaAlias;
  private isRolledOut = false;

  constructor(scope: Construct, id: string, { of: fn }: { readonly of: LambdaFunction }) {
    super(scope, id);
    const atOnce = StackContext.of(this).environment.rollout === "AllAtOnce";
    this.resource = new LambdaAlias(this, "Default", {
      name: liveAlias,
      description: "The version that serves",
      functionName: fn.functionName,
      functionVersion: fn.version,
      ...(atOnce ? {} : { lifecycle: { ignoreChanges: ["function_version", "routing_config"] } }),
    });
    validate(this, () => [
      [
        atOnce || this.isRolledOut,
        "the function must be in the stack's Rollout where versions take over in steps, got none; add it to functions",
      ],
    ]);
  }

  /** Says that CodeDeploy brings new versions. */
  rollOut(): void {
    this.isRolledOut = true;
  }
}
