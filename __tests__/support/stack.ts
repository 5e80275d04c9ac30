import "cdktf/lib/testing/adapters/jest";
import { TerraformResource, type TerraformStack, Testing } from "cdktf";
import { addBuilt } from "../../constructs/synth/bundles";
import { SystemStack, type SystemStackProps } from "../../constructs/synth/system-stack";
import { dev } from "../../environments/dev";
import type { Environment } from "../../environments/environment";
import { synthesizedBundles } from "./function-bundles";
import { Synthesized } from "./synthesized-stack";

// Whatever functions a stack has: to build them is a part of a second for each file of tests.
addBuilt(synthesizedBundles());

/** Synthesizes a stack, with all validations on. CDKTF's own tests leave out where a resource comes from. */
export function synth(stack: TerraformStack): Synthesized {
  const resources = stack.node.findAll().filter(TerraformResource.isTerraformResource);
  const paths = resources.map(
    ({ terraformResourceType, friendlyUniqueId, node }) =>
      [`${terraformResourceType}.${friendlyUniqueId}`, node.path] as const,
  );
  return new Synthesized(Testing.synth(stack, true), new Map(paths));
}

/** An empty stack to put a construct in. */
export const emptyStack = (
  changes: Partial<Environment> = {},
  more: Pick<SystemStackProps, "encryptionKey"> = {},
): SystemStack =>
  new SystemStack(Testing.app(), { system: "test", environment: { ...dev, ...changes }, region: "us-east-1", ...more });

/** Messages of a stack's validations, each once, without the construct's path. */
export function problemsOf(stack: TerraformStack): string[] {
  return stack.node.findAll().flatMap(({ node }) => node.validate().map((problem) => `${node.path}: ${problem}`));
}
