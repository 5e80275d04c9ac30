import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { actionsOf, catalogue, replaces, resourceType, titleOf } from "../../aws/catalogue";
import type { ResourceActions } from "../../aws/catalogue/resource-type";
import { synthesizedStack } from "../support/synthesized-stack";
import { describeSystems } from "../support/systems";

const types = Object.keys(catalogue);
const kinds: readonly (keyof ResourceActions)[] = ["create", "read", "update", "tag", "delete"];

describe.each(["dev", "prod"] as const)("in %s", (environment) => {
  describeSystems("%s", (system) => {
    test("each type of resource that it has is in the catalogue, with what replaces it", () => {
      const emitted = Object.keys(synthesizedStack(system, environment).json.resource);
      expect(emitted.filter((type) => resourceType(type)?.replacing === undefined)).toEqual([]);
    });

    test("each type of resource that it has says whether the local run emulates it", () => {
      const emitted = Object.keys(synthesizedStack(system, environment).json.resource);
      const says = (type: string) => resourceType(type)?.emulated ?? resourceType(type)?.notEmulated;
      expect(emitted.filter((type) => says(type) === undefined)).toEqual([]);
    });
  });
});

const lib = join(dirname(require.resolve("@cdktf/provider-aws/package.json")), "lib");
const folders = new Set(readdirSync(lib));

/** The provider's bindings of a type. */
function binding(type: string): string {
  const name = type.replace(/^aws_/, "").replaceAll("_", "-");
  const folder = [name, `${name}-a`].find((candidate) => folders.has(candidate));
  const text = folder === undefined ? "" : readFileSync(join(lib, folder, "index.js"), "utf8");
  return text.includes(`.tfResourceType = "${type}"`) ? text : "";
}

test("each type in the catalogue is one that the provider has", () => {
  // Terraform's own.
  expect(types.filter((type) => binding(type) === "")).toEqual(["terraform_data"]);
});

test("each argument that replaces a resource is one that the provider's resource has", () => {
  const unknown = types.flatMap((type) => {
    if (type === "terraform_data") return [];
    return (resourceType(type)?.replacing ?? [])
      .filter((argument) => !new RegExp(`\\b${argument}: `).test(binding(type)))
      .map((argument) => `${type}.${argument}`);
  });
  // Newer than these bindings.
  expect(unknown).toEqual(["aws_lambda_permission.invoked_via_function_url"]);
});

test("no action list of an entry is empty", () => {
  for (const type of types) {
    const { actions = {} } = resourceType(type) ?? {};
    for (const list of Object.values(actions)) expect(list.trim()).not.toBe("");
  }
});

test("each resource of AWS names the IAM actions that make, read and delete it, each with its service", () => {
  for (const type of types) {
    if (type === "terraform_data") continue;
    const all = kinds.flatMap((kind) => actionsOf(type, kind));
    expect([type, actionsOf(type, "create").length > 0, actionsOf(type, "read").length > 0]).toEqual([
      type,
      true,
      true,
    ]);
    expect(all.filter((action) => !/^[a-z0-9-]+:[A-Z]\w+$/.test(action))).toEqual([]);
  }
});

test("a type that is not in the catalogue is called by its name, and replaced by another region alone", () => {
  expect(titleOf("aws_ec2_host")).toBe("ec2 host");
  expect(titleOf("constructor")).toBe("constructor");
  expect(resourceType("__proto__")).toBeUndefined();
  expect([replaces("aws_ec2_host", "region"), replaces("aws_ec2_host", "name")]).toEqual([true, false]);
});
