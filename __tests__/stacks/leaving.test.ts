import { dev } from "../../environments/dev";
import type { Environment } from "../../environments/environment";
import { prod } from "../../environments/prod";
import { qa } from "../../environments/qa";
import { Synthesized } from "../support/stack";
import { stackOf, systems } from "../support/systems";

/** Whether each table and bucket of a system keeps what it has when the stack is destroyed. */
function protections(system: string, environment: Environment): Record<string, boolean> {
  const stack = new Synthesized(stackOf(system, environment));
  const tables = Object.entries(stack.all("aws_dynamodb_table"));
  const buckets = Object.entries(stack.all("aws_s3_bucket"));
  return Object.fromEntries([
    ...tables.map(([name, table]) => [name, table["deletion_protection_enabled"] === true] as const),
    ...buckets.map(([name, bucket]) => [name, bucket["force_destroy"] !== true] as const),
  ]);
}

const all = (environments: readonly Environment[]) =>
  systems.flatMap((system) => environments.map((environment) => [system, environment.name, environment] as const));

it.each(all([qa, prod]))("lets nobody destroy what %s keeps in %s", (system, _, environment) => {
  expect(Object.values(protections(system, environment))).not.toContain(false);
});

it.each(all([dev]))("lets %s be destroyed in one go in %s", (system, _, environment) => {
  expect(Object.values(protections(system, environment))).not.toContain(true);
});

it.each(all([prod]))("turns the protection of %s in %s by the one switch", (system, _, environment) => {
  expect(Object.values(protections(system, { ...environment, deletionProtection: false }))).not.toContain(true);
});
