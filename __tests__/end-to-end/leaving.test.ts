import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Project } from "../support/project";
import type { EnvironmentName } from "../support/synthesized";
import { Synthesized, synthesizedStack } from "../support/synthesized-stack";
import { systems } from "../support/systems";

/** Whether each table and bucket of a system keeps what it has when the stack is destroyed. */
function protections(stack: Synthesized): boolean[] {
  const tables = Object.values(stack.all("aws_dynamodb_table"));
  const buckets = Object.values(stack.all("aws_s3_bucket"));
  return [
    ...tables.map((table) => table["deletion_protection_enabled"] === true),
    ...buckets.map((bucket) => bucket["force_destroy"] !== true),
  ];
}

const all = (...environments: EnvironmentName[]) =>
  systems.flatMap((system) => environments.map((environment) => [system, environment] as const));

it.each(all("qa", "prod"))("lets nobody destroy what %s keeps in %s", (system, environment) => {
  expect(protections(synthesizedStack(system, environment))).not.toContain(false);
});

it.each(all("dev"))("lets %s be destroyed in one go in %s", (system, environment) => {
  expect(protections(synthesizedStack(system, environment))).not.toContain(true);
});

it("turns the protection of every system in prod by the one switch", () => {
  const project = new Project();
  project.edit("environments/prod.ts", (text) => text.replace("deletionProtection: true", "deletionProtection: false"));
  expect(project.synth({ ENVIRONMENT: "prod" }).status).toBe(0);
  const stacks = systems.map((system) => join(project.folder, `cdktf.out/stacks/${system}-prod/cdk.tf.json`));

  expect(stacks.flatMap((path) => protections(new Synthesized(readFileSync(path, "utf8"))))).not.toContain(true);
});
