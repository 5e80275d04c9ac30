import "cdktf/lib/testing/adapters/jest";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { TerraformStack, TerraformVariable, Testing } from "cdktf";
import { Construct } from "constructs";
import { everyConstruct } from "../support/every-construct";

Testing.setupJest();

it("plans every construct in a stack of somebody's own", () => {
  const stack = new TerraformStack(Testing.app(), "theirs");
  new AwsProvider(stack, "aws", { region: "us-east-1" });
  for (const [name, { make }] of Object.entries(everyConstruct)) {
    // State in a bucket is not for where there is none.
    if (name !== "StateBackend") make(new Construct(stack, name));
  }
  for (const variable of stack.node.findAll().filter((node) => node instanceof TerraformVariable)) {
    process.env[`TF_VAR_${variable.friendlyUniqueId}`] ??= "only-for-a-plan";
  }
  delete process.env["TF_VAR_secret_versions"];
  const folder = Testing.fullSynth(stack);

  expect(folder).toBeValidTerraform();
  expect(folder).toPlanSuccessfully();
});
