import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Testing } from "cdktf";
import { SystemStack } from "../../constructs/synth/system-stack";
import { dev } from "../../environments/dev";
import { readStack } from "../../stack-json/document";
import { emptyStack, problemsOf } from "../support/stack";
import { synthesized } from "../support/synthesized";

const lock = 'provider "registry.terraform.io/hashicorp/aws" {}\n';
const home = process.cwd();
afterEach(() => process.chdir(home));

/** The folder of a stack that is synthesized in a project with these files. */
function synthesizedIn(files: Readonly<Record<string, string>>): string {
  const project = mkdtempSync(join(tmpdir(), "terrace-project-"));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(project, name), text);
  process.chdir(project);
  const stack = new SystemStack(Testing.app(), { system: "test", environment: dev, region: "us-east-1" });
  return join(Testing.fullSynth(stack), "stacks", "test-dev");
}

it("says which Terraform a stack wants beside its JSON, where tools that check JSON do not trip over it", () => {
  const folder = join(synthesized(), "stacks/account-dev");
  const { terraform } = JSON.parse(readFileSync(join(folder, "cdk.tf.json"), "utf8"));

  expect(terraform).not.toHaveProperty("required_version");
  expect(readFileSync(join(folder, "versions.tf"), "utf8")).toContain('required_version = ">= 1.11.0, < 2.0.0"');
  expect(readStack(folder).terraform?.["required_version"]).toBe(">= 1.11.0, < 2.0.0");
});

it("takes every version of the provider in which what it is made of works, by its whole source", () => {
  const { terraform } = readStack(join(synthesized(), "stacks/account-dev"));
  const source = "hashicorp/aws";

  expect(terraform?.["required_providers"]).toEqual({ aws: { source, version: ">= 6.25.0, < 7.0.0" } });
});

it("takes the versions that the environment says, and refuses what is none", () => {
  expect(problemsOf(emptyStack({ awsProviderVersion: "~> 6.28, != 6.30.0" }))).toEqual([]);
  expect(problemsOf(emptyStack({ awsProviderVersion: "latest" }))).toEqual([
    'test-dev: awsProviderVersion must be version constraints, got "latest"; write them as Terraform does: >= 6.25.0, < 7.0.0',
  ]);
});

it("has the versions that a team has agreed on beside each stack, and makes none up", () => {
  const agreed = synthesizedIn({ ".terraform.lock.hcl": lock });
  const none = synthesizedIn({});

  expect(readFileSync(join(agreed, ".terraform.lock.hcl"), "utf8")).toBe(lock);
  expect(() => readFileSync(join(none, ".terraform.lock.hcl"))).toThrow("ENOENT");
});
