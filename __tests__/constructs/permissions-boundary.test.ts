import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { Testing } from "cdktf";
import { trustPolicy } from "../../aws/policy";
import { SystemStack } from "../../constructs/synth/system-stack";
import type { Environment } from "../../environments/environment";
import { decideWithin } from "../../local/iam/decision";
import { readPolicy } from "../../local/iam/policy";
import { rolesOf } from "../../local/iam/roles";
import { environments } from "../fixtures/environments";
import { graphOf } from "../local/support/stack-file";
import { everyConstruct } from "../support/every-construct";
import { emptyStack, synth } from "../support/stack";
import { synthesizedStack } from "../support/synthesized-stack";
import { describeSystems } from "../support/systems";

const { dev } = environments;
const boundary = "arn:aws:iam::000000000000:policy/account-dev-boundary";
const assumeRolePolicy = trustPolicy("lambda.amazonaws.com");

/** The boundaries of two roles, of which one names its own. */
function boundariesIn(stack: SystemStack) {
  new IamRole(stack, "plain", { name: "plain", assumeRolePolicy });
  new IamRole(stack, "own", { name: "own", assumeRolePolicy, permissionsBoundary: "arn:aws:iam::1:policy/own" });
  const synthesized = synth(stack);
  return ["plain", "own"].map((path) => synthesized.at("aws_iam_role", path)["permissions_boundary"]);
}

const systemStack = (changes: Partial<Environment> = {}, system = "records") =>
  new SystemStack(Testing.app(), { system, environment: { ...dev, ...changes }, region: "us-east-1" });

test("every role of a system has the environment's boundary, whoever makes it, unless it names its own", () => {
  expect(boundariesIn(systemStack())).toEqual([boundary, "arn:aws:iam::1:policy/own"]);
});

test("roles have none where the environment has none, or does not know the system", () => {
  const none = [undefined, "arn:aws:iam::1:policy/own"];
  const account = { ...dev.account, permissionsBoundary: false };

  expect(boundariesIn(systemStack({ account }))).toEqual(none);
  expect(boundariesIn(systemStack({ state: { terraformCloud: { organization: "example" } } }))).toEqual(none);
  expect(boundariesIn(systemStack({}, "notes"))).toEqual(none);
  expect(boundariesIn(emptyStack())).toEqual(none);
});

/** What roles are allowed, and their boundaries do not allow. */
function beyondBoundaries(roles: ReturnType<typeof rolesOf>): string[] {
  const beyond: string[] = [];
  for (const { statements, boundary: limit = [] } of roles.values())
    for (const { effect, actions, resources, conditions } of statements) {
      if (effect === "Deny") continue;
      const known = conditions.map(({ key, values }) => [key.toLowerCase(), values[0]] as const);
      // What a role decrypts, but for functions' variables, a service decrypts for it.
      const contextKeys = { "kms:viaservice": "ssm.us-west-2.amazonaws.com", ...Object.fromEntries(known) };
      for (const action of actions)
        for (const resource of resources) {
          const asked = { action, resource: resource.replaceAll("*", "x"), contextKeys };
          const tried = resource === "*" ? { ...asked, resource } : asked;
          if (!decideWithin({ statements, boundary: limit }, tried).allowed) beyond.push(`${action} on ${resource}`);
        }
    }
  return beyond;
}

/** Constructs of the account stack, which the boundary keeps systems from. */
const ofTheAccount = ["ApiGatewayLogging", "CiIdentity", "PermissionsBoundary"];

test.each(Object.entries(everyConstruct).filter(([name, { resource }]) => resource && !ofTheAccount.includes(name)))(
  "whatever the roles of a %s are allowed, the boundary of its system allows too",
  (_name, { make }) => {
    const stack = systemStack();
    make(stack);
    const { json } = synth(stack);

    expect(beyondBoundaries(rolesOf(graphOf(json.resource, json)))).toEqual([]);
  },
);

describe.each(["dev", "prod"] as const)("in %s", (environment) => {
  describeSystems("%s", (system) => {
    test("each role of it has the boundary that the account stack makes", () => {
      const stack = synthesizedStack(system, environment);
      const { policy } = synthesizedStack("account", environment).at("aws_iam_policy", "boundary");
      const arn = `arn:aws:iam::000000000000:policy/account-${environment}-boundary`;

      for (const role of Object.values(stack.all("aws_iam_role"))) expect(role["permissions_boundary"]).toBe(arn);
      expect(stack.json).toHaveProperty("locals.permissions_boundary", { arn, policy });
    });

    test("whatever a role of it is allowed, its boundary allows too", () => {
      const { json } = synthesizedStack(system, environment);
      const roles = rolesOf(graphOf(json.resource, json));

      expect(beyondBoundaries(roles)).toEqual([]);
    });
  });

  test("a policy that fits is one that IAM takes: no boundary is longer than a managed policy may be", () => {
    for (const environment of ["dev", "qa", "prod"] as const) {
      const { policy } = synthesizedStack("account", environment).at("aws_iam_policy", "boundary");
      expect(readPolicy(String(policy), "boundary").length).toBeGreaterThan(0);
      expect(String(policy).length).toBeLessThanOrEqual(6144);
    }
  });
});
