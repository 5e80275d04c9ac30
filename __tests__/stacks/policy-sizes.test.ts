import { iamLimits } from "../../aws/limits";
import { graphOf } from "../local/support/stack-file";
import { synthesizedStack } from "../support/synthesized-stack";
import { systems } from "../support/systems";

/** White space does not count (IAM user guide, "IAM and AWS STS quotas"). */
const sizeOf = (policy: string): number => policy.replace(/\s/g, "").length;

describe.each(["dev", "prod"] as const)("in %s", (environment) => {
  test.each([...systems, "account"])(
    "every policy of %s is one that IAM takes, with its ARNs written out",
    (system) => {
      const { json } = synthesizedStack(system, environment);
      const graph = graphOf(json.resource, json);
      const inline = graph.all("aws_iam_role_policy");
      const attached = graph.all("aws_iam_role_policy_attachment");

      for (const role of graph.all("aws_iam_role")) {
        const own = inline.filter((policy) => policy.text("role") === role.text("name"));
        const size = own.reduce((sum, policy) => sum + sizeOf(policy.text("policy")), 0);
        const others = attached.filter((attachment) => attachment.text("role") === role.text("name"));

        expect(sizeOf(role.text("assume_role_policy"))).toBeLessThanOrEqual(iamLimits.trustPolicyCharacters);
        expect([role.address, size <= iamLimits.rolePolicyCharacters]).toEqual([role.address, true]);
        expect(others.length).toBeLessThanOrEqual(iamLimits.attachedPolicies);
        expect(role.text("name").length).toBeLessThanOrEqual(iamLimits.roleNameCharacters);
      }
      for (const policy of graph.all("aws_iam_policy"))
        expect(sizeOf(policy.text("policy"))).toBeLessThanOrEqual(iamLimits.managedPolicyCharacters);
    },
  );
});
