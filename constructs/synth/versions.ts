import { existsSync, readFileSync } from "node:fs";
import type { TerraformStack } from "cdktf";
import type { Environment } from "../../environments/environment";
import type { StackContext } from "./stack-context";
import { type Rule, validate } from "./validation";

/** Terraform's lock file, in a stack's folder and in the project's, whose one file is for all stacks. */
const lockFile = ".terraform.lock.hcl";

/** Write-only arguments, which keep secrets out of state, need 1.11. */
const terraformVersion = ">= 1.11.0, < 2.0.0";

const versionsFile = `terraform {
  required_version = "${terraformVersion}"
}
`;

/** One or more constraints, as Terraform writes them (Terraform language, "Version Constraints"). */
const constraint = /^\s*(=|!=|>=?|<=?|~>)?\s*\d+(\.\d+){0,2}(-[\w.]+)?\s*$/;

const rule = (version: string): Rule => [
  version.split(",").every((one) => constraint.test(one)),
  `awsProviderVersion must be version constraints, got "${version}"; write them as Terraform does: >= 6.25.0, < 7.0.0`,
];

/**
 * Which versions of Terraform and of its provider a stack wants. Terraform's stands in a file of its own beside the
 * JSON, in HCL: tools that check JSON take the text there for a block, and give up. The provider's source is written
 * out, which OpenTofu would do at every `init` otherwise. The versions that a team has agreed on, the project's
 * `.terraform.lock.hcl`, are copied beside it.
 */
export function writeVersions(stack: TerraformStack, context: StackContext, { awsProviderVersion }: Environment): void {
  const version = awsProviderVersion ?? ">= 6.25.0, < 7.0.0";
  stack.addOverride("terraform.required_providers.aws", { source: "hashicorp/aws", version });
  context.addFile("versions.tf", "the versions that a stack wants", () => Buffer.from(versionsFile));
  if (existsSync(lockFile)) context.addFile(lockFile, lockFile, () => readFileSync(lockFile));
  validate(stack, () => [rule(version)]);
}
